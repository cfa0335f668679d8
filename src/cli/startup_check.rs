//! `modelport startup-check`: fails an install whose admission does not answer, or whose node labels are not guarded.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use k8s_openapi::api::core::v1::Node;
use kube::{
    Api, Client, Config, Resource,
    api::{ApiResource, DynamicObject, PostParams},
};
use serde_json::json;

use crate::{
    controller::definitions,
    manifest::{ModelDeployment, names::WEBHOOK},
    ops::call::{CallError, call},
};

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
/// One request to the API server: longer than it waits for the webhook.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
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
        match look(&client, &args).await {
            Ok(()) => break,
            Err(why) if Instant::now() > deadline => {
                anyhow::bail!("admission does not answer after {seconds} s. {why}")
            }
            Err(why) => {
                if why != said {
                    println!("waiting for admission. {why}");
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
        // Without an answer nothing is said: what the version is decides nothing here.
        let version = call(REQUEST_TIMEOUT, client.apiserver_version()).await.ok();
        if let Some(hole) = version.as_ref().and_then(|version| past_the_guard(&version.git_version)) {
            println!("{hole}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The kinds, then the webhook; what is wrong in a sentence, with what to do.
async fn look(client: &Client, args: &StartupCheckArgs) -> Result<(), String> {
    // A cluster that cannot say (a right that is lacking, no answer) is told about by the dry-run below.
    if let Ok(Some(fault)) = definitions::look(client).await {
        return Err(fault);
    }
    answers(client, &args.check_namespace).await.map_err(|why| why.sentence(&args.release))
}

/// Why the webhook of ours did not answer.
#[derive(Debug)]
enum Unanswered {
    /// The API server asked it and got nothing; its words.
    Unreachable(String),
    /// Nobody asked it.
    NotRegistered,
    /// The dry-run failed in another way.
    Other(CallError),
}

impl Unanswered {
    fn of(error: CallError) -> Self {
        match error.status() {
            Some(status) if status.message.contains("failed calling webhook") => {
                Self::Unreachable(status.message.clone())
            }
            _ => Self::Other(error),
        }
    }

    fn sentence(&self, release: &str) -> String {
        match self {
            Self::Unreachable(words) => {
                // "Internal error occurred: failed calling webhook ...: failed to call webhook: Post ...: dial tcp ...".
                let cause = words.rsplit("failed to call webhook: ").next().unwrap_or(words);
                format!(
                    "The API server cannot reach the operator's webhook: {cause}. Are its pods ready? kubectl get pods -A -l app.kubernetes.io/instance={release}. If they are, a firewall, a network policy or the cluster's network keeps the API server from their port: docs/install.md, \"Your cloud\""
                )
            }
            Self::NotRegistered => format!(
                "The operator has not registered its webhook yet. What it waits for is in its log: kubectl logs -A -l app.kubernetes.io/instance={release}"
            ),
            Self::Other(error) => format!(
                "The dry-run of a ModelDeployment failed: {error}. The operator's log: kubectl logs -A -l app.kubernetes.io/instance={release}"
            ),
        }
    }
}

/// A manifest that is refused by every policy: only our own webhook can say so.
async fn answers(client: &Client, namespace: &str) -> Result<(), Unanswered> {
    let probe: DynamicObject = serde_json::from_value(json!({
        "apiVersion": ModelDeployment::api_version(&()),
        "kind": ModelDeployment::kind(&()),
        "metadata": {"name": "modelport-startup-check"},
        "spec": {"model": {"source": "hf://modelport/startup-check"}, "placement": {"allow": {"countries": ["CN"]}, "deny": {"countries": ["CN"]}}}
    }))
    .map_err(|error| Unanswered::Other(CallError::Failed(Box::new(kube::Error::SerdeError(error)))))?;
    let params = PostParams { dry_run: true, ..PostParams::default() };
    let api: Api<DynamicObject> =
        Api::namespaced_with(client.clone(), namespace, &ApiResource::erase::<ModelDeployment>(&()));
    match call(REQUEST_TIMEOUT, api.create(&params, &probe)).await {
        Err(error) if error.status().is_some_and(|s| s.message.contains(WEBHOOK) && s.message.contains("denied")) => {
            Ok(())
        }
        Err(error) => Err(Unanswered::of(error)),
        Ok(_) => Err(Unanswered::NotRegistered),
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
    match call(REQUEST_TIMEOUT, as_node.create(&params, &node)).await {
        Err(error)
            if error.is_forbidden() && error.status().is_some_and(|s| s.message.contains("is not allowed to set")) =>
        {
            Ok(())
        }
        Err(error) => Err(error).context("whether node labels are guarded could not be checked"),
        Ok(_) => anyhow::bail!(
            "a node may write its own country: turn on the NodeRestriction admission plugin and the Node authorizer, or set startupCheck.nodeRestriction=false to accept it"
        ),
    }
}

/// The first patch of each minor in which a node can no longer have itself deleted and come back with other guarded
/// labels (CVE-2025-5187: kubernetes issue 133471).
const GUARD_MENDED: [(u32, u32); 3] = [(31, 12), (32, 8), (33, 4)];

/// What is said of an API server whose guard a node can get past; nothing of one that is mended, or of no known form.
fn past_the_guard(version: &str) -> Option<String> {
    let mut parts = version.strip_prefix("v1.")?.split('.');
    let number = |part: &str| part.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u32>().ok();
    let (minor, patch) = (number(parts.next()?)?, number(parts.next()?)?);
    let mended = match GUARD_MENDED.iter().find(|(of, _)| *of == minor) {
        Some((_, first)) => patch >= *first,
        None => GUARD_MENDED.iter().all(|(of, _)| *of < minor),
    };
    (!mended).then(|| {
        let first = GUARD_MENDED.map(|(minor, patch)| format!("1.{minor}.{patch}")).join(", ");
        format!(
            "warning: Kubernetes {version} lets a node that is broken into have itself deleted and come back with another country (CVE-2025-5187), unless its vendor has mended it; upgrade to {first} or later"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_in_which_a_node_gets_past_the_guard_is_named() {
        for version in ["v1.33.0", "v1.33.3", "v1.33.3-eks-1234", "v1.32.7+k3s1", "v1.31.11", "v1.30.14"] {
            let told = past_the_guard(version).expect(version);
            assert!(told.contains(version) && told.contains("CVE-2025-5187") && told.contains("1.33.4"), "{told}");
        }
        for version in
            ["v1.33.4", "v1.33.10-gke.100", "v1.32.8", "v1.31.12", "v1.34.0", "v1.37.2", "", "1.33", "v2.0.0"]
        {
            assert_eq!(past_the_guard(version), None, "{version}");
        }
    }

    #[test]
    fn an_unreachable_webhook_is_told_in_a_sentence_with_what_to_do() {
        let message = "Internal error occurred: failed calling webhook \"modeldeployments.modelport.dev\": failed to call webhook: Post \"https://modelport.modelport-system.svc:443/validate?timeout=3s\": dial tcp 10.96.0.7:443: connect: connection refused";
        let status = kube::core::Status::failure(message, "InternalError").with_code(500);
        let why = Unanswered::of(CallError::Failed(Box::new(kube::Error::Api(Box::new(status)))));
        let told = why.sentence("modelport");
        assert!(told.starts_with("The API server cannot reach the operator's webhook: Post"), "{told}");
        assert!(told.contains("connection refused. Are its pods ready? kubectl get pods -A -l "), "{told}");
        assert!(!told.contains("Status {") && !told.contains("ApiError"), "{told}");
    }

    #[test]
    fn another_failure_is_told_in_the_words_of_the_api_server() {
        let status = kube::core::Status::failure("namespaces \"x\" not found", "NotFound").with_code(404);
        let why = Unanswered::of(CallError::Failed(Box::new(kube::Error::Api(Box::new(status)))));
        assert!(why.sentence("m").starts_with("The dry-run of a ModelDeployment failed: namespaces \"x\" not found."));
        assert!(Unanswered::NotRegistered.sentence("m").ends_with("app.kubernetes.io/instance=m"));
    }
}
