//! `modelport scan`: which models run already that nobody decided on.

use std::{
    collections::BTreeMap,
    io::Write as _,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams},
};

use super::{check::Output, reach::Reach};
use crate::{
    catalog::{Catalog, NodePlace},
    controller::views::NodeView,
    facts::{files::Owned, live, snapshot::Snapshot},
    ops::call::{CallError, call},
    report::scan::{Looked, Scan, Stands, Unreadable, judge, look},
};

/// Shows the model servers among the pods that run, their models and licences, where they stand, and what would be
/// decided about them. Modelport need not be installed; nothing is written.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "\
Needs: list pods. With list nodes it knows countries; with list namespaces, and list of Modelport's kinds where they are
installed, it decides by them. What is missing is said below the table. No Secret and no ConfigMap is read, and of the
environment only what names a model.

Exit codes: 0 the pods were read, whatever the verdicts; 3 they could not be. For a gate: -o json.

Examples:
  kubectl modelport scan -A
  kubectl modelport scan -n chat
  kubectl modelport scan -A --licensee legal/acme.yaml
  kubectl modelport scan -A -o json | jq -r '.models[] | select(.wouldBe.verdict == \"Refused\") | .workload'")]
pub struct ScanArgs {
    /// All namespaces.
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// One namespace; that of the kubeconfig when absent.
    #[arg(short, long, conflicts_with = "all_namespaces")]
    pub namespace: Option<String>,
    /// Files with facts. If there is one Licensee among them, it counts for every namespace, and those of the cluster
    /// do not.
    #[arg(long, value_name = "FILE|DIR")]
    pub licensee: Vec<PathBuf>,
    /// Which cluster.
    #[command(flatten)]
    pub reach: Reach,
    /// How it is printed.
    #[arg(short = 'o', long = "output", value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// Most models in the table; the rest is counted.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    pub limit: usize,
}

/// Models in the table.
const DEFAULT_LIMIT: usize = 200;
/// Objects that are asked for at once.
const PAGE: u32 = 500;
/// Pods of one scan.
const MAX_PODS: usize = 500_000;
/// Time for one answer of the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a long scan says that it goes on.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// Runs the command.
pub async fn run(args: &ScanArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let mut facts = Owned::load(&args.licensee).context("reading facts")?;
    if let Some(unreadable) = facts.unreadable.first() {
        anyhow::bail!("{} {}: {}", unreadable.file, unreadable.object, unreadable.why);
    }
    let given = facts.licensee_everywhere().map(|name| format!("Licensee/{name} of the files given"));
    let client = args.reach.client().await?;
    let mut scan = Scan::default();
    scan.licensee = match (given, args.licensee.is_empty()) {
        (Some(given), _) => {
            cluster_facts(&client, &mut facts, &mut scan, false).await;
            given
        }
        (None, files_absent) => {
            let installed = cluster_facts(&client, &mut facts, &mut scan, true).await;
            match (installed, files_absent) {
                (_, false) => "the Licensees that select each namespace".into(),
                (true, true) => "the Licensees of this cluster".into(),
                (false, true) => {
                    "an organisation of which nothing is known (--licensee FILE says who it is)".to_owned()
                }
            }
        }
    };
    let places = places(&client, catalog, &mut scan).await;
    read_pods(&client, args, catalog, &places, &mut scan).await?;
    let now = Timestamp::now();
    scan.judge(|row| {
        let labels = facts.labels(&row.namespace);
        let country = if let Stands::In(country) = &row.place { Some(country.as_str()) } else { None };
        judge(&row.namespace, &row.workload, &row.found, country, &facts.facts("", now, catalog, &labels))
    });
    let text = match args.output {
        Output::Text => scan.text(args.limit),
        Output::Json => format!("{}\n", serde_json::to_string_pretty(&scan)?),
        Output::Yaml => serde_saphyr::to_string(&scan).context("printing YAML")?,
    };
    // A closed pipe is the reader's choice.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

/// Every page of the pods; only what was found is kept.
async fn read_pods(
    client: &Client,
    args: &ScanArgs,
    catalog: &Catalog,
    places: &BTreeMap<String, NodePlace>,
    scan: &mut Scan,
) -> anyhow::Result<()> {
    let resource = ApiResource::erase::<Pod>(&());
    let namespace = args.namespace.as_deref().unwrap_or_else(|| client.default_namespace());
    let (api, scope): (Api<DynamicObject>, String) = if args.all_namespaces {
        (Api::all_with(client.clone(), &resource), "in all namespaces (one only: -n NAMESPACE)".into())
    } else {
        (Api::namespaced_with(client.clone(), namespace, &resource), format!("in namespace {namespace}"))
    };
    let read = Arc::new(AtomicUsize::new(0));
    let progress = tokio::spawn(progress(read.clone()));
    let mut params = ListParams::default().limit(PAGE);
    let result = loop {
        let page = match within(api.list(&params)).await {
            Ok(page) => page,
            Err(error) => break Err(anyhow::anyhow!("{}", missing("pods", &scope, &error))),
        };
        for pod in &page.items {
            match serde_json::to_value(pod).map(|pod| look(&pod, catalog.servers())) {
                Ok(Looked::Serves(found)) => {
                    let place = found.node.as_ref().and_then(|node| places.get(node));
                    scan.add(found, place);
                }
                Ok(Looked::Ours) => scan.pods_of_modelport += 1,
                Ok(Looked::Ended | Looked::Nothing) | Err(_) => {}
            }
        }
        scan.pods = read.fetch_add(page.items.len(), Ordering::Relaxed) + page.items.len();
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(_) if scan.pods >= MAX_PODS => {
                let what = format!("only the first {MAX_PODS} pods were read");
                scan.unreadable.push(Unreadable { what, so: "scan the rest by -n NAMESPACE.".into() });
                break Ok(());
            }
            Some(token) => params = params.continue_token(&token),
            None => break Ok(()),
        }
    };
    progress.abort();
    result
}

async fn progress(read: Arc<AtomicUsize>) {
    loop {
        tokio::time::sleep(PROGRESS_EVERY).await;
        eprintln!("reading pods: {} so far", read.load(Ordering::Relaxed));
    }
}

/// Where each node stands.
async fn places(client: &Client, catalog: &Catalog, scan: &mut Scan) -> BTreeMap<String, NodePlace> {
    let api = Api::<NodeView>::all(client.clone());
    let mut places = BTreeMap::new();
    let mut params = ListParams::default().limit(PAGE);
    loop {
        let page = match within(api.list(&params)).await {
            Ok(page) => page,
            Err(error) => {
                let so = "no country is known, and what a licence or rule says of places is not decided.".into();
                scan.unreadable.push(Unreadable { what: missing("nodes", "in the cluster", &error), so });
                return places;
            }
        };
        places.extend(page.items.iter().map(|node| (node.name_any(), node.summary().place(catalog))));
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params = params.continue_token(&token),
            None => return places,
        }
    }
}

/// Adds what the cluster holds, if Modelport's kinds are installed; says whether they are and could be read.
async fn cluster_facts(client: &Client, facts: &mut Owned, scan: &mut Scan, licensees: bool) -> bool {
    let mut snapshot = match live::snapshot(client, REQUEST_TIMEOUT).await {
        Ok(snapshot) => snapshot,
        Err(error) if error.is_not_found() => return false,
        Err(error) => {
            let what =
                missing("licensees, modelpolicies, modellicenses, inferenceruntimes", "of modelport.dev", &error);
            let so = "what they permit or forbid is not decided; the built-in default is.".into();
            scan.unreadable.push(Unreadable { what, so });
            return false;
        }
    };
    if !licensees {
        snapshot.licensees.clear();
        snapshot.unread.retain(|unread| unread.kind != "Licensee");
    }
    let namespaces = within(live::namespaces(client)).await.unwrap_or_else(|error| {
        if selects_by_label(&snapshot) {
            let so = "what selects namespaces by label does not count.".into();
            scan.unreadable.push(Unreadable { what: missing("namespaces", "in the cluster", &error), so });
        }
        BTreeMap::new()
    });
    facts.add_cluster(snapshot, namespaces);
    true
}

fn selects_by_label(snapshot: &Snapshot) -> bool {
    snapshot.licensees.iter().any(|fact| fact.spec.namespace_selector.is_some())
        || snapshot.policies.iter().any(|fact| fact.spec.namespace_selector.is_some())
}

/// What could not be read, with the verb that is missing where that is why.
fn missing(what: &str, scope: &str, error: &CallError) -> String {
    if error.is_forbidden() {
        format!("{what} {scope} may not be read; missing: verb list on {what}")
    } else {
        format!("{what} {scope} could not be read ({error})")
    }
}

async fn within<T>(request: impl Future<Output = Result<T, kube::Error>>) -> Result<T, CallError> {
    call(REQUEST_TIMEOUT, request).await
}
