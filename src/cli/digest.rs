//! `modelport digest`: asks a registry what a tag stands for. Runs in a Job, which leaves the answer in its pod's status.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use super::fetch::{KUBELETS_LOG, ca_bundle, leave};
use crate::fetch::patience::Patience;
use crate::fetch::registry::{answer::Answer, error::RegistryError, login, question::Question, reference::Reference};

/// A Job that fails is made again later, so the registry is not waited for as long as a hub.
const PATIENCE: Patience = Patience {
    attempts: 4,
    first_wait: Duration::from_secs(1),
    max_wait: Duration::from_secs(10),
    max_asked_wait: Duration::from_secs(30),
    read_timeout: Duration::from_secs(20),
};

/// Ask a registry for the digest that a tag stands for now.
///
/// The answer, or a code and a sentence in JSON, is the pod's last word. The usual variables HTTPS_PROXY, HTTP_PROXY and
/// NO_PROXY are honoured. Exit codes: 0 there is a digest; 1 there is none.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct DigestArgs {
    /// oci://REGISTRY/REPOSITORY[:TAG]
    pub source: String,
    /// A pull secret's .dockerconfigjson; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub login: Vec<PathBuf>,
    /// Certificates of authorities to trust besides the system's, in PEM
    #[arg(long, value_name = "FILE")]
    pub ca_bundle: Option<PathBuf>,
    /// Where the answer goes, for the pod's status
    #[arg(long, default_value = KUBELETS_LOG, value_name = "FILE")]
    pub termination_log: PathBuf,
}

/// Asks, then says what came back: in the log, in the termination message, and by the exit code.
pub async fn run(args: DigestArgs) -> anyhow::Result<ExitCode> {
    let (answer, code) = match ask(&args).await {
        Ok(digest) => {
            tracing::info!(source = args.source, digest, "resolved");
            (Answer::Digest(digest), ExitCode::SUCCESS)
        }
        Err(error) => {
            tracing::error!(source = args.source, code = ?error.code(), "{error}");
            (Answer::from(&error), ExitCode::FAILURE)
        }
    };
    // Outside a pod nobody waits for it.
    let _ = leave(&args.termination_log, &answer.to_message());
    Ok(code)
}

async fn ask(args: &DigestArgs) -> Result<String, RegistryError> {
    let wrong = |why: &dyn std::fmt::Display| RegistryError::Setting(format!("{} {why}", args.source));
    let name = args.source.strip_prefix("oci://").ok_or_else(|| wrong(&"does not begin with oci://"))?;
    let image = Reference::parse(name).map_err(|why| wrong(&why))?;
    let question = Question {
        image,
        logins: login::read(&args.login)?,
        ca_bundle: args.ca_bundle.as_deref().map(ca_bundle).transpose()?,
        patience: PATIENCE,
        plain_http: false,
    };
    question.ask().await
}
