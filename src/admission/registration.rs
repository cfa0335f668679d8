//! Keeps the certificate, the webhook configuration and the policies as the operator wants them. I/O.
//!
//! The operator alone applies them: a chart that did would lose the next upgrade to a conflict of field managers.
//! They are owned by the release's ClusterRole, so that uninstalling the release removes them.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams},
};
use serde_json::{Value, json};

use super::{certificate, configuration, node_policy, pod_policy, scale_policy, template_policy, waiver_policy};
use crate::{
    apply::differs::difference,
    catalog::place::Places,
    manifest::names::{MANAGER_ADMISSION, NODE_POLICY, POD_POLICY, SCALE_POLICY, TEMPLATE_POLICY, WAIVER_POLICY},
    ops::{
        args::{Certificates, RunArgs},
        call::{CallError, call},
        health::Readiness,
        metrics::Metrics,
        owner::owner,
        tls::Swappable,
    },
};

/// Time between looks: a configuration that somebody deleted is back after at most this.
const INTERVAL: Duration = Duration::from_secs(5);
/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the registration is not as it should be.
#[derive(Debug, thiserror::Error)]
enum RegistrationError {
    #[error("{what}: {error}")]
    Api { what: &'static str, error: CallError },
    #[error(transparent)]
    Make(#[from] certificate::MakeError),
    #[error("Secret {0} holds no certificate yet")]
    NoCertificate(String),
    #[error(transparent)]
    Certificate(#[from] crate::ops::tls::CertificateError),
}

/// What the registration works with.
pub struct Registration {
    /// Client.
    pub client: Client,
    /// Flags.
    pub args: RunArgs,
    /// The countries that a node may say it stands in.
    pub places: &'static Places,
    /// The operator's account, as the API server sees it.
    pub account: String,
    /// What is served.
    pub served: Arc<Swappable>,
    /// Told once there is a certificate.
    pub readiness: Arc<Readiness>,
    /// Counts writes.
    pub metrics: Arc<Metrics>,
    /// Whether this replica writes.
    pub leadership: Arc<super::super::controller::lease::Leadership>,
}

impl Registration {
    /// Looks and mends until the task is dropped.
    pub async fn keep(self) {
        let mut serving = Vec::new();
        let mut leads = self.leadership.watch();
        loop {
            if let Err(error) = self.look(&mut serving).await {
                tracing::warn!(%error, "the webhook is not registered as it should be; trying again");
            }
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                _ = leads.changed() => {}
            }
        }
    }

    async fn look(&self, serving: &mut Vec<u8>) -> Result<(), RegistrationError> {
        let data = self.certificate().await?;
        let bundle = certificate::bundle(&data).cloned();
        // The configuration trusts a new authority before anybody serves under it.
        if self.leadership.is_held() {
            self.apply_all(bundle.as_ref()).await?;
        }
        let (Some(certificate), Some(key)) = (data.get("tls.crt"), data.get("tls.key")) else {
            return Err(RegistrationError::NoCertificate(self.args.certificate_secret.clone()));
        };
        if *serving != certificate.0 {
            self.served.swap(&certificate.0, &key.0)?;
            serving.clone_from(&certificate.0);
            self.readiness.webhook_serves();
            if let Some(expires) = certificate::expires(&data) {
                #[expect(clippy::cast_precision_loss, reason = "a date in seconds is far below 2^52")]
                self.metrics.certificate_expiry_seconds.set(expires.as_second() as f64);
            }
            tracing::info!(secret = self.args.certificate_secret, "serving the webhook's certificate");
        }
        Ok(())
    }

    /// The Secret's data, made or renewed where it is ours to make.
    async fn certificate(&self) -> Result<certificate::Data, RegistrationError> {
        let api: Api<Secret> = Api::namespaced(self.client.clone(), &self.args.namespace);
        let name = &self.args.certificate_secret;
        let stored = bounded("reading the certificate", api.get_opt(name)).await?;
        let data = stored.as_ref().and_then(|s| s.data.clone()).unwrap_or_default();
        if self.args.certificates == Certificates::Secret {
            return Ok(data);
        }
        let names = self.dns_names();
        let now = Timestamp::now();
        if certificate::need(&data, &names, now) == certificate::Need::Nothing || !self.leadership.is_held() {
            return Ok(data);
        }
        let renewed = certificate::renewed(data, &names, now)?;
        let owner = self.owner().await?;
        let body = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "ownerReferences": owner.as_slice()},
            "type": "Opaque",
            "data": renewed.iter().map(|(k, v)| (k.clone(), serde_json::to_value(v).unwrap_or_default())).collect::<serde_json::Map<_, _>>(),
        });
        bounded("writing the certificate", api.patch(name, &params(), &Patch::Apply(&body))).await?;
        self.metrics.wrote("Secret");
        tracing::info!(secret = name, "made a certificate for the webhook");
        Ok(renewed)
    }

    fn dns_names(&self) -> Vec<String> {
        if let Some(url) = &self.args.webhook_url {
            let host = url.split("://").nth(1).unwrap_or(url).split(['/', ':']).next().unwrap_or_default();
            return vec![host.to_owned(), "localhost".into()];
        }
        let (service, namespace) = (&self.args.service, &self.args.namespace);
        vec![format!("{service}.{namespace}.svc"), format!("{service}.{namespace}.svc.cluster.local")]
    }

    async fn apply_all(&self, bundle: Option<&ByteString>) -> Result<(), RegistrationError> {
        let owner = self.owner().await?;
        let bundle = bundle.map(|b| serde_json::to_value(b).unwrap_or_default());
        let bundle = bundle.as_ref().and_then(Value::as_str).unwrap_or_default();
        let reach = match &self.args.webhook_url {
            Some(url) => configuration::Reach::Url(url.clone()),
            None => configuration::Reach::Service {
                namespace: self.args.namespace.clone(),
                name: self.args.service.clone(),
            },
        };
        let wanted = [
            // First: who may create a Waiver is asked before anything else of ours is in place.
            waiver_policy::policy(),
            configuration::binding(WAIVER_POLICY),
            configuration::webhook(&reach, &self.args.namespace, bundle, self.args.report_bindings),
            pod_policy::policy(&self.account, &self.args.controller_accounts),
            configuration::binding(POD_POLICY),
            template_policy::policy(&self.account, &self.args.controller_accounts),
            configuration::binding(TEMPLATE_POLICY),
            scale_policy::policy(&self.account, &self.args.controller_accounts, &self.args.autoscaler_accounts),
            configuration::binding(SCALE_POLICY),
            node_policy::policy(&self.account, self.places.countries().map(|country| country.code.as_str())),
            configuration::binding(NODE_POLICY),
        ];
        for mut object in wanted {
            if let (Some(owner), Some(metadata)) = (&owner, object.get_mut("metadata").and_then(Value::as_object_mut)) {
                metadata.insert("ownerReferences".into(), json!([owner]));
            }
            self.apply(&object).await?;
        }
        Ok(())
    }

    async fn owner(&self) -> Result<Option<Value>, RegistrationError> {
        let owner = owner(&self.client, self.args.owner_cluster_role.as_deref(), REQUEST_TIMEOUT).await;
        owner.map_err(|error| RegistrationError::Api { what: "reading the owner", error })
    }

    /// Writes an object only where the live one lacks something of it.
    async fn apply(&self, wanted: &Value) -> Result<(), RegistrationError> {
        let text = |key: &str| wanted[key].as_str().unwrap_or_default().to_owned();
        let name = wanted.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        let (group, version) =
            text("apiVersion").split_once('/').map(|(g, v)| (g.to_owned(), v.to_owned())).unwrap_or_default();
        let resource = ApiResource::from_gvk(&GroupVersionKind { group, version, kind: text("kind") });
        let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &resource);
        let live = bounded("reading the registration", api.get_opt(name)).await?;
        let live = live.and_then(|object| serde_json::to_value(object).ok()).unwrap_or_default();
        let Some(path) = difference(wanted, &live) else { return Ok(()) };
        bounded("writing the registration", api.patch(name, &params(), &Patch::Apply(wanted))).await?;
        self.metrics.wrote("Registration");
        tracing::info!(kind = text("kind"), name, differs = path, "applied");
        Ok(())
    }
}

fn params() -> PatchParams {
    PatchParams::apply(MANAGER_ADMISSION).force()
}

async fn bounded<T>(
    what: &'static str,
    request: impl Future<Output = Result<T, kube::Error>>,
) -> Result<T, RegistrationError> {
    call(REQUEST_TIMEOUT, request).await.map_err(|error| RegistrationError::Api { what, error })
}
