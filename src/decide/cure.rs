//! What lifts a term of a licence, or shows that a duty is met, as data: the decision looks there, its sentences name
//! it, and the reports print it to fill in.

use crate::catalog::{
    condition::{Condition, Effect as Follows, Remedy},
    license::License,
    obligation::DutyKind,
    predicate::Predicate,
};

/// What can lift a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cure {
    /// A record in one of these lists of the Licensee that covers the licence, the first being where it belongs.
    Records(&'static [&'static str]),
    /// A grant of the licensor in `separateLicenses` that names the term, once somebody has read the term; no other.
    GrantByName,
}

/// What can lift a term of a licence.
#[must_use]
pub fn of_term(license: &License, condition: &Condition) -> Cure {
    let asks_to_register = |other: &Condition| matches!(other.effect, Follows::RegistrationRequired | Follows::Notify);
    match (condition.effect, condition.remedy) {
        // Who has only registered, or sent word, has no permission yet, where the text asks for both.
        (Follows::AuthorisationRequired, _) if license.conditions.iter().any(asks_to_register) => {
            Cure::Records(&["separateLicenses"])
        }
        (Follows::RegistrationRequired, _) | (_, Remedy::Register) => {
            Cure::Records(&["registered", "separateLicenses"])
        }
        (Follows::SeparateLicenseRequired | Follows::AuthorisationRequired | Follows::SecurityReview, _)
        | (_, Remedy::SeparateLicense | Remedy::LicensorReview) => Cure::Records(&["separateLicenses"]),
        // What the public text keeps back from everybody, the licensor may grant to one.
        _ if about_use_alone(condition) => Cure::Records(&["separateLicenses"]),
        _ => Cure::GrantByName,
    }
}

/// Whether a term is about what the model is used for and how it is offered, and nothing else: what a licence bought
/// from the licensor is about. Places, sectors and conduct are lifted by a grant that names the term.
fn about_use_alone(condition: &Condition) -> bool {
    let mut atoms = condition.when.all_of.iter().chain(&condition.when.any_of);
    atoms.all(|atom| {
        matches!(atom.predicate(), Some(Predicate::Purpose(_) | Predicate::Production(_) | Predicate::Offer(_)))
    })
}

/// The list of the Licensee in which a record shows that a duty is met; in `followsPolicy` it names the duty, as
/// `<license id>/<kind>`. Nothing where the manifest shows it.
#[must_use]
pub fn of_duty(kind: DutyKind) -> Option<&'static str> {
    match kind {
        DutyKind::NameRule => None,
        DutyKind::Accept => Some("accepted"),
        DutyKind::Register | DutyKind::Notify => Some("registered"),
        DutyKind::Royalty
        | DutyKind::Display
        | DutyKind::NoticeFile
        | DutyKind::LicenseCopy
        | DutyKind::PassThrough
        | DutyKind::MarkChanges
        | DutyKind::Keep
        | DutyKind::Disclose => Some("followsPolicy"),
    }
}
