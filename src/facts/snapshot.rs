//! All objects of the platform and legal teams at one instant, read once and shared.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kube::{Resource, ResourceExt, core::DeserializeGuard};
use serde::{Serialize, de::DeserializeOwned};

use super::{Fact, Facts, Unread};
use crate::{
    catalog::Catalog,
    manifest::{
        InferenceRuntime, Licensee, ModelLicense, ModelPolicy, Waiver, inference_runtime::InferenceRuntimeSpec,
        licensee::LicenseeSpec, model_license::ModelLicenseSpec, model_policy::ModelPolicySpec, shape,
        waiver::WaiverSpec,
    },
};

/// All objects of the platform and legal teams at one instant.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Licensees, by name.
    pub licensees: Vec<Fact<LicenseeSpec>>,
    /// ModelPolicies, by name.
    pub policies: Vec<Fact<ModelPolicySpec>>,
    /// ModelLicenses, by name.
    pub licenses: Vec<Fact<ModelLicenseSpec>>,
    /// InferenceRuntimes, by name.
    pub runtimes: Vec<Fact<InferenceRuntimeSpec>>,
    /// Waivers, by name.
    pub waivers: Vec<Fact<WaiverSpec>>,
    /// What exists and cannot be read.
    pub unread: Vec<Unread>,
}

/// The kinds whose spec is a fact.
pub trait FactKind:
    Resource<DynamicType = ()> + Clone + DeserializeOwned + Send + Sync + std::fmt::Debug + 'static
{
    /// Its spec.
    type Spec: Serialize + Clone;
    /// Its spec.
    fn spec(&self) -> &Self::Spec;
}

macro_rules! fact_kinds {
    ($($kind:ident => $spec:ident),+) => {$(
        impl FactKind for $kind {
            type Spec = $spec;
            fn spec(&self) -> &$spec {
                &self.spec
            }
        }
    )+};
}
fact_kinds!(Licensee => LicenseeSpec, ModelPolicy => ModelPolicySpec, ModelLicense => ModelLicenseSpec, InferenceRuntime => InferenceRuntimeSpec, Waiver => WaiverSpec);

/// The facts among objects of one kind, and those that cannot be read, both by name.
#[must_use]
pub fn read<K: FactKind>(objects: &[Arc<DeserializeGuard<K>>]) -> (Vec<Fact<K::Spec>>, Vec<Unread>) {
    let mut facts = Vec::with_capacity(objects.len());
    let mut unread = Vec::new();
    for object in objects {
        match &object.0 {
            Ok(object) => {
                let meta = object.meta();
                let fact = Fact::new(&object.name_any(), meta.annotations.as_ref(), object.spec().clone());
                facts.push(Fact { created: meta.creation_timestamp.as_ref().map(|time| time.0), ..fact });
            }
            Err(invalid) => unread.push(Unread {
                kind: K::kind(&()).into_owned(),
                name: invalid.metadata.name.clone(),
                file: None,
                why: shape::plain(&invalid.error),
            }),
        }
    }
    facts.sort_by(|a, b| a.name.cmp(&b.name));
    unread.sort_by(|a, b| a.name.cmp(&b.name));
    (facts, unread)
}

impl Snapshot {
    /// The snapshot before any store has synced: nothing in it is known to be absent.
    #[must_use]
    pub fn unsynced() -> Self {
        let unread = ["Licensee", "ModelPolicy", "ModelLicense", "InferenceRuntime", "Waiver"].map(|kind| Unread {
            kind: kind.into(),
            name: None,
            file: None,
            why: "not read from the API server yet".into(),
        });
        Self { unread: unread.into(), ..Self::default() }
    }

    /// What a decision in one namespace needs.
    #[must_use]
    pub fn facts<'a>(
        &'a self,
        catalog: &'a Catalog,
        namespace_labels: &'a BTreeMap<String, String>,
        now: Timestamp,
    ) -> Facts<'a> {
        Facts {
            now,
            catalog,
            namespace_labels,
            licensees: self.licensees.iter().collect(),
            policies: self.policies.iter().collect(),
            licenses: self.licenses.iter().collect(),
            runtimes: self.runtimes.iter().collect(),
            metadata: None,
            waivers: self.waivers.iter().collect(),
            unread: self.unread.clone(),
        }
    }

    /// Whether a person confirmed this cause on any object.
    #[must_use]
    pub fn confirms(&self, cause: &str) -> bool {
        let said = |confirmed: &Option<String>| confirmed.as_deref() == Some(cause);
        self.licensees.iter().any(|f| said(&f.confirms_stop))
            || self.policies.iter().any(|f| said(&f.confirms_stop))
            || self.licenses.iter().any(|f| said(&f.confirms_stop))
            || self.runtimes.iter().any(|f| said(&f.confirms_stop))
    }
}
