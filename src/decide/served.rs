//! Whom a policy does not let be served, wherever the pods stand.

use crate::manifest::{Reason, written::WrittenCountry};

use super::{
    case::{Case, Found, finding},
    place, sentence,
};

/// Holds the people that the manifest serves against the policies. What it does not say is taken as the strictest.
pub(super) fn check(case: &Case<'_>, found: &mut Found) {
    for policy in &case.policies.all {
        let Some(served) = &policy.spec().regions.serves else { continue };
        let denied = place::countries(case, &served.deny.countries, &served.deny.groups);
        let serves = &case.request.spec.usage.serves;
        let mut people = serves.iter().filter_map(WrittenCountry::text);
        let new = if serves.is_empty() {
            let (sentence, remedy) = sentence::policy::serves_unsaid(case, &policy.says());
            finding(Reason::DeclarationMissing, policy.waits(), "usage.serves", sentence).remedy(remedy)
        } else if let Some(country) =
            people.find(|country| denied.contains(case.facts.catalog.places().canonical(country)))
        {
            let (sentence, remedy) = sentence::policy::not_served(policy, country);
            finding(Reason::PlaceNotPermitted, policy.refuses(), "usage.serves", sentence).remedy(remedy)
        } else {
            continue;
        };
        found.add(new.voucher(Some(policy.words())));
    }
}
