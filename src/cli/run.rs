//! `modelport run`: the operator.

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context as _;
use jiff::Timestamp;
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{Api, Client, Config, api::PostParams};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{
    admission::{registration::Registration, server},
    catalog::Catalog,
    controller::{definitions, events::Events, lease, moves::Moves, run as watches},
    ops::{
        args::{RunArgs, SettingsArgs},
        call::call,
        health::{self, Readiness},
        metrics::Metrics,
        tls,
    },
    plan::inputs::Settings,
    reconcile::Context,
    report::decision_log::DecisionLog,
};

/// Connections are opened within this.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Runs until SIGTERM or SIGINT.
pub async fn run(args: RunArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let mut config = Config::infer().await.context("no cluster: neither in a pod nor a kubeconfig (set KUBECONFIG)")?;
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    let mut once = config.clone();
    once.default_retry = false;
    let evictions = Client::try_from(once)?;
    let client = Client::try_from(config)?;
    let account = match &args.account {
        Some(account) => account.clone(),
        None => own_account(&client).await.context("the operator's own account could not be read; set --account")?,
    };
    tracing::info!(account, version = env!("CARGO_PKG_VERSION"), "starting");

    let stop = stop_signal()?;
    let readiness = Arc::new(Readiness::default());
    let metrics = Arc::new(Metrics::default());
    let log =
        Arc::new(DecisionLog::open(&args.decision_log).with_context(|| format!("decision log {}", args.decision_log))?);
    let which = lease::Which {
        namespace: args.namespace.clone(),
        name: args.release.clone(),
        owner: args.owner_cluster_role.clone(),
    };
    let (leadership, lease_task) = lease::hold(client.clone(), which, args.pod_name.clone(), stopped(stop.clone()));
    let watched = watches::watches(&client, catalog);
    let served = Arc::new(tls::Swappable::default());

    let health_listener =
        TcpListener::bind(("0.0.0.0", args.health_port)).await.with_context(|| format!("port {}", args.health_port))?;
    let webhook_listener = TcpListener::bind(("0.0.0.0", args.webhook_port))
        .await
        .with_context(|| format!("port {}", args.webhook_port))?;
    tokio::spawn(health::serve(health_listener, readiness.clone(), metrics.clone(), stopped(stop.clone())));
    let webhook = Arc::new(server::Webhook {
        world: watched.world.clone(),
        client: client.clone(),
        log: log.clone(),
        metrics: metrics.clone(),
        default_runtime: args.settings.default_runtime.clone(),
    });
    let serving =
        tokio::spawn(tls::serve(webhook_listener, served.clone(), server::router(webhook), stopped(stop.clone())));
    let registration = Registration {
        client: client.clone(),
        args: args.clone(),
        account,
        places: catalog.places(),
        served,
        readiness: readiness.clone(),
        metrics: metrics.clone(),
        leadership: leadership.clone(),
    };
    let registering = tokio::spawn(registration.keep());
    tokio::spawn(definitions::wait(client.clone(), readiness.clone()));
    tokio::spawn(show_leadership(leadership.watch(), metrics.clone()));

    let context = Arc::new(Context {
        world: watched.world.clone(),
        events: Events::start(client.clone(), &args.pod_name),
        client,
        evictions,
        leadership,
        settings: settings(&args.settings),
        default_runtime: args.settings.default_runtime.clone(),
        confirmed_stops: args.confirmed_stops.clone(),
        moves: Moves::default(),
        metrics,
        log,
        clock: Timestamp::now,
    });
    let stopping = {
        let readiness = readiness.clone();
        async move {
            stopped(stop).await;
            readiness.stopping();
        }
    };
    let boxed: std::pin::Pin<Box<dyn Future<Output = ()> + Send + Sync>> = Box::pin(SyncFuture(tokio::spawn(stopping)));
    watches::run(watched, context, readiness, args.concurrency, args.bind_node_labels, boxed).await;
    registering.abort();
    let _ = serving.await;
    let _ = lease_task.await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// A task's end as a future that may be shared between threads.
struct SyncFuture(tokio::task::JoinHandle<()>);

impl Future for SyncFuture {
    type Output = ();
    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        std::pin::Pin::new(&mut self.0).poll(cx).map(drop)
    }
}

async fn show_leadership(mut held: watch::Receiver<bool>, metrics: Arc<Metrics>) {
    loop {
        let leads = *held.borrow_and_update();
        metrics.leader.set(i64::from(leads));
        tracing::info!(leads, "leadership");
        if held.changed().await.is_err() {
            return;
        }
    }
}

async fn own_account(client: &Client) -> anyhow::Result<String> {
    let (api, params, question) =
        (Api::<SelfSubjectReview>::all(client.clone()), PostParams::default(), SelfSubjectReview::default());
    let review = call(CONNECT_TIMEOUT, api.create(&params, &question)).await?;
    let user = review.status.and_then(|s| s.user_info).and_then(|u| u.username);
    user.context("the API server does not say who we are")
}

fn settings(args: &SettingsArgs) -> Settings {
    let some = |value: &Option<String>| value.clone().filter(|v| !v.is_empty());
    Settings {
        fetch_image: args.fetch_image.clone(),
        image_registry: some(&args.image_registry),
        image_pull_secrets: args.image_pull_secrets.iter().filter(|s| !s.is_empty()).cloned().collect(),
        hub_endpoint: some(&args.hub_endpoint),
        modelscope_endpoint: some(&args.modelscope_endpoint),
        proxy: some(&args.proxy),
        no_proxy: some(&args.no_proxy),
        ca_bundle_configmap: some(&args.ca_bundle_configmap),
    }
}

fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        tracing::info!("asked to stop");
        sender.send_replace(true);
        // A second signal ends the process at once.
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        std::process::exit(130);
    });
    Ok(receiver)
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
