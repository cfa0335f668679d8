//! Accelerators: figures that export rules count, and the labels by which a node shows what it has.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::chip_labels;
use super::chip_names::Names;
use super::load::{self, LoadError};
use super::place::Source;
use super::words::YesNo;

/// One accelerator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Accelerator {
    /// Stable id, such as `nvidia-h100-sxm`.
    pub id: String,
    /// Who makes it.
    pub vendor: String,
    /// As people say it.
    pub name: String,
    /// Other names that people say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The country whose export rules see it as its own product.
    pub origin: String,
    /// Memory, in GB as marketed; several where there are several versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memory_gb: Vec<u32>,
    /// Memory bandwidth, in GB/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bandwidth_gb_s: Option<f64>,
    /// Bandwidth between chips, in GB/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interconnect_gb_s: Option<f64>,
    /// Dense throughput by format, in TFLOPS or TOPS.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dense_tflops: BTreeMap<String, f64>,
    /// Total processing performance as export rules count it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tpp: Option<f64>,
    /// The format that gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tpp_from: Option<String>,
    /// Die area of the non-planar logic, in mm2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub die_mm2: Option<f64>,
    /// Performance over die area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performance_density: Option<f64>,
    /// Made or marketed for data centres.
    pub datacentre: YesNo,
    /// The class that the figures give; not what the manufacturer says.
    pub eccn: String,
    /// The class of a computer that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eccn_system: Option<String>,
    /// Whether the figures fit the case-by-case review of January 2026.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_by_case2026: Option<YesNo>,
    /// What is open about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_by_case_note: Option<String>,
    /// Whether it is above the lines of the letters of April 2025.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter2025: Option<YesNo>,
    /// Made for the Chinese market.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub china_market_variant: Option<YesNo>,
    /// Named by the guidance on General Prohibition 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gp10_guidance: Option<YesNo>,
    /// `No` where it is rented as a service only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_as_a_part: Option<YesNo>,
    /// Extended resources under which device plugins offer it.
    pub resources: Vec<String>,
    /// Labels that show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<ProductLabel>,
    /// Whether those labels were read in a text.
    pub labels_verified: YesNo,
    /// Machine types that have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<Instances>,
    /// Whether the figures were read in a text.
    pub figures_verified: YesNo,
    /// Whether the whole entry was.
    pub verified: YesNo,
    /// For the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where it was read, by id.
    pub source: Vec<String>,
}

/// A label and the values that mean this accelerator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductLabel {
    /// The key.
    pub key: String,
    /// The values.
    pub values: Vec<String>,
}

/// Machine types of one cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Instances {
    /// The cloud.
    pub provider: String,
    /// The types; `*` ends the beginning of one.
    pub types: Vec<String>,
    /// Whether they were read in a text.
    pub verified: YesNo,
}

/// A change of a rule about accelerators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleChange {
    /// When: a date or a month.
    pub date: String,
    /// What.
    pub what: String,
    /// Whether it was read in a text.
    pub verified: YesNo,
    /// Where.
    pub source: String,
    /// For the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The lines that export rules draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lines {
    /// 3A090.a by performance alone.
    pub a_tpp: u32,
    /// 3A090.a by performance and density together: performance.
    pub a2_tpp: u32,
    /// 3A090.a by performance and density together: density.
    pub a2_pd: f64,
    /// 3A090.b, first leg: performance.
    pub b_tpp_min: u32,
    /// 3A090.b, first leg: density.
    pub b_pd_min: f64,
    /// 3A090.b, second leg: density.
    pub b2_pd_min: f64,
    /// Case by case below this performance.
    pub case_by_case_tpp_lt: u32,
    /// Case by case below this memory bandwidth, in GB/s.
    pub case_by_case_dram_gb_s_lt: u32,
    /// Letters of April 2025: memory bandwidth, in GB/s.
    #[serde(rename = "letter2025DramGbS")]
    pub letter2025_dram_gb_s: u32,
    /// Letters of April 2025: bandwidth between chips, in GB/s.
    #[serde(rename = "letter2025IoGbS")]
    pub letter2025_io_gb_s: u32,
    /// Letters of April 2025: the sum of both, in GB/s.
    #[serde(rename = "letter2025SumGbS")]
    pub letter2025_sum_gb_s: u32,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    as_of: Date,
    disclaimer: String,
    tpp_rule: String,
    classify: Vec<String>,
    thresholds: Lines,
    normalisation: Vec<String>,
    sources: Vec<Source>,
    label_keys: Vec<LabelKey>,
    history: Vec<RuleChange>,
    accelerators: Vec<Accelerator>,
}

/// A node label that says something about accelerators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LabelKey {
    /// The key, or several with a remark.
    pub key: String,
    /// Where it was read.
    pub source: String,
}

/// All accelerators, indexed by the tokens of their labels.
#[derive(Clone, Debug)]
pub struct Accelerators {
    document: Document,
    tokens: HashMap<String, Option<usize>>,
    longest: usize,
    /// By key, then by value in lower case, where they stand.
    pub(super) labels: BTreeMap<String, HashMap<String, Vec<usize>>>,
    pub(super) names: Names,
}

impl Accelerators {
    pub(super) fn load() -> Result<Self, LoadError> {
        let document: Document = load::one("accelerators.yaml")?;
        let mut tokens = HashMap::new();
        let mut longest = 0;
        for (at, accelerator) in document.accelerators.iter().enumerate() {
            for value in accelerator.labels.iter().filter(|label| is_name(label)).flat_map(|label| &label.values) {
                let run = core_tokens(value);
                longest = longest.max(run.len());
                only(&mut tokens, run.join("-"), at);
            }
        }
        // A memory size or form that no entry lists still names the model, when its first token names one model only.
        let mut models = HashMap::new();
        for (at, accelerator) in document.accelerators.iter().enumerate() {
            for value in accelerator.labels.iter().filter(|label| is_name(label)).flat_map(|label| &label.values) {
                let model = core_tokens(value).into_iter().next();
                if let Some(model) = model.filter(|model| model.contains(|letter: char| letter.is_ascii_digit())) {
                    only(&mut models, model, at);
                }
            }
        }
        for (model, at) in models {
            tokens.entry(model).or_insert(at);
        }
        let labels = chip_labels::index(&document.accelerators);
        let names = Names::of(&document.accelerators);
        Ok(Self { document, tokens, longest, labels, names })
    }

    /// All accelerators.
    #[must_use]
    pub fn all(&self) -> &[Accelerator] {
        &self.document.accelerators
    }

    /// One by id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Accelerator> {
        self.document.accelerators.iter().find(|accelerator| accelerator.id == id)
    }

    /// The lines that export rules draw.
    #[must_use]
    pub fn lines(&self) -> &Lines {
        &self.document.thresholds
    }

    /// How the rules changed.
    #[must_use]
    pub fn history(&self) -> &[RuleChange] {
        &self.document.history
    }

    /// Which accelerator a node label shows, by its key and value: device ids are compared whole, product names as
    /// [`Self::normalise`] does.
    #[must_use]
    pub fn by_label(&self, key: &str, value: &str) -> Option<&Accelerator> {
        let values = self.labels.get(key)?;
        match values.get(&value.to_ascii_lowercase()).map(Vec::as_slice) {
            Some([only]) => self.document.accelerators.get(*only),
            Some(_) => None,
            None => self.normalise(value).filter(|_| chip_labels::names_products(key)),
        }
    }

    /// Which accelerator a machine type of a cloud has; `None` where it has none that is known, or several.
    #[must_use]
    pub fn by_instance_type(&self, provider: &str, machine: &str) -> Option<&Accelerator> {
        let has = |types: &[String]| {
            types.iter().any(|known| match known.strip_suffix('*') {
                Some(head) => machine.starts_with(head),
                None => {
                    machine == known
                        || machine
                            .strip_prefix("ecs.")
                            .and_then(|m| m.strip_prefix(known.as_str()))
                            .is_some_and(|rest| rest.starts_with(['-', '.']))
                }
            })
        };
        let mut hits = self.all().iter().filter(|accelerator| {
            accelerator.instances.iter().any(|instances| instances.provider == provider && has(&instances.types))
        });
        hits.next().filter(|_| hits.next().is_none())
    }

    /// Which accelerator a product label names; `None` where it names none that is known, or more than one.
    ///
    /// Compared by whole tokens, longest run first, without regard to case: `-SHARED` and `-MIG-...` are dropped,
    /// `H800` never reads as `H80`, `GB200` never as `B200`.
    #[must_use]
    pub fn normalise(&self, label: &str) -> Option<&Accelerator> {
        let label: Vec<String> = core_tokens(label);
        // A laptop part carries the name of the card and is another chip.
        if label.iter().any(|token| ["LAPTOP", "MOBILE", "MAX"].contains(&token.as_str())) {
            return None;
        }
        for length in (1..=self.longest.min(label.len())).rev() {
            let mut found: Option<Option<usize>> = None;
            for run in label.windows(length) {
                if let Some(&hit) = self.tokens.get(&run.join("-")) {
                    found = match found {
                        Some(before) if before != hit => return None,
                        _ => Some(hit),
                    };
                }
            }
            if let Some(hit) = found {
                return hit.and_then(|at| self.document.accelerators.get(at));
            }
        }
        None
    }
}

/// Notes that a run of tokens names an accelerator; a run that two of them share names neither.
fn only(index: &mut HashMap<String, Option<usize>>, run: String, at: usize) {
    index.entry(run).and_modify(|known| *known = known.filter(|known| *known == at)).or_insert(Some(at));
}

/// Whether a label's values are product names.
fn is_name(label: &ProductLabel) -> bool {
    chip_labels::names_products(&label.key)
}

/// Longest name of a product that is looked at, in bytes: a Kubernetes label value has at most 63.
const MAX_LABEL_BYTES: usize = 63;

/// The tokens of a product name without maker, series and sharing suffixes.
fn core_tokens(label: &str) -> Vec<String> {
    let label = label.get(..MAX_LABEL_BYTES).unwrap_or(label).to_ascii_uppercase();
    let mut tokens: Vec<&str> = label.split(['-', '_', ' ']).filter(|token| !token.is_empty()).collect();
    if let Some(at) = tokens.iter().position(|token| *token == "MIG" || *token == "SHARED") {
        tokens.truncate(at);
    }
    tokens.retain(|token| !["NVIDIA", "TESLA", "GEFORCE", "AMD", "INSTINCT"].contains(token));
    tokens.into_iter().map(str::to_owned).collect()
}
