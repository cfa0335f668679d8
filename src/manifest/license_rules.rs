//! The section `licenses` of a ModelPolicy: which licences are permitted, refused or reviewed first, what is owed, how
//! old a fact may be, and what may be waived for a time.

use std::{collections::BTreeMap, fmt};

use kube::KubeSchema;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::Reason;
use crate::catalog::{
    license::{Class, License, Verification},
    obligation::DutyKind,
};

/// Licences and publishers that a policy permits, refuses, or wants looked at; what a deployment owes; ages; waivers.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("(!has(self.allow) || self.allow.all(e, !e.startsWith('class:') || e.substring(6) in ['osi', 'permissive', 'copyleft', 'use-restricted', 'community', 'non-commercial', 'research-only', 'unknown', 'unverified'])) && (!has(self.refuse) || self.refuse.all(e, !e.startsWith('class:') || e.substring(6) in ['osi', 'permissive', 'copyleft', 'use-restricted', 'community', 'non-commercial', 'research-only', 'unknown', 'unverified'])) && (!has(self.needReview) || self.needReview.all(e, !e.startsWith('class:') || e.substring(6) in ['osi', 'permissive', 'copyleft', 'use-restricted', 'community', 'non-commercial', 'research-only', 'unknown', 'unverified']))")
    .message("licenses: a class is one of class:osi, class:permissive, class:copyleft, class:use-restricted, class:community, class:non-commercial, class:research-only, class:unknown and class:unverified")
    .reason(Reason::FieldValueInvalid))]
#[x_kube(validation = Rule::new("!has(self.obligations) || self.obligations.all(k, k in ['Accept', 'Register', 'Notify', 'Royalty', 'Display', 'NameRule', 'NoticeFile', 'LicenseCopy', 'PassThrough', 'MarkChanges', 'Keep', 'Disclose'])")
    .message("licenses.obligations: a kind is one of Accept, Register, Notify, Royalty, Display, NameRule, NoticeFile, LicenseCopy, PassThrough, MarkChanges, Keep and Disclose")
    .reason(Reason::FieldValueInvalid))]
pub struct LicenseRules {
    /// Only these: licence ids, publishers and models as `meta-llama/*`, or classes as `class:osi`; a trailing `*`
    /// stands for any ending. Absent: all that the licences themselves let.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 256), inner(length(min = 1, max = 192)))]
    pub allow: Vec<String>,
    /// Never these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 256), inner(length(min = 1, max = 192)))]
    pub refuse: Vec<String>,
    /// These wait until a ModelLicense holds a dated review of the licence's entry as it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 256), inner(length(min = 1, max = 192)))]
    pub need_review: Vec<String>,
    /// A model's name or licence that its author alone says: `Warn` (default), `Accept`, or `Hold` until it is borne out.
    #[serde(default)]
    pub claims: Strictness,
    /// A licence known by the repository's name only: `Warn` (default), `Accept`, or `Hold`.
    #[serde(default)]
    pub by_name: Strictness,
    /// What is owed, by kind: `Warn` (default: it is listed) or `Require` (what is owed now and not shown to be met waits).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, DutyMode>", extend("maxProperties" = 16))]
    pub obligations: BTreeMap<DutyKind, DutyMode>,
    /// How old a fact may be. Absent: any age.
    #[serde(default, skip_serializing_if = "Ages::is_empty")]
    pub ages: Ages,
    /// For how long after a period has ended its figure is not due yet, in days: `45d` (the default). The shortest
    /// holds; only a policy with `default: true` makes it longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9]{1,4}d$"))]
    pub figure_lag: Option<String>,
    /// Reason codes that a Waiver may lift for a time. Absent: none. What any enforcing policy does not list is not
    /// waivable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "waivable_schema")]
    pub waivable: Vec<String>,
}

/// What is done with a weak fact.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strictness {
    /// It counts.
    Accept,
    /// It counts, with a warning.
    #[default]
    Warn,
    /// It waits until it is confirmed.
    Hold,
}

/// What is done about a duty that is owed and not shown to be met.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DutyMode {
    /// It is listed.
    #[default]
    Warn,
    /// It waits until it is shown to be met. An acceptance that nobody recorded is refused.
    Require,
}

/// How old a fact may be.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Ages {
    /// Figures of a Licensee, from `asOf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<AgeLimit>,
    /// Reviews of licences, from their date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviews: Option<AgeLimit>,
    /// Records of a Licensee, from the day they were made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<AgeLimit>,
}

impl Ages {
    /// Whether nothing is limited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How old one kind of fact may be, and what follows from more.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct AgeLimit {
    /// Whole days, such as `400d`.
    #[schemars(regex(pattern = "^[0-9]{1,4}d$"))]
    pub at_most: String,
    /// An older one: `Warn` (default: it counts, with a warning) or `Hold` (what rests on it waits).
    #[serde(default)]
    pub older: Older,
}

/// What follows from a fact that is older than its limit.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Older {
    /// It counts, with a warning.
    #[default]
    Warn,
    /// What rests on it waits.
    Hold,
}

/// Days of a duration such as `400d`; nothing for anything else.
#[must_use]
pub fn days(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('d').filter(|digits| (1..=4).contains(&digits.len()))?;
    digits.chars().all(|c| c.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// What an entry of `allow`, `refuse` and `needReview` speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// Licences of a class.
    Class(ClassWord),
    /// A licence id, or the beginning of one followed by `*`.
    License(&'a str),
    /// A repository, or the beginning of one followed by `*`.
    Model(&'a str),
    /// A class that there is none of.
    NoClass(&'a str),
}

impl<'a> Entry<'a> {
    /// What stands before a class.
    pub const CLASS: &'static str = "class:";

    /// Reads an entry; total.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        match text.strip_prefix(Self::CLASS) {
            Some(word) => {
                let known = ClassWord::ALL.iter().find(|known| known.word() == word);
                known.map_or(Self::NoClass(word), |known| Self::Class(*known))
            }
            None if text.contains('/') => Self::Model(text),
            None => Self::License(text),
        }
    }
}

/// A class of licences, as a policy names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassWord {
    /// What sort of text it is.
    Of(Class),
    /// Nobody read the text, whatever sort it is said to be.
    Unverified,
}

impl ClassWord {
    /// Every class.
    pub const ALL: &[Self] = &[
        Self::Of(Class::Osi),
        Self::Of(Class::Permissive),
        Self::Of(Class::Copyleft),
        Self::Of(Class::UseRestricted),
        Self::Of(Class::Community),
        Self::Of(Class::NonCommercial),
        Self::Of(Class::ResearchOnly),
        Self::Of(Class::Unknown),
        Self::Unverified,
    ];

    /// The word after `class:`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Of(Class::Osi) => "osi",
            Self::Of(Class::Permissive) => "permissive",
            Self::Of(Class::Copyleft) => "copyleft",
            Self::Of(Class::UseRestricted) => "use-restricted",
            Self::Of(Class::Community) => "community",
            Self::Of(Class::NonCommercial) => "non-commercial",
            Self::Of(Class::ResearchOnly) => "research-only",
            Self::Of(Class::Unknown) => "unknown",
            Self::Unverified => "unverified",
        }
    }

    /// Whether a licence is of the class.
    #[must_use]
    pub fn holds(self, license: &License) -> bool {
        match self {
            Self::Of(class) => license.class == class,
            Self::Unverified => license.verification == Verification::NotVerified,
        }
    }
}

impl fmt::Display for ClassWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Entry::CLASS, self.word())
    }
}

fn waivable_schema(_: &mut SchemaGenerator) -> Schema {
    let codes: Vec<&str> = Reason::waivable().map(Reason::code).collect();
    json_schema!({"type": "array", "maxItems": 64, "items": {"type": "string", "enum": codes}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_class_a_model_or_a_licence() {
        assert_eq!(Entry::parse("class:osi"), Entry::Class(ClassWord::Of(Class::Osi)));
        assert_eq!(Entry::parse("class:unverified"), Entry::Class(ClassWord::Unverified));
        assert_eq!(Entry::parse("class:OSI"), Entry::NoClass("OSI"));
        assert_eq!(Entry::parse("meta-llama/*"), Entry::Model("meta-llama/*"));
        assert_eq!(Entry::parse("LicenseRef-llama-*"), Entry::License("LicenseRef-llama-*"));
    }

    #[test]
    fn an_age_is_a_number_of_days() {
        assert_eq!(days("400d"), Some(400));
        assert_eq!(days("0d"), Some(0));
        for bad in ["", "d", "400", "-1d", "+1d", "1h", "99999d", "1 d"] {
            assert_eq!(days(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_kind_that_is_none_is_not_read_and_the_message_lists_those_that_are() {
        let bad = serde_json::from_str::<LicenseRules>(r#"{"obligations": {"Shout": "Require"}}"#);
        let words = bad.unwrap_err().to_string();
        assert!(DutyKind::ALL.iter().all(|kind| words.contains(kind.word())), "{words}");
    }

    #[test]
    fn the_schema_lists_every_class_and_every_kind() {
        use kube::core::CustomResourceExt as _;
        let schema = serde_json::to_string(&crate::manifest::ModelPolicy::crd()).unwrap();
        for class in ClassWord::ALL {
            assert!(schema.contains(&format!("{class}")) && schema.contains(&format!("'{}'", class.word())), "{class}");
        }
        for kind in DutyKind::ALL {
            assert!(schema.contains(&format!("'{}'", kind.word())), "{kind:?}");
        }
        assert!(Reason::waivable().all(|code| schema.contains(&format!("\"{code}\""))));
    }
}
