//! What the pods are a function of, and when it changes. Pure.
//!
//! A place that is no longer allowed narrows the pods at once; a place that is newly allowed is taken with another
//! change, or while pods pend. A runtime is pinned by content at the first rollout.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{digest::Pinned, pod, runtime::Chosen};
use crate::{
    catalog::{accelerator::Accelerators, engine::Engine},
    decide::{Chips, Places},
    manifest::{model_deployment::ModelDeploymentSpec, serving::RuntimeUpdates},
};

/// Flags that go into the pods; pinned, so that an upgrade of ours restarts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Image of the fetcher.
    pub fetch_image: String,
    /// Registry in place of the images' own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_registry: Option<String>,
    /// Pull secrets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_pull_secrets: Vec<String>,
    /// Hugging Face hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub_endpoint: Option<String>,
    /// ModelScope hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modelscope_endpoint: Option<String>,
    /// Proxy of the fetcher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Hosts without proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<String>,
    /// ConfigMap with further authorities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_bundle_configmap: Option<String>,
}

/// All that the pods are a function of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inputs {
    /// The manifest that was allowed.
    pub spec: ModelDeploymentSpec,
    /// Name of the runtime.
    pub runtime: String,
    /// Its content.
    pub engine: Engine,
    /// The tokens by which node labels name the accelerator that is asked for; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accelerator_labels: Vec<(String, Vec<String>)>,
    /// The extended resource under which it is offered, where it is not the engine's usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accelerator_resource: Option<String>,
    /// Where the pods may stand.
    pub places: Places,
    /// What a tag stands for: resolved once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Pinned>,
    /// Flags.
    pub settings: Settings,
}

impl Inputs {
    /// The inputs of a manifest that is allowed, with the runtime chosen for it.
    #[must_use]
    pub fn new(
        spec: &ModelDeploymentSpec,
        chosen: Chosen,
        places: &Places,
        settings: &Settings,
        chips: &Accelerators,
    ) -> Self {
        Self {
            spec: spec.clone(),
            runtime: chosen.name,
            engine: chosen.engine,
            accelerator_labels: chosen.accelerator_labels,
            accelerator_resource: chosen.accelerator_resource,
            places: places.clone(),
            pinned: None,
            settings: settings.clone(),
        }
        .with_chip_labels(chips)
    }

    /// With the labels by which nodes show the accelerators that pods keep off; pods that ask for no accelerator use none,
    /// and keep off none.
    #[must_use]
    pub fn with_chip_labels(mut self, chips: &Accelerators) -> Self {
        if pod::accelerators(&self).is_none() {
            self.places.chips.clear();
        }
        for limit in &mut self.places.chips {
            // What is let has to show by the guarded label, which tells all that is known: the others would add nothing.
            limit.labels = match &limit.chips {
                Chips::Never(never) => chips.shown_by(never),
                Chips::Only(_) => BTreeMap::new(),
            };
        }
        self
    }

    /// The inputs to run with, given those that run now: what is pinned stays pinned.
    #[must_use]
    pub fn after(self, running: Option<&Self>, pods_pend: bool) -> Self {
        let Some(running) = running else { return self };
        let same_spec = self.rendered_spec() == running.rendered_spec();
        let auto = self.spec.rollout.runtime_updates == RuntimeUpdates::Auto;
        let keep_engine = same_spec && !auto;
        let keep_places = same_spec && !pods_pend && running.places.is_within(&self.places);
        Self {
            engine: if keep_engine { running.engine.clone() } else { self.engine },
            accelerator_labels: if same_spec { running.accelerator_labels.clone() } else { self.accelerator_labels },
            accelerator_resource: if same_spec {
                running.accelerator_resource.clone()
            } else {
                self.accelerator_resource
            },
            places: if keep_places { running.places.clone() } else { self.places },
            settings: if same_spec { running.settings.clone() } else { self.settings },
            ..self
        }
    }

    /// The part of the manifest that changes pods: not how many, not how updates are taken.
    fn rendered_spec(&self) -> ModelDeploymentSpec {
        let mut spec = self.spec.clone();
        spec.scaling = crate::manifest::serving::Scaling::default();
        spec.rollout = crate::manifest::serving::Rollout::default();
        spec.expose = crate::manifest::serving::Expose::default();
        spec.suspend = false;
        spec
    }
}
