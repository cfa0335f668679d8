//! The labels by which nodes show their accelerator: from a node to one, and from some of them to their labels.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::accelerator::{Accelerator, Accelerators, ProductLabel};

/// The machine type, in the words of the cloud.
const INSTANCE_TYPE: &str = "node.kubernetes.io/instance-type";
/// The product as NVIDIA's feature discovery writes it, with suffixes for how it is shared and cut up.
const NVIDIA_PRODUCT: &str = "nvidia.com/gpu.product";
/// The suffix of a product that several pods share.
const SHARED: &str = "-SHARED";

/// The domains of labels that clouds and autoscalers know of a pool by themselves.
const OF_POOLS: [&str; 2] = ["cloud.google.com/", "karpenter.k8s.aws/"];

/// What a node shows of its accelerator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeChip<'a> {
    /// Its id; absent where nothing shows it, or what shows it disagrees.
    pub id: Option<&'a str>,
    /// What disagrees, in a sentence.
    pub contradiction: Option<String>,
}

impl Accelerators {
    /// Which accelerator a node of a provider has, by its labels and its machine type.
    #[must_use]
    pub fn of_node(&self, provider: Option<&str>, labels: &BTreeMap<String, String>) -> NodeChip<'_> {
        let own = self.labels.keys().filter_map(|key| Some((key.as_str(), self.by_label(key, labels.get(key)?)?)));
        let machine = provider.zip(labels.get(INSTANCE_TYPE));
        let machine = machine.and_then(|(provider, machine)| self.by_instance_type(provider, machine));
        let mut shown = own.chain(machine.map(|chip| (INSTANCE_TYPE, chip)));
        let Some((key, chip)) = shown.next() else { return NodeChip::default() };
        match shown.find(|(_, other)| other.id != chip.id) {
            None => NodeChip { id: Some(&chip.id), contradiction: None },
            Some((other_key, other)) => NodeChip {
                id: None,
                contradiction: Some(format!(
                    "the label {key} shows {}, the label {other_key} shows {}",
                    chip.id, other.id
                )),
            },
        }
    }

    /// The labels, with their values, that show one of these accelerators and no other; with the suffix of shared ones.
    #[must_use]
    pub fn shown_by(&self, ids: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
        let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for label in self.all().iter().filter(|chip| ids.contains(&chip.id)).flat_map(|chip| &chip.labels) {
            let Some(known) = self.labels.get(&label.key) else { continue };
            for value in &label.values {
                let chips = known.get(&value.to_ascii_lowercase()).into_iter().flatten();
                let mut chips = chips.filter_map(|at| self.all().get(*at));
                if chips.all(|chip| ids.contains(&chip.id)) {
                    shown.entry(label.key.clone()).or_default().extend(shared(&label.key, value));
                }
            }
        }
        shown
    }

    /// The labels of [`Self::shown_by`] that a pool at rest has in its description, before any node of it was looked at.
    #[must_use]
    pub fn shown_at_rest(&self, ids: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
        let mut shown = self.shown_by(ids);
        shown.retain(|key, _| OF_POOLS.iter().any(|domain| key.starts_with(domain)));
        shown
    }
}

impl Accelerator {
    /// Extended resources that are one whole chip, and no pattern for parts of it.
    pub fn plain_resources(&self) -> impl Iterator<Item = &String> {
        self.resources.iter().filter(|resource| !resource.contains('<'))
    }

    /// The labels that nodes carry for it. Attributes of devices are in the table too, and are none.
    pub fn node_labels(&self) -> impl Iterator<Item = &ProductLabel> {
        self.labels.iter().filter(|label| !label.key.contains([' ', '(']))
    }
}

/// Where the labels of accelerators stand: by key, then by value in lower case.
pub(super) fn index(all: &[Accelerator]) -> BTreeMap<String, HashMap<String, Vec<usize>>> {
    let mut index: BTreeMap<String, HashMap<String, Vec<usize>>> = BTreeMap::new();
    for (at, accelerator) in all.iter().enumerate() {
        for label in accelerator.node_labels().filter(|label| !label.key.ends_with("_mem")) {
            let values = index.entry(label.key.clone()).or_default();
            for value in &label.values {
                values.entry(value.to_ascii_lowercase()).or_default().push(at);
            }
        }
    }
    index
}

/// A label's value, and how it is written where several pods share the accelerator.
pub(super) fn shared(key: &str, value: &str) -> impl Iterator<Item = String> {
    let shared = (key == NVIDIA_PRODUCT).then(|| format!("{value}{SHARED}"));
    std::iter::once(value.to_owned()).chain(shared)
}

/// Whether a label's values are product names, and not device ids or sizes.
pub(super) fn names_products(key: &str) -> bool {
    !["device", "_mem", "accelerator-type", "xpu_type"].iter().any(|part| key.contains(part)) && key != "accelerator"
}
