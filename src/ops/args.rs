//! Flags of the operator. Each is also an environment variable, `MODELPORT_` and the name.

use clap::{Args, ValueEnum};

/// Flags of `modelport run`.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// Namespace that the operator runs in.
    #[arg(long, env = "POD_NAMESPACE", default_value = "modelport-system")]
    pub namespace: String,
    /// Name of this replica; the lease is held under it.
    #[arg(long, env = "POD_NAME", default_value = "modelport-local")]
    pub pod_name: String,
    /// Name of the Helm release; names the lease.
    #[arg(long, env = "MODELPORT_RELEASE", default_value = "modelport")]
    pub release: String,
    /// Service in front of the webhook; empty together with --webhook-url.
    #[arg(long, env = "MODELPORT_SERVICE", default_value = "modelport")]
    pub service: String,
    /// Address of the webhook where no Service reaches it (an operator outside the cluster).
    #[arg(long, env = "MODELPORT_WEBHOOK_URL")]
    pub webhook_url: Option<String>,
    /// ClusterRole that owns the webhook configuration and the policies, so that uninstalling removes them.
    #[arg(long, env = "MODELPORT_OWNER_CLUSTER_ROLE")]
    pub owner_cluster_role: Option<String>,
    /// Where the webhook's certificate comes from.
    #[arg(long, env = "MODELPORT_CERTIFICATES", value_enum, default_value_t = Certificates::SelfManaged)]
    pub certificates: Certificates,
    /// Secret of the certificate, in the operator's namespace.
    #[arg(long, env = "MODELPORT_CERTIFICATE_SECRET", default_value = "modelport-webhook")]
    pub certificate_secret: String,
    /// Port of the webhook.
    #[arg(long, env = "MODELPORT_WEBHOOK_PORT", default_value_t = 9443)]
    pub webhook_port: u16,
    /// Port of /healthz, /readyz and /metrics.
    #[arg(long, env = "MODELPORT_HEALTH_PORT", default_value_t = 8081)]
    pub health_port: u16,
    /// Where decisions are logged, one JSON line each: `-` for standard output, or a file.
    #[arg(long, env = "MODELPORT_DECISION_LOG", default_value = "-")]
    pub decision_log: String,
    /// Least level of the log: error, warn, info, debug, trace, or a filter as tracing reads it.
    #[arg(long, env = "MODELPORT_LOG_LEVEL", default_value = "info")]
    pub log_level: String,
    /// Deployments that are worked on at the same time.
    #[arg(long, env = "MODELPORT_CONCURRENCY", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Write the country, provider and region that nodes stand in to their guarded labels.
    #[arg(long, env = "MODELPORT_BIND_NODE_LABELS", default_value = "true", action = clap::ArgAction::Set)]
    pub bind_node_labels: bool,
    /// Report a pod of ours that a scheduler gives a node where it may not stand, in namespaces with the label
    /// modelport.dev/report-bindings=true. It refuses nothing.
    #[arg(long, env = "MODELPORT_REPORT_BINDINGS", default_value = "false", action = clap::ArgAction::Set)]
    pub report_bindings: bool,
    /// Accounts of the built-in controllers that may create and change what carries our label.
    #[arg(long, env = "MODELPORT_CONTROLLER_ACCOUNTS", value_delimiter = ',', default_values_t = default_controllers())]
    pub controller_accounts: Vec<String>,
    /// Accounts that may scale what carries our label.
    #[arg(long, env = "MODELPORT_AUTOSCALER_ACCOUNTS", value_delimiter = ',', default_values_t = default_autoscalers())]
    pub autoscaler_accounts: Vec<String>,
    /// Account of the operator, as the API server sees it; taken from the token where absent.
    #[arg(long, env = "MODELPORT_ACCOUNT")]
    pub account: Option<String>,
    /// Causes of refusal that a person confirmed to stop many deployments at once, for those that hang on the catalogue.
    #[arg(long, env = "MODELPORT_CONFIRMED_STOPS", value_delimiter = ',')]
    pub confirmed_stops: Vec<String>,
    /// What goes into the pods.
    #[command(flatten)]
    pub settings: SettingsArgs,
}

/// Flags that go into the pods; pinned with each rollout, so that changing one restarts nothing.
#[derive(Args, Clone, Debug)]
pub struct SettingsArgs {
    /// Image of the fetcher: this program's own.
    #[arg(long, env = "MODELPORT_FETCH_IMAGE", default_value = "modelport:dev")]
    pub fetch_image: String,
    /// Registry that engine images are taken from instead of their own.
    #[arg(long, env = "MODELPORT_IMAGE_REGISTRY")]
    pub image_registry: Option<String>,
    /// Pull secrets of the tenants' namespaces.
    #[arg(long, env = "MODELPORT_IMAGE_PULL_SECRETS", value_delimiter = ',')]
    pub image_pull_secrets: Vec<String>,
    /// Hugging Face hub, or a mirror of it.
    #[arg(long, env = "MODELPORT_HUB_ENDPOINT")]
    pub hub_endpoint: Option<String>,
    /// ModelScope hub, or a mirror of it.
    #[arg(long, env = "MODELPORT_MODELSCOPE_ENDPOINT")]
    pub modelscope_endpoint: Option<String>,
    /// Proxy of the fetchers.
    #[arg(long, env = "MODELPORT_PROXY")]
    pub proxy: Option<String>,
    /// Hosts that the fetchers reach without the proxy.
    #[arg(long, env = "MODELPORT_NO_PROXY")]
    pub no_proxy: Option<String>,
    /// ConfigMap `ca.crt` of the tenants' namespaces that fetchers trust besides the usual roots.
    #[arg(long, env = "MODELPORT_CA_BUNDLE_CONFIGMAP")]
    pub ca_bundle_configmap: Option<String>,
    /// Engine of a model whose format does not choose one.
    #[arg(long, env = "MODELPORT_DEFAULT_RUNTIME", default_value = "vllm")]
    pub default_runtime: String,
}

/// Where the webhook's certificate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Certificates {
    /// The operator makes and renews it.
    #[value(name = "self")]
    SelfManaged,
    /// Somebody else writes the Secret (cert-manager).
    Secret,
}

fn default_controllers() -> Vec<String> {
    let controllers = [
        "deployment-controller",
        "replicaset-controller",
        "generic-garbage-collector",
        "namespace-controller",
        "endpointslice-controller",
        "endpoint-controller",
        "disruption-controller",
    ];
    let accounts = controllers.iter().map(|c| format!("system:serviceaccount:kube-system:{c}"));
    accounts.chain(["system:kube-controller-manager".to_owned()]).collect()
}

fn default_autoscalers() -> Vec<String> {
    vec![
        "system:serviceaccount:kube-system:horizontal-pod-autoscaler".into(),
        "system:serviceaccount:keda:keda-operator".into(),
    ]
}
