//! Engines: how an inference server is started, asked for its health, and stopped.
//!
//! The same type is an entry of the catalogue and the spec of an InferenceRuntime object.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::YesNo;

/// An inference engine as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Engine {
    /// The image, with a digest where it is pinned.
    pub image: String,
    /// The command; the image's own entry point when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The arguments, in order. A text may hold `{modelPath}`, `{servedName}`, `{port}` and `{parallelism}`.
    pub args: Vec<Argument>,
    /// What a ModelDeployment may set. Never one that selects a model, a revision, an adapter, remote code, a path or
    /// an address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_arguments: Vec<AllowedArgument>,
    /// The file formats it serves.
    pub formats: Vec<Format>,
    /// The architectures it serves, as `config.json` and GGUF headers name them; any when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub architectures: Vec<String>,
    /// Its ports.
    pub ports: Ports,
    /// How its health is asked.
    pub probes: Probes,
    /// Where it shows metrics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics_path: Option<String>,
    /// Environment, without secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<EnvVar>,
    /// Whether it needs an accelerator.
    pub accelerator: AcceleratorUse,
    /// How it is stopped.
    pub drain: Drain,
    /// What a pod asks for where the deployment says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<DefaultResources>,
    /// How far it runs under Pod Security.
    pub security: Security,
    /// Whether it serves the OpenAI API under `/v1`.
    pub openai_api: YesNo,
    /// For the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Where arguments and probes were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

/// A catalogue entry: an engine under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamedEngine {
    /// Such as `llama-cpp`.
    pub id: String,
    /// As people say it.
    pub title: String,
    /// What it is.
    pub spec: Engine,
}

/// One argument of the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Argument {
    /// The flag, such as `--port`; absent for a bare value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// Its value; absent for a switch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// When it is given.
    #[serde(default)]
    pub when: ArgumentWhen,
    /// The allowed argument whose setting replaces this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden_by: Option<String>,
}

/// When an argument is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ArgumentWhen {
    /// Always.
    #[default]
    Always,
    /// With more than one accelerator a pod.
    SeveralAccelerators,
}

/// An argument that a ModelDeployment may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AllowedArgument {
    /// The name in `spec.runtime.arguments`: the flag without its dashes.
    pub name: String,
    /// The flag.
    pub flag: String,
    /// What it takes.
    #[serde(rename = "type")]
    pub kind: ArgumentType,
    /// Smallest value, for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value, for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The values, for a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// What it does.
    pub doc: String,
}

/// What an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ArgumentType {
    /// Nothing: given when it is `Yes`.
    Flag,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// One of the values.
    Choice,
}

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One or several GGUF files.
    Gguf,
    /// A folder with `config.json` and safetensors files.
    Safetensors,
}

/// Ports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ports {
    /// The API.
    pub http: u16,
    /// Metrics, where they have a port of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<u16>,
}

/// Probes, all by HTTP GET on the API's port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Probes {
    /// Until it is loaded.
    pub startup: Probe,
    /// Whether it takes requests.
    pub readiness: Probe,
    /// Whether it lives.
    pub liveness: Probe,
}

/// One probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Probe {
    /// The path.
    pub path: String,
    /// Every so many seconds.
    pub period_seconds: u32,
    /// An answer within so many seconds.
    pub timeout_seconds: u32,
    /// After so many failures.
    pub failure_threshold: u32,
}

/// A variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnvVar {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Accelerators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceleratorUse {
    /// Whether one is needed.
    pub need: AcceleratorNeed,
    /// Extended resources it can use, the usual one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The flag for tensor parallelism.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tensor_parallel_flag: Option<String>,
    /// The flag for pipeline parallelism.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline_parallel_flag: Option<String>,
}

/// Whether an accelerator is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AcceleratorNeed {
    /// It does not start without one.
    Required,
    /// It uses one where there is one.
    Optional,
    /// It uses none.
    None,
}

/// How it is stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Drain {
    /// Sleep before the stop signal, so that endpoints are withdrawn first.
    pub pre_stop_sleep_seconds: u32,
    /// All of it, the sleep included.
    pub termination_grace_seconds: u32,
}

/// What a pod asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DefaultResources {
    /// CPU, as a Kubernetes quantity.
    pub cpu: String,
    /// Memory, as a Kubernetes quantity.
    pub memory: String,
    /// Memory limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<String>,
}

/// Pod Security.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Security {
    /// Whether it passes the profile `restricted`.
    pub restricted: YesNo,
    /// Whether it runs on a read-only root.
    pub read_only_root: YesNo,
    /// The user it runs as, where the image does not say a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_as_user: Option<i64>,
    /// Folders it writes to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writable: Vec<WritableDir>,
}

/// A folder that the engine writes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WritableDir {
    /// The volume's name.
    pub name: String,
    /// Where it is mounted.
    pub path: String,
    /// `Memory` for shared memory.
    #[serde(default)]
    pub medium: Medium,
    /// Its limit, as a Kubernetes quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_limit: Option<String>,
}

/// What an emptyDir is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Medium {
    /// The node's disk.
    #[default]
    Disk,
    /// Memory.
    Memory,
}
