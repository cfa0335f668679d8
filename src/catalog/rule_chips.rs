//! What rules ask of accelerators, answered once for the whole table: no decision goes through the chips.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Accelerator, Accelerators, Rule,
    rule_test::{AcceleratorTest, ChipClass, RuleTest},
    words::YesNo,
};

/// The country whose own products some classes leave out.
const CHINA: &str = "CN";

/// Accelerators that a rule does not tell apart.
#[derive(Clone, Debug, PartialEq)]
pub struct ChipGroup {
    /// Their ids.
    pub ids: BTreeSet<String>,
    /// The answer to each of the rule's questions; nothing where the table does not tell.
    answers: Vec<(AcceleratorTest, Option<bool>)>,
}

impl ChipGroup {
    /// The answer to one of the rule's questions.
    #[must_use]
    pub fn answer(&self, test: &AcceleratorTest) -> Option<bool> {
        self.answers.iter().find(|(asked, _)| asked == test).and_then(|(_, answer)| *answer)
    }
}

impl Accelerator {
    /// Whether it is of a class; nothing where the table does not tell.
    #[must_use]
    pub fn is_of(&self, class: ChipClass) -> Option<bool> {
        let domestic = self.origin == CHINA;
        let marked = |mark: Option<YesNo>| Some(mark == Some(YesNo::Yes));
        match class {
            ChipClass::ForeignToChina => Some(!domestic),
            ChipClass::Export3A090 | ChipClass::Letter2025 if domestic => Some(false),
            ChipClass::Export3A090 if self.eccn.starts_with("3A090") => Some(true),
            ChipClass::Export3A090 if self.eccn == "none" => Some(false),
            ChipClass::Export3A090 => None,
            // The letters are for what the lines of 3A090.a do not reach.
            ChipClass::Letter2025 if self.letter2025.is_none() && self.eccn.starts_with("3A090.a") => Some(false),
            ChipClass::Letter2025 if self.letter2025.is_none() => None,
            ChipClass::Letter2025 => marked(self.letter2025),
            // The table leaves it out where the review does not fit.
            ChipClass::CaseByCase2026 => marked(self.case_by_case2026),
            ChipClass::GeneralProhibition10 => marked(self.gp10_guidance),
        }
    }
}

impl AcceleratorTest {
    /// Whether it holds for an accelerator; nothing where the table does not tell.
    #[must_use]
    pub fn holds(&self, chip: &Accelerator) -> Option<bool> {
        match self.class {
            Some(class) => chip.is_of(class),
            None => Some(self.ids.contains(&chip.id)),
        }
    }
}

/// For each rule that asks about accelerators, the groups that it tells apart.
pub(super) fn groups(rules: &[Rule], chips: &Accelerators) -> BTreeMap<String, Vec<ChipGroup>> {
    let of = |rule: &Rule| {
        let groups = of_rule(rule, chips);
        (!groups.is_empty()).then(|| (rule.id.clone(), groups))
    };
    rules.iter().filter_map(of).collect()
}

fn of_rule(rule: &Rule, chips: &Accelerators) -> Vec<ChipGroup> {
    let mut tests: Vec<&AcceleratorTest> = Vec::new();
    for test in std::iter::once(&rule.when).chain(rule.exempt.iter().map(|exemption| &exemption.when)) {
        test.visit(&mut |part| match part {
            RuleTest::Accelerator(test) if !tests.contains(&test) => tests.push(test),
            _ => {}
        });
    }
    let mut groups: Vec<ChipGroup> = Vec::new();
    for chip in chips.all().iter().filter(|_| !tests.is_empty()) {
        let answers: Vec<_> = tests.iter().map(|test| ((*test).clone(), test.holds(chip))).collect();
        match groups.iter_mut().find(|group| group.answers == answers) {
            Some(group) => drop(group.ids.insert(chip.id.clone())),
            None => groups.push(ChipGroup { ids: BTreeSet::from([chip.id.clone()]), answers }),
        }
    }
    groups
}
