//! What only a person can say of a term: that it does not apply to this model.

use crate::{
    catalog::{atom::ModalityScope, condition::Condition, license::License, predicate::Predicate},
    decide::Decision,
    manifest::record::Covers,
};

use super::ask::{Ask, predicates, slug};

/// The list of what a person has judged not to apply.
pub(super) const NOT_APPLICABLE: &str = "notApplicable";

/// The record that a term about multimodal models does not apply to this one.
pub(super) fn of_text_alone<'a>(
    terms: &'a [(&License, &Condition)],
    decision: &'a Decision,
) -> impl Iterator<Item = Ask> + 'a {
    let limited = |condition: &Condition| {
        predicates(condition).any(|one| matches!(one, Predicate::Seat(test) if test.modality != ModalityScope::Any))
    };
    terms.iter().filter(move |(_, condition)| limited(condition)).map(|(license, condition)| Ask::Record {
        list: NOT_APPLICABLE.into(),
        name: slug(&format!("{} {}", license.short, condition.id)),
        rule: Some(format!("{}/{}", license.id, condition.id)),
        covers: Covers {
            licenses: vec![license.id.clone()],
            models: decision.model.name.iter().cloned().collect(),
            ..Covers::default()
        },
        reference: String::new(),
    })
}
