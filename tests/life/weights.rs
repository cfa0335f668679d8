//! What a hub answers is told in the conditions, in the fetcher's own words.

use modelport::{
    fetch::{error::FetchError, record::Outcome},
    plan::weights::FETCHER,
    status::observed::{ContainerView, StateView, WhyView},
};

use crate::cluster::Cluster;

/// The fetcher of a pod, as the kubelet shows it once it has ended with this.
pub fn failed(outcome: &Outcome) -> ContainerView {
    let ended = WhyView { exit_code: Some(1), message: Some(outcome.to_json()), ..WhyView::default() };
    let last_state = StateView { terminated: Some(ended), ..StateView::default() };
    ContainerView { name: FETCHER.into(), last_state, ..ContainerView::default() }
}

fn fetches(cluster: &mut Cluster, outcome: Option<Outcome>) {
    cluster.lives.get_mut("search/qwen").expect("it is there").fetch = outcome;
}

fn hub() -> String {
    "huggingface.co".into()
}

#[test]
fn a_hub_that_refuses_or_sends_something_else_is_told_and_tried_again() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.applies("search/qwen", "model: {source: \"hf://Qwen/Qwen3-8B\"}\naccelerators: {count: 1}");
    let model = || "Qwen/Qwen3-8B".to_owned();
    let answers = [
        ("The hub answers 401.", FetchError::NoToken { host: hub(), model: model(), key: hub() }),
        ("The hub answers 404.", FetchError::NotFound { host: hub(), what: model() }),
        ("The hub answers 429, and goes on answering it.", FetchError::Busy { host: hub(), attempts: 8 }),
        ("A file is shorter than listed.", FetchError::Size { path: "model.safetensors".into(), expected: 10, got: 9 }),
        (
            "A file is another than listed.",
            FetchError::Digest { path: "model.safetensors".into(), expected: "5a..".into(), got: "6b..".into() },
        ),
    ];
    for (what, error) in &answers {
        cluster.tell(what);
        fetches(&mut cluster, Some(Outcome::from(error)));
        cluster.then();
    }
    cluster.tell("The mirror is mended: it serves.");
    fetches(&mut cluster, None);
    cluster.then();
    cluster.is_told_in("a-hub-that-refuses");
}
