//! `ModelDeployment`: which model, for what use, where it may run, how much of it.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{
    placement::Placement,
    serving::{Accelerators, Expose, Rollout, Runtime, Scaling},
    status::ModelDeploymentStatus,
    usage::Usage,
};

/// A model, served where its licence and the rules of the place let it.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "modelport.dev",
    version = "v1alpha1",
    kind = "ModelDeployment",
    plural = "modeldeployments",
    namespaced,
    shortname = "mpd",
    category = "modelport",
    status = "ModelDeploymentStatus",
    derive = "PartialEq",
    scale(
        spec_replicas_path = ".spec.scaling.replicas",
        status_replicas_path = ".status.replicas",
        label_selector_path = ".status.selector"
    ),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Model", type_ = "string", json_path = ".status.model.display"),
    printcolumn(name = "License", type_ = "string", json_path = ".status.license"),
    printcolumn(name = "Countries", type_ = "string", json_path = ".status.countries"),
    printcolumn(name = "Replicas", type_ = "string", json_path = ".status.replicasText"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Endpoint", type_ = "string", json_path = ".status.endpoint", priority = 1),
    printcolumn(name = "Decision", type_ = "string", json_path = ".status.decision", priority = 1),
    validation = Rule::new("self.metadata.name.size() <= 52")
        .message("metadata.name: at most 52 characters, so that the names of its children fit in 63"),
    validation = Rule::new("self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')")
        .message("metadata.name: write lower-case letters, digits and -, beginning with a letter and ending with a letter or a digit, such as support-bot: its Service takes the name")
)]
#[serde(rename_all = "camelCase")]
pub struct ModelDeploymentSpec {
    /// Which model.
    pub model: Model,
    /// For what use, as the author declares it.
    #[serde(default)]
    pub usage: Usage,
    /// Where the pods may stand.
    #[serde(default)]
    pub placement: Placement,
    /// Which engine serves it.
    #[serde(default)]
    pub runtime: Runtime,
    /// Accelerators of one replica; absent: what the runtime needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accelerators: Option<Accelerators>,
    /// How many replicas.
    #[serde(default)]
    pub scaling: Scaling,
    /// When changes of the runtime are taken.
    #[serde(default)]
    pub rollout: Rollout,
    /// How the model is reached.
    #[serde(default)]
    pub expose: Expose,
    /// Stops the pods and keeps the object.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspend: bool,
}

impl ModelDeploymentSpec {
    /// The short manifest: this model, and nothing else written.
    #[must_use]
    pub fn of(model: Model) -> Self {
        Self {
            model,
            usage: Usage::default(),
            placement: Placement::default(),
            runtime: Runtime::default(),
            accelerators: None,
            scaling: Scaling::default(),
            rollout: Rollout::default(),
            expose: Expose::default(),
            suspend: false,
        }
    }
}

/// Which model, and where its bytes come from.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// Where the bytes come from: `hf://org/repo[@revision]`, `modelscope://org/repo[@revision]`,
    /// `oci://registry/repository[:tag][@digest]`, `pvc://claim/path`, `s3://`, `gs://`, `oss://`, `az://`, `https://`.
    #[schemars(length(min = 6, max = 512))]
    #[x_kube(validation = Rule::new("self.matches('^(hf|modelscope|oci|s3|gs|oss|az|https|pvc)://') || self.matches('^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*(@.*)?$')")
        .message("model.source: starts with hf://, modelscope://, oci://, pvc://, s3://, gs://, oss://, az:// or https://")
        .reason(Reason::FieldValueInvalid))]
    #[x_kube(validation = Rule::new("!self.matches('^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*(@.*)?$')")
        .message("model.source: a repository of Hugging Face is written hf://org/name, one of ModelScope modelscope://org/name")
        .reason(Reason::FieldValueInvalid))]
    #[x_kube(validation = Rule::new("!self.contains(' ')").message("model.source: no space is part of an address").reason(Reason::FieldValueInvalid))]
    #[x_kube(validation = Rule::new("!self.endsWith('://')").message("model.source: after :// comes the address, as in hf://org/name").reason(Reason::FieldValueInvalid))]
    #[x_kube(validation = Rule::new("!self.contains('..')").message("model.source: '..' is not part of an address").reason(Reason::FieldValueInvalid))]
    pub source: String,
    /// The repository whose model it is, such as `Qwen/Qwen3-8B`: taken from `hf://` and `modelscope://`, said by the author for the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 192))]
    pub name: Option<String>,
    /// Commit or tag; a commit is pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub revision: Option<String>,
    /// Digest of the artefact, `sha256:...`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^sha256:[0-9a-f]{64}$"))]
    pub digest: Option<String>,
    /// One file of the repository, for repositories that hold several variants, such as `model-Q4_K_M.gguf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub file: Option<String>,
    /// Licence, only for what the catalogue does not know; shown as the author's claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub license: Option<String>,
    /// Models that this one was made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 16), inner(length(min = 3, max = 192)))]
    pub base_models: Vec<String>,
    /// Adapters loaded beside the model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 16), inner(length(min = 6, max = 512)))]
    pub adapters: Vec<String>,
    /// Secret of this namespace with a credential for the host that each of its keys names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    #[x_kube(validation = Rule::new("self.matches('^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$')")
        .message("secretName: write a Secret's name: lower-case letters, digits, - and ., beginning and ending with a letter or a digit").reason(Reason::FieldValueInvalid))]
    pub secret_name: Option<String>,
    /// Name under which the model answers; absent: the repository's last part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128), regex(pattern = "^[A-Za-z0-9][A-Za-z0-9._/-]*$"))]
    pub served_name: Option<String>,
}
