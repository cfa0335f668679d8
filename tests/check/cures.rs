//! What lifts a finding, pasted: for every licence of the catalogue, each finding that refuses or waits is offered the
//! YAML that lifts it and nothing else, or says itself what would.

use std::collections::{BTreeMap, BTreeSet};

use modelport::{
    catalog::Catalog,
    decide::{Decision, Effect, Finding, Request, decide},
    facts::{Facts, files::Owned},
    manifest::{Reason, record::Covers},
    report::needs::{self, Ask, Need, Object, Paste},
};
use serde_json::Value;

use crate::{
    kit::{catalog, today},
    missing::{fill, merge},
};

/// What deployments say of their use.
const USES: [&str; 4] = [
    "{}",
    "{audience: public, serves: [US], purpose: commercial, production: \"Yes\", hostedForThirdParties: \"Yes\", redistributesWeights: \"Yes\", edgeDevices: 8000, outputTokensPerMonth: 900000000000}",
    "{audience: public, serves: [DE, KR, CN], purpose: commercial, production: \"Yes\", sectors: [military, surveillance], trainsOnOutputs: \"Yes\", assurances: [none], acts: [removes-provenance], framework: other}",
    "{audience: internal, serves: [SG], purpose: internal-business, production: \"Yes\"}",
];

/// Who runs them: nobody says; one that says little; one above every limit, in the EU.
fn organisations() -> [String; 3] {
    let head = "apiVersion: modelport.dev/v1alpha1\nkind: Licensee\nmetadata: {name: acme}\nspec:\n  namespaces: [lab]\n  kind: company\n";
    let names = ["monthly-active-users", "daily-active-users", "monthly-visits", "monthly-unique-users"];
    let money = ["annual-revenue", "monthly-revenue", "annual-recurring-revenue"];
    let mut metrics = String::new();
    for scope in ["licensee", "product"] {
        for name in names {
            metrics.push_str(&format!(
                "  - {{name: {name}, scope: {scope}, period: 2022-01/2026-10, atLeast: 9000000000}}\n"
            ));
        }
        for name in money {
            for period in ["2022-01/2026-10", "T12M", "now"] {
                metrics.push_str(&format!(
                    "  - {{name: {name}, scope: {scope}, period: {period}, atLeast: 90000000000, currency: USD, asOf: 2026-11-02}}\n"
                ));
            }
        }
    }
    [
        String::new(),
        head.to_owned(),
        format!("{head}  seat: \"DE\"\n  businessTypes: [none]\n  competesWith: [none]\n  metrics:\n{metrics}"),
    ]
}

const STRICT: &str = "apiVersion: modelport.dev/v1alpha1
kind: ModelPolicy
metadata: {name: strict}
spec:
  namespaces: [lab]
  licenses:
    obligations: {Accept: Require, Register: Require, Notify: Require, Royalty: Require, Display: Require, NameRule: Require, Keep: Require, NoticeFile: Require, Disclose: Require}
";

fn documents(license: &str, usage: &str, licensee: &str) -> Vec<Value> {
    let head = |kind: &str, meta: &str| {
        format!("apiVersion: modelport.dev/v1alpha1\nkind: {kind}\nmetadata: {{{meta}}}\nspec:\n")
    };
    let texts = [
        format!(
            "{}  model: {{source: \"hf://example/model\"}}\n  usage: {usage}\n",
            head("ModelDeployment", "name: m, namespace: lab")
        ),
        format!("{}  license: {license}\n  models: [example/model]\n", head("ModelLicense", "name: ours")),
        STRICT.to_owned(),
        licensee.to_owned(),
    ];
    let texts = texts.iter().filter(|text| !text.is_empty());
    texts.map(|text| serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))).collect()
}

/// Answers about the deployment with all facts.
fn about<T>(documents: &[Value], ask: impl Fn(&Request<'_>, &Facts<'_>) -> T) -> T {
    let mut owned = Owned::default();
    for document in documents {
        owned.read("all.yaml", &document.to_string());
    }
    assert_eq!(owned.unreadable, [], "{documents:#?}");
    let [manifest] = owned.manifests.as_slice() else { panic!("one manifest") };
    let labels = BTreeMap::new();
    let facts = owned.facts("all.yaml", today(), catalog(), &labels);
    ask(&Request { namespace: "lab", name: "m", uid: None, spec: &manifest.spec }, &facts)
}

/// A person fills in what is offered and pastes it where it belongs.
fn pasted(documents: &[Value], paste: &Paste) -> Vec<Value> {
    let mut documents = documents.to_vec();
    let yaml = fill(&paste.yaml);
    let part: Value = serde_saphyr::from_str(&yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    let kind = paste.object.split(['/', ' ']).next().unwrap_or_default();
    let there = documents.iter_mut().find(|document| document["kind"] == kind && kind != "ModelLicense");
    match there {
        Some(document) => merge(document, part),
        None => documents.push(part),
    }
    documents
}

fn decided(documents: &[Value]) -> Vec<Finding> {
    about(documents, decide).findings.into_iter().filter(|finding| finding.effect <= Effect::Waits).collect()
}

/// What a finding is, whatever its words are.
fn key(finding: &Finding) -> (Reason, String, Option<String>, Vec<String>) {
    (finding.reason, finding.about.clone(), finding.subject.license.clone(), finding.subject.terms.clone())
}

/// Whether one fact answers both: the same field, the same record, the same figure, or a term that is settled whole.
fn together(finding: &Finding, need: &Need, other: &Finding, others: Option<&Need>) -> bool {
    // The first record about an organisation is a whole Licensee, which says its kind.
    let asks_for_a_licensee = matches!(others, Some(Need { ask: Ask::Kind, .. }));
    if asks_for_a_licensee && matches!(need.object, Object::Licensee { exists: false, .. }) {
        return true;
    }
    // What is let to one who has it lifts every term that it can lift, those too that wait for another fact.
    if let Ask::Record { list, covers, .. } = &need.ask
        && ["registered", "separateLicenses"].contains(&list.as_str())
    {
        let of = |term: &String| term.rsplit_once('/').map(|(license, _)| license.to_owned());
        let licenses: Vec<String> = other.subject.terms.iter().filter_map(of).collect();
        let other = Covers { licenses, ..Covers::default() };
        return !other.licenses.is_empty() && covers.licenses.iter().all(|id| within(id, &other));
    }
    // An evaluation is no production.
    let production =
        matches!(others, Some(Need { ask: Ask::Declared { field, .. }, .. }) if field == "usage.production");
    if production && matches!(&need.ask, Ask::Declared { field, .. } if field == "usage.purpose") {
        return true;
    }
    let shares_a_term = finding.subject.terms.iter().any(|term| other.subject.terms.contains(term));
    let same = others.is_some_and(|other| match (&need.ask, &other.ask) {
        (Ask::Figure { name, .. }, Ask::Figure { name: other, .. }) => name == other,
        (Ask::Record { list, covers, .. }, Ask::Record { list: of, covers: other, .. }) => {
            list == of && covers.services == other.services && covers.licenses.iter().all(|id| within(id, other))
        }
        (Ask::Kind, Ask::Kind) | (Ask::Seat { .. }, Ask::Seat { .. }) => true,
        (ask, other) => ask == other,
    });
    shares_a_term || same
}

/// Whether a record of a licence covers what another one is of: the same licence, or one that it is made of.
fn within(id: &str, other: &Covers) -> bool {
    let members = catalog().license(id).map_or(&[][..], |license| &license.all_of);
    other
        .licenses
        .iter()
        .all(|other| other == id || members.iter().any(|member| member.license.as_ref() == Some(other)))
}

/// Who runs it for what: a use, an organisation, and whether a policy requires that duties are shown to be met.
const CASES: [(usize, usize, bool); 5] = [(0, 0, false), (1, 1, true), (1, 2, false), (2, 2, false), (3, 1, false)];

/// What a finding says where nothing is offered.
const SAYS_WHY: [&str; 8] = [
    // No general record lifts it.
    "but one that names it",
    // Nobody has read the text, or nobody knows which it is.
    "The legal team reads the text",
    "says in a ModelLicense which text applies",
    "names the base model in spec.model.baseModels",
    // Two people say two things.
    "agree on one of the two",
    // A duty that the manifest shows.
    "gives it such a name in spec.model.servedName",
    // A fact of ours is missing.
    "writes a ModelLicense for the model",
    "sets exactly one kind of question in each of its atoms",
];

/// What came of the offers for some licences.
#[derive(Default)]
struct Tried {
    /// Codes of findings that were lifted.
    lifted: BTreeSet<&'static str>,
    /// In which words a finding said itself what would.
    told: BTreeSet<&'static str>,
    wrong: Vec<String>,
}

impl Tried {
    fn license(&mut self, id: &str, organisations: &[String; 3]) {
        for (usage, licensee, strict) in CASES {
            let (usage, licensee) = (USES[usage], &organisations[licensee]);
            let mut before = documents(id, usage, licensee);
            before.retain(|document| strict || document["kind"] != "ModelPolicy");
            let all = about(&before, needs::of_each);
            for (finding, need) in &all {
                let which = || format!("{id} {usage}\n{licensee}\n{}", finding.line());
                let Some(need) = need else {
                    let remedy = finding.remedy.as_deref().unwrap_or_default();
                    match SAYS_WHY.iter().find(|why| remedy.contains(**why)) {
                        Some(why) => _ = self.told.insert(why),
                        None => self.wrong.push(format!("nothing offered and no word why: {}", which())),
                    }
                    continue;
                };
                let [paste] = needs::pastes(std::slice::from_ref(need)).try_into().expect("one object");
                let after = decided(&pasted(&before, &paste));
                let count = |list: &[Finding], of: &Finding| list.iter().filter(|one| key(one) == key(of)).count();
                let known: Vec<Finding> = all.iter().map(|(finding, _)| finding.clone()).collect();
                if count(&after, finding) >= count(&known, finding) {
                    self.wrong.push(format!("not lifted: {}\n{}", which(), paste.yaml));
                }
                for (other, others) in &all {
                    let gone = count(&after, other) < count(&known, other);
                    if gone && key(other) != key(finding) && !together(finding, need, other, others.as_ref()) {
                        self.wrong.push(format!("lifted as well: {}\n{}\n{}", other.line(), which(), paste.yaml));
                    }
                }
                self.lifted.insert(finding.reason.code());
            }
        }
    }
}

#[test]
fn what_is_offered_lifts_its_finding_alone_and_where_nothing_is_the_finding_says_what_would() {
    let organisations = organisations();
    let licenses: Vec<&str> = catalog().licenses().map(|license| license.id.as_str()).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Every how-manieth licence each, so that all have as many hard ones.
    let some = |nth: usize| {
        let mut tried = Tried::default();
        licenses.iter().skip(nth).step_by(cores).for_each(|id| tried.license(id, &organisations));
        tried
    };
    let all: Vec<Tried> = std::thread::scope(|scope| {
        let some = &some;
        let threads: Vec<_> = (0..cores).map(|nth| scope.spawn(move || some(nth))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let wrong: Vec<&String> = all.iter().flat_map(|tried| &tried.wrong).collect();
    let lifted: BTreeSet<&str> = all.iter().flat_map(|tried| tried.lifted.iter().copied()).collect();
    let told: BTreeSet<&str> = all.iter().flat_map(|tried| tried.told.iter().copied()).collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.iter().map(|one| one.as_str()).collect::<Vec<_>>().join("\n\n")
    );
    for reason in [
        Reason::UserThreshold,
        Reason::RevenueThreshold,
        Reason::RegistrationMissing,
        Reason::PurposeNotPermitted,
        Reason::AcceptanceMissing,
        Reason::ObligationUnmet,
        Reason::FigureMissing,
        Reason::DeclarationMissing,
        Reason::SeatMissing,
    ] {
        assert!(lifted.contains(reason.code()), "{reason} never came up: {lifted:?}");
    }
    assert!(told.len() >= 4, "{told:?}");
}

#[test]
fn a_licence_that_asks_to_register_and_for_a_permission_is_offered_the_permission() {
    let acme = "apiVersion: modelport.dev/v1alpha1\nkind: Licensee\nmetadata: {name: acme}\nspec:\n  namespaces: [lab]\n  kind: company\n  metrics: [{name: daily-active-users, scope: group, period: now, value: 2000000, asOf: 2026-11-02}]\n  registered: [{name: r, who: l, when: 2026-01-01, covers: {licenses: [LicenseRef-minicpm-community-1.0]}}]\n";
    let all = about(&documents("LicenseRef-minicpm-community-1.0", USES[1], acme), needs::of_each);
    let refused = all.iter().find(|(finding, _)| finding.effect == Effect::Refuses).expect("it has only registered");
    let Some(Need { ask: Ask::Record { list, .. }, .. }) = &refused.1 else { panic!("{refused:?}") };
    assert_eq!(list, "separateLicenses", "{}", refused.0.line());
    assert!(refused.0.line().contains("written permission in Licensee/acme separateLicenses"), "{}", refused.0.line());
}

#[test]
fn an_id_of_a_term_is_in_no_log_and_every_finding_of_a_term_has_it() {
    let catalog: &Catalog = catalog();
    for license in catalog.licenses() {
        for usage in [USES[1], USES[2]] {
            let decision = about(&documents(&license.id, usage, &organisations()[2]), decide);
            let json = serde_json::to_string(&decision).expect("JSON");
            assert!(!json.contains("\"subject\"") && !json.contains("\"terms\""), "{json}");
            for finding in decision.findings.iter().filter(|finding| finding.effect <= Effect::Waits) {
                for term in &finding.subject.terms {
                    let (of, id) = term.rsplit_once('/').expect("licence and term");
                    let known = catalog.license(of).expect("a licence of the catalogue");
                    assert!(known.conditions.iter().any(|condition| condition.id == id), "{term}");
                }
                let of_a_term = known_terms(catalog, &decision).any(|sentence| finding.sentence.contains(sentence));
                assert!(!of_a_term || !finding.subject.terms.is_empty(), "{}", finding.line());
            }
        }
    }
}

fn known_terms<'a>(catalog: &'a Catalog, decision: &'a Decision) -> impl Iterator<Item = &'a str> {
    let licenses = decision.model.licenses.iter().filter_map(|(id, _)| catalog.license(id));
    licenses.flat_map(|license| license.conditions.iter().map(|condition| condition.sentence.as_str()))
}
