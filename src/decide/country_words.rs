//! Many countries in few words: groups by their names, and groups less a few.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, place::Group};

/// Most countries of a table that are listed one by one.
pub(super) const MAX_LISTED: usize = 4;

/// More countries than are listed, as a group that is wholly among them but for a few, and the others: `EU`,
/// `EU without DE, FR`, `SG and EU without DE, FR`. Nothing where that is not shorter.
pub(super) fn few(countries: &BTreeSet<String>) -> Option<String> {
    if countries.len() <= MAX_LISTED {
        return None;
    }
    let places = Catalog::built_in().ok()?.places();
    let split = |group: &'static Group| {
        let members = || group.members.iter().map(String::as_str);
        let lacking: Vec<&str> = members().filter(|member| !countries.contains(*member)).collect();
        let others: Vec<&str> =
            countries.iter().map(String::as_str).filter(|one| !members().any(|m| m == *one)).collect();
        (group, lacking, others)
    };
    let groups = places.groups().filter(|group| KNOWN_GROUPS.contains(&group.id.as_str()));
    let (group, lacking, others) = groups.map(split).min_by_key(|(_, lacking, others)| lacking.len() + others.len())?;
    if lacking.len() > MAX_LISTED || others.len() > MAX_LISTED || lacking.len() + others.len() >= countries.len() {
        return None;
    }
    let others = if others.is_empty() { String::new() } else { format!("{} and ", others.join(", ")) };
    let but = if lacking.is_empty() { String::new() } else { format!(" without {}", lacking.join(", ")) };
    Some(format!("{others}{}{but}", group.id))
}

/// Groups that people know by their names.
const KNOWN_GROUPS: [&str; 2] = ["EU", "EEA"];

/// Countries in as few words as there are: groups that are wholly among them by their names, the others by their codes.
pub(super) fn named(countries: &BTreeSet<String>) -> Vec<String> {
    let mut left: BTreeSet<&str> = countries.iter().map(String::as_str).collect();
    let mut words: Vec<String> = Vec::new();
    let places = Catalog::built_in().map(Catalog::places);
    let mut groups: Vec<_> = places.into_iter().flat_map(crate::catalog::Places::groups).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
    for group in groups.iter().filter(|group| group.members.len() > MAX_LISTED) {
        if group.members.iter().all(|member| left.contains(member.as_str())) {
            left.retain(|country| !group.members.iter().any(|member| member == country));
            words.push(group.id.clone());
        }
    }
    words.extend(left.into_iter().map(str::to_owned));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::places::Allowance;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_group_of_countries_less_a_few_is_said_so() {
        let members = |group: &str| {
            let places = Catalog::built_in().unwrap().places();
            places.expand(group).into_iter().map(str::to_owned).collect::<BTreeSet<String>>()
        };
        let words = |countries: BTreeSet<String>| Allowance::only(countries).words();
        let but = |out: &[&str]| members("EU").into_iter().filter(|one| !out.contains(&one.as_str())).collect();
        assert_eq!(words(members("EU")), "EU");
        assert_eq!(words(members("EEA")), "EEA");
        assert_eq!(words(but(&["DE", "FR"])), "EU without DE, FR");
        let mut more: BTreeSet<String> = but(&["DE", "FR"]);
        more.extend(set(&["CN", "SG"]));
        assert_eq!(words(more), "CN, SG and EU without DE, FR");
        assert_eq!(words(set(&["CN", "DE", "SG"])), "CN,DE,SG");
        assert_eq!(words(set(&["AT", "BE", "CN", "DE", "SG", "US"])), "AT,BE,CN,DE,SG,US");
    }
}
