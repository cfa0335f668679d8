//! `org/repo[@revision]` on a hub: one reading for the manifest and for the fetcher, so that what is decided upon is
//! what is fetched. Total.

/// Longest organisation or repository name, in bytes: the hubs' own limit.
pub const MAX_REPO_NAME_BYTES: usize = 96;
/// Longest branch, tag or commit, in bytes.
pub const MAX_REVISION_BYTES: usize = 128;

/// Why a text is no repository on a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubFault {
    /// Not exactly an organisation and a repository.
    #[error("after the scheme come an organisation and a repository, as in hf://org/repo")]
    Repo,
    /// A name the hubs do not allow.
    #[error(
        "names of organisations and repositories hold letters, digits, '-', '_' and '.', up to 96 of them, and start with none of '-' and '.'"
    )]
    Name,
    /// Not a branch, a tag or a commit.
    #[error("a revision is a branch, a tag or a commit: letters, digits, '-', '_', '.' and '/', up to 128 of them")]
    Revision,
}

/// A repository on a hub, as it is written after the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HubAddress<'a> {
    /// The organisation or person.
    pub org: &'a str,
    /// The repository.
    pub repo: &'a str,
    /// Branch, tag or commit.
    pub revision: Option<&'a str>,
}

impl<'a> HubAddress<'a> {
    /// Reads what follows the scheme.
    pub fn parse(rest: &'a str) -> Result<Self, HubFault> {
        let (model, revision) = match rest.split_once('@') {
            Some((model, revision)) => (model, Some(revision)),
            None => (rest, None),
        };
        let (org, repo) = model.split_once('/').ok_or(HubFault::Repo)?;
        if repo.contains('/') {
            return Err(HubFault::Repo);
        }
        if !is_repo_name(org) || !is_repo_name(repo) {
            return Err(HubFault::Name);
        }
        if revision.is_some_and(|revision| !is_revision(revision)) {
            return Err(HubFault::Revision);
        }
        Ok(Self { org, repo, revision })
    }
}

/// Where the pages of a hub begin, and its scheme.
const PAGES: [(&str, &str); 7] = [
    ("https://huggingface.co/", "hf"),
    ("https://www.huggingface.co/", "hf"),
    ("https://hf.co/", "hf"),
    ("https://www.modelscope.cn/models/", "modelscope"),
    ("https://modelscope.cn/models/", "modelscope"),
    ("https://modelscope.ai/models/", "modelscope"),
    ("https://www.modelscope.ai/models/", "modelscope"),
];

/// Whether a word is the host of a hub's pages.
#[must_use]
pub fn is_host(word: &str) -> bool {
    PAGES.iter().any(|(page, _)| page.split('/').nth(2) == Some(word))
}

/// The page of a repository on a hub, as a source is written: `hf://org/repo`.
#[must_use]
pub fn as_source(page: &str) -> Option<String> {
    let (rest, scheme) = PAGES.iter().find_map(|(page_of, scheme)| Some((page.strip_prefix(page_of)?, scheme)))?;
    let mut parts = rest.trim_end_matches('/').split(['/', '?', '#']);
    let (org, repo) = (parts.next()?, parts.next()?);
    let revision = match (parts.next(), parts.next()) {
        (Some("tree" | "blob" | "resolve"), Some(revision)) if revision != "main" => format!("@{revision}"),
        _ => String::new(),
    };
    let address = format!("{org}/{repo}{revision}");
    HubAddress::parse(&address).ok().map(|_| format!("{scheme}://{address}"))
}

/// Whether a text may name an organisation or a repository.
#[must_use]
pub fn is_repo_name(text: &str) -> bool {
    (1..=MAX_REPO_NAME_BYTES).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && !text.starts_with(['-', '.'])
        && !text.contains("..")
}

/// Whether a text can be a branch, tag or commit.
#[must_use]
pub fn is_revision(text: &str) -> bool {
    (1..=MAX_REVISION_BYTES).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
        && text.split('/').all(|part| !part.is_empty() && part != ".")
        && !text.starts_with(['-', '.'])
        && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_either_reader_refused_is_refused() {
        for (text, fault) in [
            ("gpt2", HubFault::Repo),
            ("a/b/c", HubFault::Repo),
            ("user:pw@host/b", HubFault::Repo),
            ("/b", HubFault::Name),
            ("a/-b", HubFault::Name),
            ("a/.b", HubFault::Name),
            ("a/b..c", HubFault::Name),
            ("a/b c", HubFault::Name),
            ("a/b@", HubFault::Revision),
            ("a/b@-x", HubFault::Revision),
            ("a/b@x//y", HubFault::Revision),
            ("a/b@x/", HubFault::Revision),
            ("a/b@x/./y", HubFault::Revision),
            ("a/b@x?y", HubFault::Revision),
        ] {
            assert_eq!(HubAddress::parse(text), Err(fault), "{text}");
        }
        assert!(
            !is_repo_name(&"x".repeat(MAX_REPO_NAME_BYTES + 1)) && !is_revision(&"x".repeat(MAX_REVISION_BYTES + 1))
        );
    }

    #[test]
    fn the_page_of_a_repository_is_a_source_once_it_is_written_as_one() {
        for (page, source) in [
            ("https://huggingface.co/Qwen/Qwen3-8B", Some("hf://Qwen/Qwen3-8B")),
            ("https://huggingface.co/Qwen/Qwen3-8B/", Some("hf://Qwen/Qwen3-8B")),
            ("https://huggingface.co/Qwen/Qwen3-8B/tree/main", Some("hf://Qwen/Qwen3-8B")),
            ("https://huggingface.co/Qwen/Qwen3-8B/tree/abc1234", Some("hf://Qwen/Qwen3-8B@abc1234")),
            ("https://modelscope.cn/models/Qwen/Qwen3-8B", Some("modelscope://Qwen/Qwen3-8B")),
            ("https://huggingface.co/Qwen", None),
            ("https://huggingface.co.example/Qwen/Qwen3-8B", None),
            ("s3://bucket/model", None),
        ] {
            assert_eq!(as_source(page).as_deref(), source, "{page}");
        }
    }

    #[test]
    fn a_repository_reads_as_it_is_written() {
        let read = HubAddress::parse("meta-llama/Llama-3.3-70B@refs/pr/1");
        assert_eq!(read, Ok(HubAddress { org: "meta-llama", repo: "Llama-3.3-70B", revision: Some("refs/pr/1") }));
    }
}
