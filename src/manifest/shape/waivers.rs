//! Problems of a Waiver, and of what a policy lets be waived.

use jiff::Timestamp;

use crate::manifest::{
    Reason,
    waiver::{MAX_WAIVER_DAYS, WaiverSpec, latest_end},
};

use super::{ShapeProblem, dates::written_as_day, end_of, nearest, shown};

/// Least and most characters of the reason.
const REASON_CHARS: std::ops::RangeInclusive<usize> = 10..=512;

/// What is wrong in a Waiver created at this instant (nothing: not created yet), in the order of its fields.
#[must_use]
pub fn waiver_problems(spec: &WaiverSpec, created: Option<Timestamp>) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    for (field, text) in [
        ("spec.deployment.namespace", &spec.deployment.namespace),
        ("spec.deployment.name", &spec.deployment.name),
        ("spec.deployment.uid", &spec.deployment.uid),
        ("spec.model", &spec.model),
        ("spec.policy", &spec.policy),
        ("spec.approvedBy", &spec.approved_by),
    ] {
        if text.trim().is_empty() {
            let sentence = format!("{field} is empty, and a Waiver without it is for nothing.");
            all.push(ShapeProblem::new(Reason::ManifestInvalid, field, sentence, "Write it."));
        }
    }
    if spec.findings.is_empty() {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            "spec.findings",
            "spec.findings names no finding.",
            "Write the codes that the deployment's status shows, such as FilingMissing.",
        ));
    }
    for (i, finding) in spec.findings.iter().enumerate() {
        code(&format!("spec.findings[{i}].code"), &finding.code, &mut all);
    }
    if !REASON_CHARS.contains(&spec.reason.trim().chars().count()) {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            "spec.reason",
            "spec.reason has not between 10 and 512 characters.",
            "Write why, for who reads the record in a year.",
        ));
    }
    match end_of(&spec.until) {
        Err(text) => {
            let is = if written_as_day(&text) { "and there is no such day" } else { "which is no day and no instant" };
            all.push(ShapeProblem::new(
                Reason::DateInvalid,
                "spec.until",
                format!("spec.until is {}, {is}.", shown(&text)),
                "Write YYYY-MM-DD, or an instant in RFC 3339 such as 2026-11-25T03:00:00Z.",
            ));
        }
        Ok(end) if created.is_some_and(|created| end > latest_end(created)) => all.push(ShapeProblem::new(
            Reason::DateInvalid,
            "spec.until",
            format!("spec.until {} is more than {MAX_WAIVER_DAYS} days after the creation.", shown(&spec.until)),
            "Write an earlier end; what lasts longer is a change of the policy, or a fact to record.",
        )),
        Ok(_) => {}
    }
    all
}

/// What is wrong in a policy's list of what may be waived.
pub(super) fn waivable_problems(waivable: &[String], all: &mut Vec<ShapeProblem>) {
    for (i, text) in waivable.iter().enumerate() {
        code(&format!("spec.licenses.waivable[{i}]"), text, all);
    }
}

fn code(field: &str, text: &str, all: &mut Vec<ShapeProblem>) {
    match Reason::of_code(text) {
        None => {
            let near = nearest(text, Reason::ALL.iter().map(|reason| reason.code()));
            let near = near.map(|near| format!(" The nearest known one is {near}.")).unwrap_or_default();
            all.push(ShapeProblem::new(
                Reason::ManifestInvalid,
                field,
                format!("{field} is {}, which is no code of a finding.{near}", shown(text)),
                "Write a code as a denial or a status shows it, such as FilingMissing.",
            ));
        }
        Some(reason) if !reason.may_be_waived() => all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            field,
            format!("{field} is {reason}, which no Waiver lets pass: {}", never(reason)),
            "Leave it out.",
        )),
        Some(_) => {}
    }
}

/// Why this is never waived.
fn never(reason: Reason) -> &'static str {
    match reason {
        Reason::PlaceExcluded
        | Reason::PlaceNotPermitted
        | Reason::PlacementEmpty
        | Reason::AcceleratorNotPermitted => "where pods stand and people are served stays as narrow as it is decided.",
        Reason::FactsNotReady | Reason::LicenseeConflict | Reason::LicenseeInvalid => {
            "facts that cannot be read are mended, and may forbid more."
        }
        Reason::ManifestInvalid
        | Reason::SourceInvalid
        | Reason::CountryUnknown
        | Reason::PlaceUnknown
        | Reason::PlaceContradicts
        | Reason::PolicyInvalid => "what cannot be read is not decided on.",
        _ => "it is nothing that a licence, a fact or a rule of a place stands in the way with.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::waiver::{WaivedDeployment, WaivedFinding};

    fn spec() -> WaiverSpec {
        WaiverSpec {
            deployment: WaivedDeployment { namespace: "a".into(), name: "b".into(), uid: "c".into() },
            model: "a/b".into(),
            policy: "p".into(),
            findings: vec![WaivedFinding { code: "FilingMissing".into(), about: None }],
            reason: "the filing number comes on Monday".into(),
            until: "2026-11-30".into(),
            approved_by: "alice".into(),
        }
    }

    fn fields(spec: &WaiverSpec, created: Option<&str>) -> Vec<String> {
        let created = created.map(|text| text.parse().unwrap());
        waiver_problems(spec, created).into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_whole_waiver_has_no_problem_and_an_empty_one_is_told_field_by_field() {
        assert!(fields(&spec(), None).is_empty());
        let empty = WaiverSpec {
            deployment: WaivedDeployment::default(),
            model: String::new(),
            policy: String::new(),
            findings: vec![],
            reason: "no".into(),
            until: "tomorrow".into(),
            approved_by: String::new(),
        };
        assert_eq!(fields(&empty, None).len(), 9, "{:?}", fields(&empty, None));
    }

    #[test]
    fn thirty_days_are_let_and_a_second_more_is_not() {
        let until = |text: &str| WaiverSpec { until: text.into(), ..spec() };
        let created = Some("2026-11-01T00:00:00Z");
        assert!(fields(&until("2026-11-30"), created).is_empty());
        assert!(fields(&until("2026-12-01T00:00:00Z"), created).is_empty());
        assert_eq!(fields(&until("2026-12-01T00:00:01Z"), created), ["spec.until"]);
        assert_eq!(fields(&until("2026-12-01"), created), ["spec.until"]);
    }

    #[test]
    fn what_is_never_waived_is_named_and_so_is_a_typing_mistake() {
        for reason in Reason::ALL.iter().filter(|reason| !reason.may_be_waived()) {
            let mut all = Vec::new();
            waivable_problems(&[reason.code().to_owned()], &mut all);
            assert!(all.iter().any(|p| p.sentence.contains("no Waiver lets pass")), "{reason}");
        }
        let mut all = Vec::new();
        waivable_problems(&["FilingMising".into(), "FilingMissing".into()], &mut all);
        assert_eq!(all.len(), 1);
        assert!(all[0].sentence.contains("The nearest known one is FilingMissing"), "{}", all[0].sentence);
    }
}
