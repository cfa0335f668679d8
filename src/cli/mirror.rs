//! `modelport mirror`: serves a folder as a read-only model hub.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::fetch::mirror::{router, serve, shelf::Shelf};

/// Serve a folder as a read-only hub that Hugging Face and ModelScope clients can read.
///
/// The folder holds ORG/REPO/ with a model's files, or ORG/REPO@REVISION/ for several revisions of one model.
/// Point a client at it with HF_ENDPOINT=http://HOST:PORT. GET /healthz answers when it is up.
#[derive(Debug, clap::Args)]
pub struct MirrorArgs {
    /// The folder with ORG/REPO/ folders in it
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Where to listen
    #[arg(long, env = "MODELPORT_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,
    /// A file with a token that every reader must send; without it anyone who reaches the port may read
    #[arg(long, env = "MODELPORT_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// Serves until SIGTERM or Ctrl-C.
pub async fn run(args: MirrorArgs) -> anyhow::Result<ExitCode> {
    let shelf = Shelf::open(&args.dir).with_context(|| format!("{} cannot be read", args.dir.display()))?;
    let shelf = Arc::new(shelf);
    let token = args.token_file.as_deref().map(read_token).transpose()?;
    let listener = TcpListener::bind(args.listen).await.with_context(|| format!("cannot listen on {}", args.listen))?;
    tracing::info!(address = %listener.local_addr()?, folder = %args.dir.display(), "the mirror is up");
    let mut terminated = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("the mirror stops");
    };
    let warming = tokio::spawn({
        let shelf = Arc::clone(&shelf);
        async move { shelf.warm().await }
    });
    let served = serve(listener, router(Arc::clone(&shelf), token.as_deref()), stop).await;
    shelf.stop();
    warming.abort();
    served?;
    Ok(ExitCode::SUCCESS)
}

fn read_token(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let token = text.trim().to_owned();
    anyhow::ensure!(!token.is_empty(), "{} is empty: it should hold the token", file.display());
    Ok(token)
}
