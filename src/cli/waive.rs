//! `modelport waive`: lets what blocks one deployment pass for a time, with a name and a reason on record.

use std::{collections::BTreeSet, process::ExitCode};

use anyhow::{Context as _, bail};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::{Api, Client, api::PostParams};

use super::{
    cluster::{self, REQUEST_TIMEOUT},
    reach::{self, Reach},
};
use crate::{
    catalog::Catalog,
    decide::{
        Decision, Effect, Finding, Request, decide,
        waiver::{Waivable, waivable},
    },
    facts::Fact,
    manifest::{
        Reason, Waiver,
        condition::whole_second,
        model_policy::seconds,
        names::{self, GROUP, WAIVE_VERB},
        shape::end_of,
        waiver::{MAX_WAIVER_DAYS, WaivedDeployment, WaivedFinding, WaiverSpec, latest_end},
    },
    ops::call::call,
};

/// Lets what blocks a deployment pass for a time: creates a Waiver in your name.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
You need the verb waive on the ModelPolicy that is enforced there, and that policy must list the codes in
spec.licenses.waivable. The record holds your name, the reason and the end; it ends by itself, or by kubectl delete.

Examples:
  modelport waive mpd/support-bot -n support --until 24h --reason 'filing sent on Friday, number comes on Monday'
  modelport waive support-bot -n support --until 2026-12-01 --reason 'licensor confirmed by mail, paper follows' --dry-run")]
pub struct WaiveArgs {
    /// NAME or mpd/NAME.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Namespace.
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// How long (24h, 7d), or until when (a day, included, or an instant in RFC 3339); at most 30 days.
    #[arg(long, value_name = "24h|DATE")]
    pub until: String,
    /// Why, for who reads the record in a year: 10 to 512 characters.
    #[arg(long)]
    pub reason: Option<String>,
    /// Print the Waiver and create nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Which cluster.
    #[command(flatten)]
    pub reach: Reach,
}

/// Waives.
pub async fn run(args: WaiveArgs) -> anyhow::Result<ExitCode> {
    let now = Timestamp::now();
    let name = reach::deployment_name(&args.name)?;
    // First the end: the example for the reason repeats it.
    let until = end(&args.until, now)?;
    let reason = written(&args, name)?;
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let client = args.reach.client().await?;
    let namespace = args.namespace.clone().unwrap_or_else(|| client.default_namespace().to_owned());
    let manifest = reach::deployment(&client, &namespace, name).await?;
    let mut snapshot = cluster::snapshot(&client).await?;
    let labels = cluster::namespace_labels(&client, &namespace).await?;
    let uid = manifest.metadata.uid.as_deref();
    let request = Request { namespace: &namespace, name, uid, spec: &manifest.spec };
    let (decision, lets) = {
        let facts = snapshot.facts(catalog, &labels, now);
        (decide(&request, &facts), waivable(&request, &facts))
    };
    let findings = what_blocks(&request, &decision, &lets).map_err(anyhow::Error::msg)?;
    let user = reach::user(&client).await?;
    let policy = match policy_of(&client, &lets).await? {
        Some(policy) => policy,
        None if args.dry_run => lets.policies.first().map(|(name, _)| name.clone()).unwrap_or_default(),
        None => bail!("{}", no_right(&user, &lets)),
    };
    let spec = WaiverSpec {
        deployment: WaivedDeployment {
            namespace: namespace.clone(),
            name: name.to_owned(),
            uid: uid.unwrap_or_default().to_owned(),
        },
        model: decision.model.name.clone().context("the model has no name by which it could be waived")?,
        policy,
        findings,
        reason,
        until: until.to_string(),
        approved_by: user,
    };
    let hash = names::short_hash(&serde_json::to_vec(&spec)?);
    let waiver = Waiver::new(&format!("{namespace}-{name}-{hash}"), spec);
    let waiver_name = waiver.metadata.name.clone().unwrap_or_default();
    if args.dry_run {
        print!("{}", yaml(&waiver)?);
        return Ok(ExitCode::SUCCESS);
    }
    let api = Api::<Waiver>::all(client);
    let stored = call(REQUEST_TIMEOUT, api.create(&PostParams::default(), &waiver)).await;
    stored.map_err(|error| anyhow::anyhow!("the Waiver was not stored: {error}"))?;
    let fact = Fact::new(&waiver_name, None, waiver.spec.clone());
    snapshot.waivers.push(Fact { created: Some(now), ..fact });
    let after = decide(&request, &snapshot.facts(catalog, &labels, now));
    print!("{}", done(&waiver_name, &waiver.spec, &after));
    Ok(ExitCode::SUCCESS)
}

/// The reason, or what to type.
fn written(args: &WaiveArgs, name: &str) -> anyhow::Result<String> {
    let reason = args.reason.as_deref().map(str::trim).unwrap_or_default();
    let namespace = args.namespace.as_deref().map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
    let example = format!(
        "modelport waive mpd/{name}{namespace} --until {} --reason 'filing sent on Friday, number comes on Monday'",
        args.until
    );
    match reason.chars().count() {
        0 => bail!("--reason is missing: the record says why. For example:\n  {example}"),
        1..10 => bail!(
            "--reason is shorter than 10 characters: write it for who reads it in a year. For example:\n  {example}"
        ),
        10..=512 => Ok(reason.to_owned()),
        _ => bail!("--reason is longer than 512 characters"),
    }
}

/// The instant at which it ends: a span from now, a day that is included, or an instant.
fn end(until: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let at = match seconds(until) {
        Some(span) => now.checked_add(SignedDuration::from_secs(span)).ok(),
        None => end_of(until).ok(),
    };
    let Some(at) = at.map(whole_second) else {
        bail!("--until {until}: write a span such as 24h or 7d, a day such as 2026-12-01, or an instant in RFC 3339");
    };
    if at <= now {
        bail!("--until {until} has passed");
    }
    let latest = whole_second(latest_end(now));
    if at > latest {
        bail!(
            "--until {until} is more than {MAX_WAIVER_DAYS} days away; the latest is {latest}. What lasts longer is a change of the policy, or a fact to record"
        );
    }
    Ok(at)
}

/// What refuses or waits, each as a Waiver names it; or why it cannot be waived and who can do what.
fn what_blocks(request: &Request<'_>, decision: &Decision, lets: &Waivable) -> Result<Vec<WaivedFinding>, String> {
    let service = format!("{}/{}", request.namespace, request.name);
    let blocking: Vec<&Finding> = decision.findings.iter().filter(|f| f.effect <= Effect::Waits).collect();
    if blocking.is_empty() {
        let waived: Vec<String> = decision
            .findings
            .iter()
            .filter_map(|f| f.waived.as_ref())
            .map(|waived| format!(" Waiver/{} by {} is in force until {}.", waived.waiver, waived.by, waived.until))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        return Err(format!("{service} is Allowed; there is nothing to waive.{}", waived.concat()));
    }
    let lines =
        |findings: &[&Finding]| findings.iter().map(|f| format!("\n  {}", f.line())).collect::<Vec<_>>().concat();
    let never: Vec<&Finding> = blocking.iter().copied().filter(|f| !f.reason.may_be_waived()).collect();
    if !never.is_empty() {
        return Err(format!("nothing was created. No policy can let this be waived:{}", lines(&never)));
    }
    let missing: Vec<&Finding> = blocking.iter().copied().filter(|f| !lets.codes.contains(&f.reason)).collect();
    if !missing.is_empty() {
        return Err(format!("nothing was created. {}{}", not_let(request, &missing, lets), lines(&missing)));
    }
    let mut named: Vec<WaivedFinding> = Vec::new();
    for finding in blocking {
        let one = WaivedFinding {
            code: finding.reason.code().into(),
            about: Some(finding.about.clone()).filter(|about| !about.is_empty()),
        };
        if !named.contains(&one) {
            named.push(one);
        }
    }
    Ok(named)
}

/// Which field of which policy says what may be waived, and who may edit it.
fn not_let(request: &Request<'_>, missing: &[&Finding], lets: &Waivable) -> String {
    let codes: BTreeSet<Reason> = missing.iter().map(|finding| finding.reason).collect();
    let list = |codes: &BTreeSet<Reason>| codes.iter().map(|code| code.code()).collect::<Vec<_>>().join(", ");
    let who = "who may update modelpolicies (the platform team, ClusterRole modelport-platform)";
    if lets.policies.is_empty() {
        return format!(
            "No ModelPolicy is enforced in namespace {}, and the built-in default lets nothing be waived. One that selects the namespace with spec.licenses.waivable: [{}] is written by {who}. It does not let:",
            request.namespace,
            list(&codes)
        );
    }
    let edits: Vec<String> = lets
        .policies
        .iter()
        .filter_map(|(policy, lets)| {
            let lacks: BTreeSet<Reason> = codes.difference(lets).copied().collect();
            (!lacks.is_empty()).then(|| {
                format!(
                    "ModelPolicy/{policy} does not let {} be waived; to let it, spec.licenses.waivable is edited (kubectl edit modelpolicy {policy}) by {who}.",
                    list(&lacks)
                )
            })
        })
        .collect();
    format!("{} It stands against:", edits.join(" "))
}

fn no_right(user: &str, lets: &Waivable) -> String {
    let policies: Vec<&str> = lets.policies.iter().map(|(name, _)| name.as_str()).collect();
    let first = policies.first().copied().unwrap_or("NAME");
    format!(
        "nothing was created. You are {user}, and do not hold the verb {WAIVE_VERB} on {}.\nAsk somebody who does, or a cluster administrator grants it:\n  kubectl create clusterrole waive-{first} --verb={WAIVE_VERB} --resource=modelpolicies.{GROUP} --resource-name={first}\n  kubectl create clusterrolebinding waive-{first} --clusterrole=waive-{first} --user={user}",
        policies.iter().map(|name| format!("ModelPolicy/{name}")).collect::<Vec<_>>().join(" or ")
    )
}

/// The first policy on which the caller holds the verb.
async fn policy_of(client: &Client, lets: &Waivable) -> anyhow::Result<Option<String>> {
    let api: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    for (policy, _) in &lets.policies {
        let question = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(ResourceAttributes {
                    group: Some(GROUP.into()),
                    resource: Some("modelpolicies".into()),
                    name: Some(policy.clone()),
                    verb: Some(WAIVE_VERB.into()),
                    ..ResourceAttributes::default()
                }),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        let answer = call(REQUEST_TIMEOUT, api.create(&PostParams::default(), &question)).await;
        let answer = answer.map_err(|error| anyhow::anyhow!("whether you may waive could not be asked ({error})"))?;
        if answer.status.is_some_and(|status| status.allowed) {
            return Ok(Some(policy.clone()));
        }
    }
    Ok(None)
}

fn yaml(waiver: &Waiver) -> anyhow::Result<String> {
    let mut value = serde_json::to_value(waiver)?;
    if let Some(map) = value.as_object_mut() {
        map.remove("status");
    }
    serde_saphyr::to_string(&value).context("printing YAML")
}

/// What was done, and how to end it.
fn done(name: &str, spec: &WaiverSpec, after: &Decision) -> String {
    let deployment = format!("{}/{}", spec.deployment.namespace, spec.deployment.name);
    let mut out = format!(
        "Waiver {name} is created, approved by {}.\nUntil {} it lets pass, for {deployment}:\n",
        spec.approved_by, spec.until
    );
    for finding in &spec.findings {
        let about = finding.about.as_deref().map(|about| format!(" ({about})")).unwrap_or_default();
        out.push_str(&format!("  {}{about}\n", finding.code));
    }
    out.push_str(&format!("The verdict with it: {}.\n", after.verdict.word()));
    out.push_str(&format!(
        "To see it:       kubectl describe waiver {name}\nTo end it early: kubectl delete waiver {name}\n"
    ));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-25T03:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_end_is_a_span_a_day_or_an_instant() {
        let at = |text: &str| end(text, now()).unwrap().to_string();
        assert_eq!(at("24h"), "2026-11-26T03:00:00Z");
        assert_eq!(at("7d"), "2026-12-02T03:00:00Z");
        assert_eq!(at("2026-11-30"), "2026-12-01T00:00:00Z");
        assert_eq!(at("2026-11-25T12:00:00+08:00"), "2026-11-25T04:00:00Z");
    }

    #[test]
    fn an_end_that_has_passed_or_is_too_far_is_said_so() {
        let why = |text: &str| end(text, now()).unwrap_err().to_string();
        assert!(why("2026-11-24").contains("has passed"));
        assert!(why("31d").contains("the latest is 2026-12-25T03:00:00Z"));
        assert!(why("soon").contains("24h or 7d"));
        assert!(end("30d", now()).is_ok());
    }

    #[test]
    fn without_a_reason_an_example_is_printed() {
        let args = |reason: Option<&str>, namespace: Option<&str>| WaiveArgs {
            reach: reach::Reach::default(),
            name: "mpd/bot".into(),
            namespace: namespace.map(Into::into),
            until: "24h".into(),
            reason: reason.map(Into::into),
            dry_run: false,
        };
        let why = |namespace| written(&args(None, namespace), "bot").unwrap_err().to_string();
        assert!(why(None).contains("modelport waive mpd/bot --until 24h --reason '"), "{}", why(None));
        assert!(why(Some("support")).contains("waive mpd/bot -n support --until 24h"), "{}", why(Some("support")));
        assert!(written(&args(Some("late"), None), "bot").is_err());
        assert_eq!(written(&args(Some(" number comes Monday "), None), "bot").unwrap(), "number comes Monday");
    }
}
