//! What a review of a Waiver is answered. Pure: manifest and facts are passed in.
//!
//! A courtesy, so that a Waiver that would have no effect is told so before it is stored: the decision looks at the same
//! again each time. Who may create one is not asked here but in process ([`super::waiver_policy`]), where it needs no
//! server of ours.

use jiff::Timestamp;
use kube::core::admission::Operation;

use super::{
    parse::Review,
    verdict::{Answer, one_line},
};
use crate::{
    decide::{
        Decision, Effect, Request, decide,
        waiver::{Standing, standing},
    },
    facts::{Fact, Facts},
    manifest::{ModelDeployment, Reason, Waiver, shape},
};

/// What a Waiver is looked at with.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The deployment that it names, where there is one.
    pub manifest: Option<&'a ModelDeployment>,
    /// The facts there.
    pub facts: &'a Facts<'a>,
}

/// Answers a review.
#[must_use]
pub fn answer(review: &Review<Waiver>, now: Timestamp, target: Option<&Target<'_>>) -> Answer {
    if review.operation != Operation::Create || !review.subresource.is_empty() {
        return Answer::pass();
    }
    let waiver = match &review.object {
        Ok(Some(waiver)) => waiver,
        Ok(None) => return Answer::pass(),
        Err(why) => return deny(Reason::ManifestInvalid, &format!("the Waiver cannot be read: {why}.")),
    };
    if let Some(problem) = shape::waiver_problems(&waiver.spec, Some(now)).into_iter().next() {
        return deny(problem.reason, &format!("{} {}", problem.sentence, problem.remedy));
    }
    if waiver.spec.approved_by != review.user {
        let sentence = format!(
            "spec.approvedBy is {}, and the one who creates it is {user}. Write approvedBy: {user}.",
            waiver.spec.approved_by,
            user = review.user
        );
        return deny(Reason::WaiverVoid, &sentence);
    }
    let Some(target) = target else { return Answer::pass() };
    if target.facts.unread.iter().any(|unread| unread.kind == "ModelPolicy") {
        return deny(Reason::FactsNotReady, "the policies could not be read yet. Try again in a moment.");
    }
    let name = if review.name.is_empty() { "waiver" } else { &review.name };
    let fact = Fact { created: Some(now), ..Fact::new(name, None, waiver.spec.clone()) };
    let Some(manifest) = target.manifest else { return judged(&standing(&fact, None, target.facts), None) };
    let deployment = &waiver.spec.deployment;
    let request = Request {
        namespace: &deployment.namespace,
        name: &deployment.name,
        uid: manifest.metadata.uid.as_deref(),
        spec: &manifest.spec,
    };
    let decision = decide(&request, target.facts);
    let unused = (!names_a_finding(waiver, &decision)).then_some(&decision);
    judged(&standing(&fact, Some((&request, &decision)), target.facts), unused)
}

/// Whether it names something that refuses or waits at present, or that another Waiver lets pass.
fn names_a_finding(waiver: &Waiver, decision: &Decision) -> bool {
    let blocks = decision.findings.iter().filter(|f| f.effect <= Effect::Waits || f.waived.is_some());
    blocks.into_iter().any(|finding| waiver.spec.names(finding.reason, &finding.about))
}

fn judged(stands: &Standing, unused: Option<&Decision>) -> Answer {
    match (stands, unused) {
        (Standing::InForce(_), None) => Answer::pass(),
        (Standing::InForce(_), Some(decision)) => Answer::Pass {
            warnings: vec![one_line(&format!(
                "nothing that this Waiver names speaks against the deployment at present; its verdict is {}.",
                decision.verdict.word()
            ))],
            decision: None,
        },
        (Standing::Ended(at), _) => deny(Reason::WaiverExpired, &format!("spec.until has passed: it ends at {at}.")),
        (Standing::Void(why), _) => deny(Reason::WaiverVoid, why),
    }
}

fn deny(reason: Reason, sentence: &str) -> Answer {
    Answer::Deny { message: format!("{reason}: {sentence}"), decision: None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{catalog::Catalog, facts::snapshot::Snapshot, manifest::model_policy::ModelPolicySpec};

    const NOW: &str = "2026-11-25T03:00:00Z";
    const POLICY: &str =
        "{namespaces: [support], licenses: {refuse: [MIT, \"Apache-*\"], waivable: [LicenseRefusedByPolicy]}}";
    const WAIVER: &str = "{deployment: {namespace: support, name: bot, uid: u-1}, model: Qwen/Qwen3-8B, policy: strict, findings: [{code: LicenseRefusedByPolicy}], reason: counsel looks at it on Monday, until: 2026-11-28, approvedBy: counsel}";

    fn yaml<T: serde::de::DeserializeOwned>(text: &str) -> T {
        serde_saphyr::from_str(text).unwrap()
    }

    fn deployment(uid: &str, model: &str) -> ModelDeployment {
        let mut made = ModelDeployment::new("bot", yaml(&format!("model: {{source: \"hf://{model}\"}}")));
        made.metadata.namespace = Some("support".into());
        made.metadata.uid = Some(uid.into());
        made
    }

    fn answered(waiver: &str, manifest: Option<&ModelDeployment>, policy: Option<&str>) -> Answer {
        let policies = policy.map(|text| Fact::new("strict", None, yaml::<ModelPolicySpec>(text)));
        let snapshot = Snapshot { policies: policies.into_iter().collect(), ..Snapshot::default() };
        let (labels, now) = (BTreeMap::new(), NOW.parse().unwrap());
        let facts = snapshot.facts(Catalog::built_in().unwrap(), &labels, now);
        let review = Review {
            foreign: None,
            uid: "r".into(),
            operation: Operation::Create,
            subresource: String::new(),
            namespace: String::new(),
            name: "w".into(),
            dry_run: false,
            user: "counsel".into(),
            groups: Vec::new(),
            object: Ok(Some(Box::new(Waiver::new("w", yaml(waiver))))),
            old: None,
            deleting: false,
        };
        answer(&review, now, Some(&Target { manifest, facts: &facts }))
    }

    fn denial(waiver: &str, manifest: Option<&ModelDeployment>, policy: Option<&str>) -> String {
        match answered(waiver, manifest, policy) {
            Answer::Deny { message, .. } => message,
            Answer::Pass { .. } => panic!("it passes"),
        }
    }

    #[test]
    fn what_has_an_effect_passes_without_a_word() {
        let bot = deployment("u-1", "Qwen/Qwen3-8B");
        assert_eq!(answered(WAIVER, Some(&bot), Some(POLICY)), Answer::pass());
    }

    #[test]
    fn what_is_not_found_at_present_passes_with_a_warning() {
        let bot = deployment("u-1", "Qwen/Qwen3-8B");
        let nothing = POLICY.replace("refuse: [MIT, \"Apache-*\"], ", "");
        let Answer::Pass { warnings, .. } = answered(WAIVER, Some(&bot), Some(&nothing)) else { panic!("denied") };
        assert!(warnings[0].contains("nothing that this Waiver names"), "{warnings:?}");
    }

    #[test]
    fn what_would_have_no_effect_is_told_why() {
        let bot = deployment("u-1", "Qwen/Qwen3-8B");
        assert!(denial(WAIVER, None, Some(POLICY)).contains("there is no ModelDeployment bot"));
        let anew = deployment("u-2", "Qwen/Qwen3-8B");
        assert!(denial(WAIVER, Some(&anew), Some(POLICY)).contains("deleted and made anew"));
        let other = deployment("u-1", "Qwen/Qwen3-4B");
        assert!(denial(WAIVER, Some(&other), Some(POLICY)).contains("the deployment's model is Qwen/Qwen3-4B"));
        assert!(denial(WAIVER, Some(&bot), None).contains("the built-in default lets nothing be waived"));
        let none = POLICY.replace("waivable: [LicenseRefusedByPolicy]", "waivable: []");
        assert!(denial(WAIVER, Some(&bot), Some(&none)).contains("spec.licenses.waivable"));
        let elsewhere = WAIVER.replace("policy: strict", "policy: loose");
        assert!(denial(&elsewhere, Some(&bot), Some(POLICY)).contains("in force there: ModelPolicy/strict"));
    }
}
