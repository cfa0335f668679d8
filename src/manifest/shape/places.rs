//! Places that the catalogue does not list. Where a word is read, nothing is made of it: decisions ask this as well.

use std::fmt::Display;

use crate::{
    catalog::{
        Catalog,
        country::Country,
        place::{Group, Provider},
    },
    manifest::{
        Reason,
        placement::{PlaceList, Region},
        written::WrittenCountry,
    },
};

use super::{
    ShapeProblem, shown,
    words::{near_words, nearest, not_text},
};

/// What to do with a group of countries where a list of countries has none beside it.
const NO_GROUPS_HERE: &str =
    "Groups are written under groups in spec.placement; people served are written country by country.";

/// Countries, groups, providers and regions that the catalogue does not list.
pub(super) fn check_places(list: &PlaceList, field: impl Display, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    if *list == PlaceList::default() {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            field.to_string(),
            format!("{field} lists nothing."),
            "Leave it out, or list countries, groups, providers or regions.",
        ));
    }
    check_areas(&list.countries, &list.groups, &field, catalog, all);
    for (i, provider) in list.providers.iter().enumerate() {
        check_provider(provider, format_args!("{field}.providers[{i}]"), catalog, all);
    }
    for (i, region) in list.regions.iter().enumerate() {
        check_region(region, format_args!("{field}.regions[{i}]"), catalog, all);
    }
}

/// Countries, and groups of countries beside them.
pub(super) fn check_areas(
    countries: &[WrittenCountry],
    groups: &[String],
    field: impl Display,
    catalog: &Catalog,
    all: &mut Vec<ShapeProblem>,
) {
    let places = catalog.places();
    for (i, country) in countries.iter().enumerate() {
        let remedy = format_args!("Write it under {field}.groups.");
        country_or(country, format_args!("{field}.countries[{i}]"), remedy, catalog, all);
    }
    for (i, group) in groups.iter().enumerate().filter(|(_, group)| places.group(group).is_none()) {
        let at = format!("{field}.groups[{i}]");
        let called = |known: &&Group| {
            let mut words = [&known.title].into_iter().chain(&known.also_called);
            words.any(|word| word.eq_ignore_ascii_case(group.trim()))
        };
        let called = places.groups().find(called).map(|known| known.id.as_str());
        let near = called.or_else(|| nearest(group, places.groups().map(|group| group.id.as_str())));
        if near.is_none() && places.is_area(group) {
            all.push(ShapeProblem::new(
                Reason::PlaceUnknown,
                at.as_str(),
                format!("{at} is {}, which is a country.", shown(group)),
                format!("Write it under {field}.countries."),
            ));
            continue;
        }
        let kind = "group of countries that the catalogue lists";
        all.push(unknown(&at, group, kind, near, "`modelport catalog groups` lists them."));
    }
}

fn check_region(region: &Region, field: impl Display, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let places = catalog.places();
    let (provider, name) = (region.provider.as_str(), region.region.as_str());
    if !places.is_provider(provider) {
        return check_provider(provider, format_args!("{field}.provider"), catalog, all);
    }
    if places.region(provider, name).is_some() {
        return;
    }
    let known = places.providers().filter(|p| p.provider == provider).flat_map(|p| &p.regions);
    let near = nearest(name, known.map(|region| region.region.as_str()));
    let of_others: Vec<&str> = places
        .providers()
        .map(|other| other.provider.as_str())
        .filter(|other| places.region(other, name).is_some())
        .collect();
    let kind = match of_others.as_slice() {
        [] => format!("region of {provider} that the catalogue lists"),
        others => format!("region of {provider}; it is one of {}", others.join(", ")),
    };
    let near = near.filter(|_| of_others.is_empty());
    all.push(unknown(&format!("{field}.region"), name, &kind, near, "`modelport catalog places` lists them."));
}

fn check_provider(provider: &str, field: impl Display, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let places = catalog.places();
    if places.is_provider(provider) {
        return;
    }
    let called = |known: &&Provider| {
        let mut words = [&known.provider, &known.name].into_iter().chain(&known.also_called);
        words.any(|word| word.eq_ignore_ascii_case(provider))
    };
    let called = places.providers().find(called).map(|known| known.provider.as_str());
    let near = called.or_else(|| nearest(provider, places.providers().map(|known| known.provider.as_str())));
    let of: Vec<&str> = places
        .providers()
        .map(|known| known.provider.as_str())
        .filter(|known| places.region(known, provider).is_some())
        .collect();
    let kind = match of.as_slice() {
        [] => "provider that the catalogue lists".to_owned(),
        of => format!("provider; it is a region of {}", of.join(", ")),
    };
    all.push(unknown(&field.to_string(), provider, &kind, near, "`modelport catalog places` lists them."));
}

fn unknown(field: &str, written: &str, kind: &str, near: Option<&str>, remedy: &str) -> ShapeProblem {
    let sentence = format!("{field} is {}, which is no {kind}.{}", shown(written), near_words(near));
    ShapeProblem::new(Reason::PlaceUnknown, field, sentence, remedy)
}

/// A country that is not text, or no code of ISO 3166-1.
pub(super) fn check_country(
    country: &WrittenCountry,
    field: impl Display,
    catalog: &Catalog,
    all: &mut Vec<ShapeProblem>,
) {
    country_or(country, field, NO_GROUPS_HERE, catalog, all);
}

/// The country that a text means which is no code of ISO 3166-1 alpha-2: its name or another word for it, its code in three
/// letters or in small ones.
#[must_use]
pub fn meant<'a>(text: &str, catalog: &'a Catalog) -> Option<&'a Country> {
    catalog.places().countries().find(|country| country.is_called(text.trim()))
}

/// The same, with what to do with a group of countries.
fn country_or(
    country: &WrittenCountry,
    field: impl Display,
    of_a_group: impl Display,
    catalog: &Catalog,
    all: &mut Vec<ShapeProblem>,
) {
    let mut problem = |what: String, remedy: String| {
        all.push(ShapeProblem::new(Reason::CountryUnknown, field.to_string(), what, remedy));
    };
    let text = match country {
        WrittenCountry::NotText(json) => {
            return problem(
                format!("{field} is the YAML value {}{}.", shown(json).trim_matches('"'), not_text(json)),
                "Write country codes in quotes: \"NO\" is Norway.".into(),
            );
        }
        WrittenCountry::Text(text) => text,
    };
    let places = catalog.places();
    if places.country(places.canonical(text)).is_some() {
        return;
    }
    if places.group(text).is_some() {
        let what = format!("{field} is {}, which is a group of countries.", shown(text));
        return problem(what, of_a_group.to_string());
    }
    // Every two letters are near some code: which one was meant, they do not say.
    let near = meant(text, catalog).map(|c| format!("{} ({})", c.code, c.name));
    problem(
        format!("{field} is {}, which is no ISO 3166-1 code.{}", shown(text), near_words(near.as_deref())),
        "Write two capital letters, quoted.".into(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_written_otherwise_is_named_by_its_code() {
        let catalog = Catalog::built_in().unwrap();
        let code = |word: &str| meant(word, catalog).map(|country| country.code.as_str());
        let words = ["USA", "sgp", "Singapore", "PRC", "mainland china", "uk", "EL", "Viet Nam", "Hong Kong", " de "];
        let codes = ["US", "SG", "SG", "CN", "CN", "GB", "GR", "VN", "HK", "DE"];
        for (word, known) in words.into_iter().zip(codes) {
            assert_eq!(code(word), Some(known), "{word}");
        }
        for word in ["XX", "XK", "Atlantis", "", "EU"] {
            assert_eq!(code(word), None, "{word}");
        }
    }

    #[test]
    fn a_group_written_otherwise_is_named_by_its_id() {
        let catalog = Catalog::built_in().unwrap();
        let said = |group: &str| {
            let mut problems = Vec::new();
            check_areas(&[], &[group.to_owned()], "f", catalog, &mut problems);
            problems.first().map(|problem| problem.sentence.clone()).unwrap_or_default()
        };
        for word in ["EU-27", "European Union", "eu"] {
            assert!(said(word).ends_with("The nearest known one is EU."), "{word}: {}", said(word));
        }
        assert_eq!(said("EU27"), "", "an alias is an id");
        assert!(said("ASEAN").ends_with("that the catalogue lists."), "{}", said("ASEAN"));
    }
}
