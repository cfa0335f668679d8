//! Where the bytes come from: `hf://org/repo[@revision]` and `modelscope://org/repo[@revision]`.

use std::fmt;
use std::str::FromStr;

pub use crate::catalog::words::Hub;
use crate::manifest::hub_address::{HubAddress, HubFault, is_revision};

/// One repository on a hub, and the revision asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which hub.
    pub hub: Hub,
    /// The organisation or person.
    pub org: String,
    /// The repository.
    pub repo: String,
    /// Branch, tag or commit; absent is the hub's default branch.
    pub revision: Option<String>,
}

/// Why a source is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// Neither of the two schemes.
    #[error("a source that this fetches is written hf://org/repo[@revision] or modelscope://org/repo[@revision]")]
    Scheme,
    /// What follows the scheme.
    #[error(transparent)]
    Address(#[from] HubFault),
}

impl Source {
    /// `org/repo`.
    #[must_use]
    pub fn model(&self) -> String {
        format!("{}/{}", self.org, self.repo)
    }

    /// The revision to ask for.
    #[must_use]
    pub fn wanted_revision(&self) -> &str {
        self.revision.as_deref().unwrap_or_else(|| self.hub.default_revision())
    }

    /// The source without its revision, as the record of a fetch keeps it.
    #[must_use]
    pub fn without_revision(&self) -> String {
        format!("{}://{}/{}", self.hub.scheme(), self.org, self.repo)
    }

    /// The same source at another revision.
    pub fn at(mut self, revision: &str) -> Result<Self, SourceFault> {
        if !is_revision(revision) {
            return Err(HubFault::Revision.into());
        }
        self.revision = Some(revision.to_owned());
        Ok(self)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.without_revision(), self.wanted_revision())
    }
}

impl FromStr for Source {
    type Err = SourceFault;

    fn from_str(text: &str) -> Result<Self, SourceFault> {
        let (scheme, rest) = text.split_once("://").ok_or(SourceFault::Scheme)?;
        let hub = match scheme {
            "hf" => Hub::HuggingFace,
            "modelscope" => Hub::ModelScope,
            _ => return Err(SourceFault::Scheme),
        };
        let HubAddress { org, repo, revision } = HubAddress::parse(rest)?;
        Ok(Self { hub, org: org.to_owned(), repo: repo.to_owned(), revision: revision.map(str::to_owned) })
    }
}

/// Whether a revision is a commit, which names the same bytes for ever.
#[must_use]
pub fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_source_reads_as_it_is_written() {
        let source: Source = "hf://meta-llama/Llama-3.3-70B@refs/pr/1".parse().unwrap();
        assert_eq!(source.hub, Hub::HuggingFace);
        assert_eq!(source.model(), "meta-llama/Llama-3.3-70B");
        assert_eq!(source.wanted_revision(), "refs/pr/1");
        let source: Source = "modelscope://Qwen/Qwen2.5-7B-Instruct".parse().unwrap();
        assert_eq!(source.wanted_revision(), "master");
        assert_eq!(source.to_string(), "modelscope://Qwen/Qwen2.5-7B-Instruct@master");
    }

    #[test]
    fn what_is_not_a_source_is_refused() {
        let cases = [
            ("https://huggingface.co/a/b", SourceFault::Scheme),
            ("a/b", SourceFault::Scheme),
            ("hf://gpt2", HubFault::Repo.into()),
            ("hf://a/b/c", HubFault::Repo.into()),
            ("hf://a/..", HubFault::Name.into()),
            ("hf://a/b c", HubFault::Name.into()),
            ("hf:///b", HubFault::Name.into()),
            ("hf://user:pw@host/b", HubFault::Repo.into()),
            ("hf://a/b@", HubFault::Revision.into()),
            ("hf://a/b@x?y", HubFault::Revision.into()),
            ("hf://a/b@../../x", HubFault::Revision.into()),
        ];
        for (text, fault) in cases {
            assert_eq!(text.parse::<Source>(), Err(fault), "{text}");
        }
        let long = format!("hf://a/{}", "b".repeat(10_000));
        assert_eq!(long.parse::<Source>(), Err(HubFault::Name.into()));
    }

    proptest! {
        #[test]
        fn any_text_is_answered_without_a_panic(text in ".*") {
            let _ = text.parse::<Source>();
        }

        #[test]
        fn what_is_accepted_survives_being_written_and_read(text in "(hf|modelscope)://[a-z.]{1,4}/[a-z.]{1,4}(@[a-z./]{1,6})?") {
            if let Ok(source) = text.parse::<Source>() {
                let again: Source = source.to_string().parse().unwrap();
                prop_assert_eq!(again.model(), source.model());
                prop_assert_eq!(again.wanted_revision(), source.wanted_revision());
            }
        }
    }
}
