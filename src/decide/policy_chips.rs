//! Which accelerators the policies let. A policy's list narrows the places, everywhere, by the same predicate as a rule.

use std::collections::BTreeSet;

use crate::{
    catalog::{Accelerator, Accelerators},
    manifest::{Reason, model_policy::AcceleratorList, shape::ALLOWED_ACCELERATORS, written::WrittenCountry},
};

use super::{
    ChipLimit, Chips, Effect, Places,
    case::{Case, Found, finding},
    policy::Holding,
    sentence,
};

/// Narrows the places by the lists of the policies, and holds the accelerator that the manifest names against them.
pub(super) fn check(case: &Case<'_>, places: &mut Places, found: &mut Found) {
    let table = case.facts.catalog.accelerators();
    for policy in &case.policies.all {
        let Some(rules) = &policy.spec().regions.accelerators else { continue };
        // Of a list with a word that cannot be read, what is left is not what was meant.
        let allow = rules.allow.as_ref().filter(|_| case.policies.reads(policy, ALLOWED_ACCELERATORS));
        let chips = lets((allow, rules.deny.as_ref()), table, case.policies.unknown_accelerator_refuses());
        named(case, policy, &chips, found);
        // A list that names nothing that is known keeps off nothing.
        if policy.enforces && chips != Chips::default() {
            places.chips.push(ChipLimit { chips, by: policy.words(), ..ChipLimit::default() });
        }
    }
}

/// The accelerator that the manifest names, or that none is named.
fn named(case: &Case<'_>, policy: &Holding<'_>, chips: &Chips, found: &mut Found) {
    let product = case.request.spec.accelerators.as_ref().and_then(|asked| asked.product.as_deref());
    let Some(product) = product else {
        let sentence = sentence::place::narrowed_to_accelerators(&policy.says(), chips, policy.enforces);
        let effect = if policy.enforces { Effect::Passes } else { Effect::Warns };
        let reason = if policy.enforces { Reason::Allowed } else { Reason::AcceleratorNotPermitted };
        return found.add(finding(reason, effect, &policy.words(), sentence).voucher(Some(policy.words())));
    };
    let ids: Vec<&str> = case.chips.iter().map(|chip| chip.id.as_str()).collect();
    let refused = ids.iter().any(|id| !chips.allow(Some(id))) || ids.is_empty() && !chips.allow(None);
    if refused {
        let (sentence, remedy) = sentence::place::accelerator_not_permitted(policy, product, &ids);
        let new = finding(Reason::AcceleratorNotPermitted, policy.refuses(), &policy.words(), sentence);
        found.add(new.remedy(remedy).voucher(Some(policy.words())));
    }
}

/// What the lists let together.
fn lets(
    (allow, deny): (Option<&AcceleratorList>, Option<&AcceleratorList>),
    table: &Accelerators,
    unknown_refuses: bool,
) -> Chips {
    let ids = |keep: &dyn Fn(&Accelerator) -> bool| -> BTreeSet<String> {
        table.all().iter().filter(|chip| keep(chip)).map(|chip| chip.id.clone()).collect()
    };
    // Where what is not known is refused, so is a known accelerator of which nobody knows the class.
    let may_be = |list: &AcceleratorList, chip: &Accelerator| {
        unknown_refuses && list.classes.iter().any(|class| chip.is_of(*class).is_none())
    };
    let denied = |chip: &Accelerator| deny.is_some_and(|list| lists(list, chip) || may_be(list, chip));
    match allow {
        Some(allow) => Chips::Only(ids(&|chip| lists(allow, chip) && !denied(chip))),
        None if unknown_refuses => Chips::Only(ids(&|chip| !denied(chip))),
        None => Chips::Never(ids(&denied)),
    }
}

fn lists(list: &AcceleratorList, chip: &Accelerator) -> bool {
    list.ids.contains(&chip.id)
        || list.origins.iter().filter_map(WrittenCountry::text).any(|country| country == chip.origin)
        || list.classes.iter().any(|class| chip.is_of(*class) == Some(true))
}
