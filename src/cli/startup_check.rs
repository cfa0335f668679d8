//! `modelport startup-check`: fails an install whose admission does not answer, or whose node labels are not guarded.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use k8s_openapi::api::core::v1::Node;
use kube::{Api, Client, Config, api::PostParams};
use serde_json::json;

use crate::manifest::{ModelDeployment, names::WEBHOOK};

/// What to check.
#[derive(Debug, clap::Args)]
pub struct StartupCheckArgs {
    /// Give up after this many seconds (or 90s, 2m).
    #[arg(long, default_value = "120s")]
    pub timeout: String,
    /// Namespace of the dry-run.
    #[arg(long, default_value = "default")]
    pub check_namespace: String,
    /// Also check that the API server guards the country label of nodes.
    #[arg(long, default_value = "true", action = clap::ArgAction::Set)]
    pub node_restriction: bool,
    /// Name of the Helm release, for messages.
    #[arg(long, env = "MODELPORT_RELEASE", default_value = "modelport")]
    pub release: String,
}

/// Name of the node that never is.
const PROBE: &str = "modelport-startup-check";
/// Time between tries.
const RETRY: Duration = Duration::from_secs(1);

/// Checks.
pub async fn run(args: StartupCheckArgs) -> anyhow::Result<ExitCode> {
    let seconds = crate::manifest::model_policy::seconds(&args.timeout)
        .or_else(|| args.timeout.parse().ok())
        .and_then(|s| u64::try_from(s).ok())
        .with_context(|| format!("--timeout {}: write 120s or 2m", args.timeout))?;
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let client = Client::try_default().await.context("no cluster")?;
    let mut said = String::new();
    loop {
        match answers(&client, &args.check_namespace).await {
            Ok(()) => break,
            Err(why) if Instant::now() > deadline => {
                anyhow::bail!(
                    "admission does not answer after {seconds} s: {why}. Look at: kubectl logs -l app.kubernetes.io/instance={} -A",
                    args.release
                )
            }
            Err(why) => {
                if why != said {
                    println!("waiting for admission: {why}");
                    said = why;
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
    println!("admission answers");
    if args.node_restriction {
        guarded().await?;
        println!("node labels are guarded");
    }
    Ok(ExitCode::SUCCESS)
}

/// A manifest that is refused by every policy: only our own webhook can say so.
async fn answers(client: &Client, namespace: &str) -> Result<(), String> {
    let probe: ModelDeployment = serde_json::from_value(json!({
        "apiVersion": "modelport.dev/v1alpha1",
        "kind": "ModelDeployment",
        "metadata": {"name": "modelport-startup-check"},
        "spec": {"model": {"source": "hf://modelport/startup-check"}, "placement": {"allow": {"countries": ["CN"]}, "deny": {"countries": ["CN"]}}}
    }))
    .map_err(|e| e.to_string())?;
    let params = PostParams { dry_run: true, ..PostParams::default() };
    let created = Api::<ModelDeployment>::namespaced(client.clone(), namespace).create(&params, &probe).await;
    match created {
        Err(kube::Error::Api(status)) if status.message.contains(WEBHOOK) && status.message.contains("denied") => {
            Ok(())
        }
        Err(error) => Err(error.to_string()),
        Ok(_) => Err("the webhook is not registered yet".into()),
    }
}

/// A node that writes a label which is an administrator's own to write: NodeRestriction must refuse it.
///
/// The probe is another domain than ours, so that our own policy on nodes cannot be the one that refuses.
async fn guarded() -> anyhow::Result<()> {
    let mut config = Config::infer().await?;
    config.auth_info.impersonate = Some(format!("system:node:{PROBE}"));
    config.auth_info.impersonate_groups = Some(vec!["system:nodes".into()]);
    let as_node: Api<Node> = Api::all(Client::try_from(config)?);
    let params = PostParams { dry_run: true, ..PostParams::default() };
    let mut node = Node::default();
    node.metadata.name = Some(PROBE.into());
    node.metadata.labels =
        Some([("startup-check.node-restriction.kubernetes.io/probe".to_owned(), "x".to_owned())].into());
    match as_node.create(&params, &node).await {
        Err(kube::Error::Api(status)) if status.is_forbidden() && status.message.contains("is not allowed to set") => {
            Ok(())
        }
        Err(error) => Err(error).context("whether node labels are guarded could not be checked"),
        Ok(_) => anyhow::bail!(
            "a node may write its own country: turn on the NodeRestriction admission plugin and the Node authorizer, or set startupCheck.nodeRestriction=false to accept it"
        ),
    }
}
