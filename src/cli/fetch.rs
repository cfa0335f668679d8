//! `modelport fetch`: brings a model's files into a folder, verified. Runs as an init container.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reqwest::Url;
use tokio::signal::unix::{SignalKind, signal};

use crate::fetch::credential::Credentials;
use crate::fetch::error::FetchError;
use crate::fetch::patience::Patience;
use crate::fetch::record::{Fetched, Outcome};
use crate::fetch::select::{Format, Wanted};
use crate::fetch::source::Source;
use crate::fetch::{Settings, fetch};

/// Where a kubelet looks for a container's last word, unless the pod says otherwise.
pub(super) const KUBELETS_LOG: &str = "/dev/termination-log";
/// Largest CA bundle that is read, in bytes.
const MAX_CA_BUNDLE_BYTES: u64 = 4 * 1024 * 1024;

/// Fetch a model's files at one commit into a folder, and verify each of them.
///
/// A folder that already holds them is verified and left alone. Files get their name only when size and digest are
/// right; DIR/.modelport/fetched.json then records them. The usual variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY
/// are honoured.
///
/// Exit codes:
///   0    all files are there and verified
///   1    a setting is wrong (BadSetting)
///   2    the command line is wrong
///   3    a token or an acceptance of terms is missing (HubUnauthorized, HubForbidden)
///   4    nothing to fetch there (ModelNotFound, NothingToServe, UnsafeFormat, SeveralFiles)
///   5    the hub is busy or away: try again (HubBusy, HubUnavailable)
///   6    what the hub sent is refused (SizeMismatch, DigestMismatch, PathUnsafe, BadAnswer, RedirectUnsafe)
///   7    no room (TooLarge, NoSpace, CannotWrite)
///   143  stopped by SIGTERM (Stopped)
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct FetchArgs {
    /// hf://ORG/REPO[@REVISION] or modelscope://ORG/REPO[@REVISION]
    #[arg(long, env = "MODELPORT_SOURCE", value_name = "SOURCE")]
    pub source: String,
    /// Branch, tag or commit; overrides the source's own
    #[arg(long, env = "MODELPORT_REVISION", value_name = "REVISION")]
    pub revision: Option<String>,
    /// The folder to fill
    #[arg(long, env = "MODELPORT_TO", value_name = "DIR")]
    pub to: PathBuf,
    /// The hub, or a mirror of it [default: https://huggingface.co or https://modelscope.cn, by the source]
    #[arg(long, env = "MODELPORT_HUB_ENDPOINT", value_name = "URL")]
    pub endpoint: Option<String>,
    /// A mounted Secret with tokens: each key is the host (or host_port) that its token is for, and for no other
    #[arg(long, env = "MODELPORT_CREDENTIALS", value_name = "DIR")]
    pub credentials: Option<PathBuf>,
    /// Which weights to look for
    #[arg(long, env = "MODELPORT_FORMAT", value_enum, default_value = "auto")]
    pub format: Format,
    /// Which GGUF file: its name, its path, or a pattern with * and ?
    #[arg(long, env = "MODELPORT_FILE", value_name = "PATTERN")]
    pub file: Option<String>,
    /// Also fetch files that match; may be given more than once
    #[arg(long, env = "MODELPORT_INCLUDE", value_name = "PATTERN", value_delimiter = ',')]
    pub include: Vec<String>,
    /// Refuse to fetch more than this many bytes
    #[arg(long, env = "MODELPORT_MAX_BYTES", value_name = "BYTES")]
    pub max_bytes: Option<u64>,
    /// Certificates of authorities to trust besides the system's, in PEM
    #[arg(long, env = "MODELPORT_CA_BUNDLE", value_name = "FILE")]
    pub ca_bundle: Option<PathBuf>,
    /// Where the outcome goes as one line of JSON, for the pod's status
    #[arg(
        long,
        env = "MODELPORT_TERMINATION_LOG",
        default_value = KUBELETS_LOG,
        value_name = "FILE"
    )]
    pub termination_log: PathBuf,
}

/// Fetches, then says how it went: in the log, in the termination message, and by the exit code.
pub async fn run(args: FetchArgs) -> anyhow::Result<ExitCode> {
    let mut terminated = signal(SignalKind::terminate())?;
    let fetched = tokio::select! {
        fetched = fetch_by(&args) => fetched,
        _ = terminated.recv() => Err(FetchError::Stopped),
        _ = tokio::signal::ctrl_c() => Err(FetchError::Stopped),
    };
    let (outcome, code) = match &fetched {
        Ok(fetched) => (Outcome::from(fetched), 0),
        Err(error) => (Outcome::from(error), error.reason().exit_code()),
    };
    // Outside a pod nobody waits for it: a failure here is no failure of the fetch.
    let _ = leave(&args.termination_log, &outcome.to_json());
    match &fetched {
        Ok(fetched) => {
            let (files, bytes) = (fetched.files.len(), fetched.bytes());
            tracing::info!(revision = fetched.revision, digest = fetched.digest, files, bytes, "fetched and verified");
        }
        Err(error) => tracing::error!(reason = ?error.reason(), "{error}"),
    }
    Ok(ExitCode::from(code))
}

/// Writes the last word; the kubelet's own file is there in every pod, and is not made anywhere else.
pub(super) fn leave(file: &Path, message: &str) -> std::io::Result<()> {
    let ours_to_make = file != Path::new(KUBELETS_LOG);
    let mut log = OpenOptions::new().write(true).truncate(true).create(ours_to_make).open(file)?;
    log.write_all(message.as_bytes())
}

async fn fetch_by(args: &FetchArgs) -> Result<Fetched, FetchError> {
    fetch(&settings(args)?).await
}

fn settings(args: &FetchArgs) -> Result<Settings, FetchError> {
    let wrong = |error: &dyn std::fmt::Display| FetchError::Setting(error.to_string());
    let mut source: Source = args.source.parse().map_err(|error| wrong(&error))?;
    if let Some(revision) = given(args.revision.as_deref()) {
        source = source.at(revision).map_err(|error| wrong(&error))?;
    }
    let endpoint = endpoint(given(args.endpoint.as_deref()).unwrap_or_else(|| source.hub.default_endpoint()))?;
    let credentials = args.credentials.as_deref().map(Credentials::read).transpose()?;
    let wanted = Wanted {
        format: args.format,
        file: given(args.file.as_deref()).map(str::to_owned),
        include: args.include.iter().filter(|pattern| !pattern.is_empty()).cloned().collect(),
    };
    Ok(Settings {
        source,
        to: args.to.clone(),
        endpoint,
        credentials: credentials.unwrap_or_default(),
        wanted,
        max_bytes: args.max_bytes,
        ca_bundle: args.ca_bundle.as_deref().map(ca_bundle).transpose()?,
        patience: Patience::default(),
    })
}

/// A setting that is present but empty, as a chart renders it, is a setting that is absent.
fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn endpoint(text: &str) -> Result<Url, FetchError> {
    let wrong =
        |why: &str| FetchError::Setting(format!("the hub's endpoint {why}: write it as https://host[:port][/path]"));
    let url: Url = text.parse().map_err(|_| wrong("is not an address"))?;
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return Err(wrong("is neither https nor http"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user name; tokens belong in the Secret"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("holds a query or a fragment"));
    }
    Ok(url)
}

pub(super) fn ca_bundle(file: &Path) -> Result<Vec<u8>, FetchError> {
    let wrong = |why: String| FetchError::Setting(format!("the CA bundle {} {why}", file.display()));
    let size = file.metadata().map_err(|error| wrong(format!("cannot be read ({})", error.kind())))?.len();
    if size > MAX_CA_BUNDLE_BYTES {
        return Err(wrong(format!("is larger than {MAX_CA_BUNDLE_BYTES} bytes")));
    }
    std::fs::read(file).map_err(|error| wrong(format!("cannot be read ({})", error.kind())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::error::Reason;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: FetchArgs,
    }

    fn args(more: &[&str]) -> FetchArgs {
        let line = ["fetch", "--to", "/weights"].iter().chain(more);
        Line::try_parse_from(line).unwrap().args
    }

    #[test]
    fn the_hub_follows_from_the_source_unless_a_mirror_is_set() {
        let endpoint = |more: &[&str]| settings(&args(more)).unwrap().endpoint.to_string();
        assert_eq!(endpoint(&["--source", "hf://o/r"]), "https://huggingface.co/");
        assert_eq!(endpoint(&["--source", "modelscope://o/r"]), "https://modelscope.cn/");
        assert_eq!(endpoint(&["--source", "hf://o/r", "--endpoint", "http://mirror:8080"]), "http://mirror:8080/");
        assert_eq!(endpoint(&["--source", "hf://o/r", "--endpoint", ""]), "https://huggingface.co/");
    }

    #[test]
    fn a_wrong_setting_is_named_and_a_secret_in_it_is_not_repeated() {
        for more in [
            ["--source", "s3://o/r"].as_slice(),
            &["--source", "hf://o/r", "--revision", "../x"],
            &["--source", "hf://o/r", "--endpoint", "ftp://x"],
            &["--source", "hf://o/r", "--endpoint", "https://user:s3cret@hub"],
            &["--source", "hf://o/r", "--endpoint", "https://hub/?token=s3cret"],
            &["--source", "hf://o/r", "--ca-bundle", "/nonexistent"],
        ] {
            let error = settings(&args(more)).unwrap_err();
            assert_eq!(error.reason(), Reason::BadSetting, "{more:?}");
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }
}
