//! The names by which people ask for an accelerator: all that a name could mean, so that none is let by a short name.
//!
//! Letter case, separators and the maker's name mean nothing. A form tells one from another, a size does not: a card of
//! one size may be had in several forms.

use std::collections::{BTreeSet, HashMap};

use super::{
    accelerator::{Accelerator, Accelerators},
    chip_labels,
};

/// Words that say whose it is, or of which series.
const MAKERS: &[&str] = &[
    "nvidia",
    "tesla",
    "geforce",
    "rtx",
    "amd",
    "instinct",
    "huawei",
    "hisilicon",
    "ascend",
    "intel",
    "habana",
    "cambricon",
    "alibaba",
    "zhenwu",
    "ppu",
    "google",
    "tpu",
    "aws",
    "amazon",
];
/// How words begin that say in which form it is built in.
const FORMS: &[&str] = &["sxm", "pcie", "nvl", "oam", "hbm", "slice", "podslice"];
/// Words after which it is another chip of the same name.
const OTHER_CHIPS: &[&str] = &["laptop", "mobile", "max"];
/// Words with which a label says how it is cut up or shared.
const SUFFIXES: &[&str] = &["mig", "shared"];
/// Fewest letters of a name that is looked for inside a longer one.
const MIN_INSIDE: usize = 3;
/// Letters of a name that are looked at: a Kubernetes label value has at most 63.
const MAX_LETTERS: usize = 63;

/// Names without case and separators, each with where those stand that it could mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Ids, and whole label values with the maker in them: they mean what they say.
    whole: HashMap<String, BTreeSet<usize>>,
    /// Without the maker: as people say it, with and without sizes and forms.
    spoken: HashMap<String, BTreeSet<usize>>,
}

impl Names {
    pub(super) fn of(all: &[Accelerator]) -> Self {
        let mut names = Self::default();
        for (at, chip) in all.iter().enumerate() {
            names.whole.entry(words(&chip.id).concat()).or_default().insert(at);
            for value in values(chip) {
                let words = words(value);
                if spoken(&words) != words.concat() {
                    names.whole.entry(words.concat()).or_default().insert(at);
                }
            }
            for name in said(chip) {
                let words = words(name);
                for short in [spoken(&words), spoken(&no_sizes(&words)), core(&words)] {
                    if !short.is_empty() {
                        names.spoken.entry(short).or_default().insert(at);
                    }
                }
            }
        }
        names
    }

    fn meant(&self, words: &[String]) -> Option<&BTreeSet<usize>> {
        let said = |name: String| self.spoken.get(&name);
        self.whole
            .get(&words.concat())
            .or_else(|| said(spoken(&no_sizes(words))))
            .or_else(|| said(core(words)))
            .or_else(|| self.inside(words))
    }

    /// What the longest known run of words in it means; nothing where two that are as long mean different ones.
    fn inside(&self, words: &[String]) -> Option<&BTreeSet<usize>> {
        // A number alone is anybody's.
        let told = |run: &&[String]| {
            let name = spoken(run);
            name.len() >= MIN_INSIDE && (!is_number(&name) || run.iter().any(|word| MAKERS.contains(&word.as_str())))
        };
        let of_length =
            |length: usize| words.windows(length).filter(told).filter_map(|run| self.spoken.get(&spoken(run)));
        let longest = (1..=words.len()).rev().find(|length| of_length(*length).next().is_some())?;
        let first = of_length(longest).next()?;
        of_length(longest).all(|other| other == first).then_some(first)
    }
}

impl Accelerators {
    /// All accelerators that a manifest's word could mean: an id or a label's whole value means one, `H100` each of its
    /// forms. Empty where it means none that is known.
    #[must_use]
    pub fn meant(&self, product: &str) -> Vec<&Accelerator> {
        let words = words(product);
        if words.iter().any(|word| OTHER_CHIPS.contains(&word.as_str())) {
            return Vec::new();
        }
        self.names.meant(&words).into_iter().flatten().filter_map(|at| self.all().get(*at)).collect()
    }

    /// Where a word says which of several versions is wanted, such as `A100-SXM4-80GB`: the labels, with their values,
    /// that say the same. Empty where it says none, or no label tells it.
    #[must_use]
    pub fn version(&self, product: &str) -> Vec<(String, Vec<String>)> {
        let meant = self.meant(product);
        let [chip] = meant.as_slice() else { return Vec::new() };
        if chip.memory_gb.len() < 2 {
            return Vec::new();
        }
        let told = |word: &&String| {
            let has = |value: &str| words(value).contains(word);
            !MAKERS.contains(&word.as_str()) && values(chip).any(has) && !values(chip).all(has)
        };
        let asked = words(product);
        let asked: Vec<&String> = asked.iter().filter(told).collect();
        if asked.is_empty() {
            return Vec::new();
        }
        let says = |value: &&String| {
            let words = words(value);
            asked.iter().all(|word| words.contains(word))
        };
        let products = chip.node_labels().filter(|label| chip_labels::names_products(&label.key));
        let told = products.map(|label| {
            let values = label.values.iter().filter(says);
            (label.key.clone(), values.flat_map(|value| chip_labels::shared(&label.key, value)).collect::<Vec<_>>())
        });
        told.filter(|(_, values)| !values.is_empty()).collect()
    }
}

/// What its labels call it, without device ids and sizes.
fn values(chip: &Accelerator) -> impl Iterator<Item = &str> {
    let names = chip.labels.iter().filter(|label| !label.key.contains("device") && !label.key.ends_with("_mem"));
    names.flat_map(|label| &label.values).map(String::as_str)
}

/// All that people call it.
fn said(chip: &Accelerator) -> impl Iterator<Item = &str> {
    let names = chip.name.split(" (").next().into_iter().flat_map(|name| name.split(" / "));
    let resources = chip.plain_resources().filter_map(|resource| resource.rsplit('/').next());
    let resources = resources.filter(|name| name.contains(|letter: char| letter.is_ascii_digit()));
    let also = chip.also.iter().map(String::as_str);
    std::iter::once(chip.id.as_str()).chain(names).chain(also).chain(values(chip)).chain(resources)
}

/// Its words in lower case, without how it is cut up or shared; `80 GB` and `80G` are `80gb`.
fn words(name: &str) -> Vec<String> {
    let name: String = name.chars().take(MAX_LETTERS).collect::<String>().to_ascii_lowercase();
    let parts = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let mut words: Vec<String> = Vec::new();
    for part in parts.take_while(|part| !SUFFIXES.contains(part)) {
        match part {
            "gb" | "g" => {
                words.iter_mut().rev().take_while(|word| is_number(word)).for_each(|word| word.push_str("gb"));
            }
            part if part.strip_suffix('g').is_some_and(is_number) => words.push(format!("{part}b")),
            part => words.push(part.to_owned()),
        }
    }
    words
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn no_sizes(words: &[String]) -> Vec<String> {
    words.iter().filter(|word| !word.strip_suffix("gb").is_some_and(is_number)).cloned().collect()
}

/// As people say it, without the maker, also one that is written together with it.
fn spoken(words: &[String]) -> String {
    let said: String = words.iter().filter(|word| !MAKERS.contains(&word.as_str())).map(String::as_str).collect();
    let mut rest = said.as_str();
    while let Some(shorter) = MAKERS.iter().find_map(|maker| rest.strip_prefix(maker)) {
        rest = shorter;
    }
    rest.to_owned()
}

/// As people say it, without sizes and forms.
fn core(words: &[String]) -> String {
    let form = |word: &String| {
        let rest = FORMS.iter().find_map(|form| word.strip_prefix(form));
        rest.is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit() || letter == 'e'))
    };
    spoken(&no_sizes(words).into_iter().filter(|word| !form(word)).collect::<Vec<_>>())
}
