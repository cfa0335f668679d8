//! Which cluster a command asks, and what it says where it gets no answer.

use std::path::PathBuf;

use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{
    Api, Client, Config,
    api::PostParams,
    config::{KubeConfigOptions, Kubeconfig, KubeconfigError},
};

use super::cluster::{REQUEST_TIMEOUT, missing};
use crate::{
    manifest::{ModelDeployment, definitions, names::GROUP},
    ops::call::{CallError, call},
};

/// The ClusterRole of the chart by which a person reads what decides.
pub const READER: &str = "modelport-reader";

/// Which cluster; as `kubectl` takes it.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Reach {
    /// The context of the kubeconfig; its current one when absent.
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
    /// The kubeconfig; what KUBECONFIG names, else ~/.kube/config, when absent.
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
}

impl Reach {
    /// Whether a cluster is named.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.context.is_some() || self.kubeconfig.is_some()
    }

    /// A client, or the sentence that says how to get one.
    pub async fn client(&self) -> anyhow::Result<Client> {
        let config = self.config().await.map_err(|error| anyhow::anyhow!("{}", no_cluster(&error)))?;
        Client::try_from(config).map_err(|error| anyhow::anyhow!("no cluster: {}", CallError::Failed(Box::new(error))))
    }

    async fn config(&self) -> Result<Config, KubeconfigError> {
        let options = KubeConfigOptions { context: self.context.clone(), ..KubeConfigOptions::default() };
        if let Some(file) = &self.kubeconfig {
            return Config::from_custom_kubeconfig(Kubeconfig::read_from(file)?, &options).await;
        }
        match Config::from_kubeconfig(&options).await {
            // In a pod there is no kubeconfig; where one is named, it is the one that is meant.
            Err(error) if !self.is_named() => Config::incluster().map_err(|_| error),
            config => config,
        }
    }
}

/// What is wrong with the kubeconfig, and what to say instead.
fn no_cluster(error: &KubeconfigError) -> String {
    let why = match error {
        KubeconfigError::ReadConfig(why, file) => format!("the kubeconfig {} cannot be read: {why}", file.display()),
        KubeconfigError::LoadContext(name) => format!("the kubeconfig has no context {name}"),
        KubeconfigError::CurrentContextNotSet => "the kubeconfig names no current context".into(),
        other => format!("the kubeconfig cannot be used: {other}"),
    };
    format!("no cluster: {why}. Set KUBECONFIG, or say --kubeconfig FILE and --context NAME")
}

/// The name of `NAME` or `mpd/NAME`.
pub fn deployment_name(text: &str) -> anyhow::Result<&str> {
    let Some((kind, name)) = text.split_once('/') else { return Ok(text) };
    let names = definitions::all().into_iter().map(|crd| crd.spec.names).find(|names| names.kind == "ModelDeployment");
    let ours = names.is_some_and(|names| {
        let kind = kind.to_ascii_lowercase();
        let kind = kind.strip_suffix(&format!(".{GROUP}")).unwrap_or(&kind);
        let mut all = names.singular.iter().chain(names.short_names.iter().flatten()).chain([&names.plural]);
        all.any(|known| known == kind)
    });
    anyhow::ensure!(ours && !name.is_empty(), "{text} is not a ModelDeployment: write NAME or mpd/NAME");
    Ok(name)
}

/// One deployment, or what there is instead.
pub async fn deployment(client: &Client, namespace: &str, name: &str) -> anyhow::Result<ModelDeployment> {
    let api: Api<ModelDeployment> = Api::namespaced(client.clone(), namespace);
    call(REQUEST_TIMEOUT, api.get(name)).await.map_err(|error| match () {
        () if is_absent(&error) => anyhow::anyhow!(
            "there is no ModelDeployment {namespace}/{name}. Those that there are: kubectl get mpd -n {namespace}"
        ),
        () if error.is_not_found() => anyhow::anyhow!("{NOT_INSTALLED}"),
        () => anyhow::anyhow!("ModelDeployment {namespace}/{name} could not be read ({error})"),
    })
}

const NOT_INSTALLED: &str = "this cluster has no Modelport: its kinds are not there";

/// Whether it is the object that is not there, and not its kind.
fn is_absent(error: &CallError) -> bool {
    let details = error.status().and_then(|status| status.details.as_ref());
    error.is_not_found() && details.is_some_and(|details| !details.name.is_empty())
}

/// Why what a command cannot do without was not read; where a right is lacking, the role that gives it, and how.
pub async fn unread(client: &Client, what: &str, error: &CallError) -> anyhow::Error {
    if error.is_forbidden() {
        let user = user(client).await.unwrap_or_else(|_| "USER".into());
        // The API server says of which of the kinds it is.
        let kind = error.status().and_then(|status| status.details.as_ref()).map(|details| details.kind.as_str());
        let kind = kind.filter(|kind| !kind.is_empty()).unwrap_or(what);
        return anyhow::anyhow!("{}", no_right(&user, kind));
    }
    if error.is_not_found() && what != "nodes" && what != "namespaces" {
        return anyhow::anyhow!("{NOT_INSTALLED}");
    }
    anyhow::anyhow!("{}", missing(what, "in the cluster", error))
}

fn no_right(user: &str, what: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
    let binding: String = user.chars().map(plain).collect();
    format!(
        "you are {user}, and may not list {what} in the whole cluster; an administrator lets you by the role {READER}:\n  kubectl create clusterrolebinding {READER}-{binding} --clusterrole={READER} --user={user}\nOf your own deployments, this shows the short form:\n  kubectl describe mpd/NAME -n NAMESPACE"
    )
}

/// Who the API server takes the caller for.
pub async fn user(client: &Client) -> anyhow::Result<String> {
    let api = Api::<SelfSubjectReview>::all(client.clone());
    let who = SelfSubjectReview::default();
    let answer = call(REQUEST_TIMEOUT, api.create(&PostParams::default(), &who)).await;
    let answer = answer.map_err(|error| anyhow::anyhow!("who you are could not be asked ({error})"))?;
    let name = answer.status.and_then(|status| status.user_info).and_then(|info| info.username);
    name.ok_or_else(|| anyhow::anyhow!("the API server does not say who you are"))
}

#[cfg(test)]
mod tests {
    use http::{Request, Response, StatusCode};
    use kube::client::Body;

    use super::*;

    /// A client of an API server that answers all but who asks with this status.
    fn answering(code: u16, status: serde_json::Value) -> Client {
        let service = tower::service_fn(move |request: Request<Body>| {
            let (code, body) = if request.uri().path().ends_with("selfsubjectreviews") {
                (201, serde_json::json!({"metadata": {}, "status": {"userInfo": {"username": "mia@acme.example"}}}))
            } else {
                (code, status.clone())
            };
            async move {
                let answer = Response::builder().status(StatusCode::from_u16(code).unwrap());
                Ok::<_, std::convert::Infallible>(answer.body(Body::from(body.to_string().into_bytes())).unwrap())
            }
        });
        Client::new(service, "demo")
    }

    fn status(code: u16, reason: &str, message: &str, details: &serde_json::Value) -> serde_json::Value {
        serde_json::json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "code": code, "reason": reason, "message": message, "details": details
        })
    }

    #[tokio::test]
    async fn a_deployment_that_is_not_there_is_told_without_the_words_of_a_debugger() {
        let details = serde_json::json!({"name": "nope", "group": "modelport.dev", "kind": "modeldeployments"});
        let absent = answering(404, status(404, "NotFound", "modeldeployments \"nope\" not found", &details));
        let said = format!("{:#}", deployment(&absent, "demo", "nope").await.unwrap_err());
        assert_eq!(said, "there is no ModelDeployment demo/nope. Those that there are: kubectl get mpd -n demo");
        let bare = answering(404, status(404, "NotFound", "the server could not find it", &serde_json::json!({})));
        assert_eq!(format!("{:#}", deployment(&bare, "demo", "nope").await.unwrap_err()), NOT_INSTALLED);
        let details = serde_json::json!({"name": "bot", "group": "modelport.dev", "kind": "modeldeployments"});
        let closed = answering(403, status(403, "Forbidden", "mia cannot get resource", &details));
        let said = format!("{:#}", deployment(&closed, "demo", "bot").await.unwrap_err());
        assert_eq!(said, "ModelDeployment demo/bot could not be read (mia cannot get resource)");
    }

    #[tokio::test]
    async fn a_right_that_is_lacking_is_told_with_the_role_that_gives_it() {
        let details = serde_json::json!({"group": "modelport.dev", "kind": "licensees"});
        let closed = answering(403, status(403, "Forbidden", "cannot list resource \"licensees\"", &details));
        let error = crate::facts::live::snapshot(&closed, REQUEST_TIMEOUT).await.unwrap_err();
        let said = format!("{:#}", unread(&closed, "licensees", &error).await);
        assert!(
            said.starts_with("you are mia@acme.example, and may not list licensees in the whole cluster; "),
            "{said}"
        );
        let command = "kubectl create clusterrolebinding modelport-reader-mia-acme.example \
                       --clusterrole=modelport-reader --user=mia@acme.example\n";
        assert!(said.contains(command), "{said}");
        assert!(said.contains("kubectl describe mpd/NAME"), "{said}");
        assert!(!said.contains("Status {") && !said.contains("ApiError"), "{said}");
    }

    #[tokio::test]
    async fn a_kubeconfig_that_cannot_be_used_is_told_once() {
        let reach = Reach { kubeconfig: Some("/nonexistent".into()), context: None };
        let said = format!("{:#}", reach.client().await.err().unwrap());
        assert!(said.starts_with("no cluster: the kubeconfig /nonexistent cannot be read: No such file"), "{said}");
        assert!(said.ends_with(". Set KUBECONFIG, or say --kubeconfig FILE and --context NAME"), "{said}");
        assert!(!said.contains("infer"), "{said}");
    }

    #[test]
    fn only_a_model_deployment_is_taken_for_one() {
        for text in ["bot", "mpd/bot", "modeldeployment/bot", "ModelDeployments.modelport.dev/bot"] {
            assert_eq!(deployment_name(text).unwrap(), "bot");
        }
        for text in ["pod/bot", "licensee/bot", "mpd/", "a/b/c"] {
            let said = deployment_name(text).unwrap_err().to_string();
            assert_eq!(said, format!("{text} is not a ModelDeployment: write NAME or mpd/NAME"));
        }
    }
}
