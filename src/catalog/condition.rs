//! What triggers a term of a licence, as data.
//!
//! A [`Condition`] bites when its [`Test`] holds and none of its exemptions does. A test is made of atoms.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::atom::Atom;
use super::words::YesNo;

/// One term of a licence that can stand in the way of a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Condition {
    /// Short stable name, unique in its licence, such as `user-threshold`.
    pub id: String,
    /// The clause it stands in, as the text numbers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// One plain clause that follows the licence's name: "asks for a licence from Meta above ...".
    pub sentence: String,
    /// What triggers it.
    pub when: Test,
    /// Each of these lifts it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Atom>,
    /// Whom the text spares besides, where neither manifest nor Licensee shows it: a person records it in notApplicable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spares: Option<String>,
    /// What follows when it is triggered.
    pub effect: Effect,
    /// What a person can do about it.
    pub remedy: Remedy,
    /// Who gives the licence, authorisation or registration asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<String>,
    /// Whether this very term was read in the text.
    pub verified: YesNo,
    /// More, for the person who reviews it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Condition {
    /// How the clause is cited: "clause 2"; a clause that the text does not number is cited by its own words.
    #[must_use]
    pub fn cite(&self) -> Option<String> {
        self.clause.as_deref().map(|clause| {
            let (word, clause) = clause_words(clause);
            [word, clause].concat()
        })
    }
}

/// The word before a clause, and the clause: "clause 2", "clauses 2, 3", or the words of one that has no number.
#[must_use]
pub fn clause_words(clause: &str) -> (&'static str, &str) {
    let numbered = clause.starts_with(|first: char| first.is_ascii_digit() || "IVX".contains(first));
    let word = match (numbered, clause.contains(',')) {
        (true, false) => "clause ",
        (true, true) => "clauses ",
        (false, _) => "",
    };
    (word, clause)
}

/// What a triggered condition does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Effect {
    /// The use is not permitted without a licence agreed on beside this one.
    SeparateLicenseRequired,
    /// The use is not permitted.
    Prohibited,
    /// The use is permitted and owes a notice that people see.
    DisplayRequired,
    /// The use needs somebody's written permission first.
    AuthorisationRequired,
    /// The use needs a registration first.
    RegistrationRequired,
    /// The use is permitted and owes a message to the licensor.
    Notify,
    /// The use owes money.
    Royalty,
    /// All rights end.
    Terminates,
    /// The licensor reviews the security of the use first.
    SecurityReview,
    /// The text can be read both ways: it is reported, and the use stands.
    Unclear,
}

/// What cures a triggered condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Remedy {
    /// A licence agreed on with the licensor, recorded under `separateLicenses`.
    SeparateLicense,
    /// A registration, recorded under `registered`.
    Register,
    /// An acceptance or a policy followed, recorded.
    Accept,
    /// Another use of the model.
    ChangeUse,
    /// Another place of nodes or of people served.
    MovePlace,
    /// A message to the licensor, recorded under `registered`.
    Notify,
    /// The licensor's review, recorded under `separateLicenses`.
    LicensorReview,
    /// Showing what the licence asks to show.
    Display,
    /// Somebody reads the text and says in a ModelLicense what it says.
    ReadText,
    /// Nothing within this licence.
    OtherModel,
}

/// Holds when every atom of `allOf` holds and, if `anyOf` is not empty, at least one of `anyOf` does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Test {
    /// All of these hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all_of: Vec<Atom>,
    /// At least one of these holds, when there is any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<Atom>,
}
