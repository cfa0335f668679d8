//! The Service: one address, or names that resolve to the pods; its port is the engine's.

use k8s_openapi::{
    api::core::v1::{Service, ServicePort, ServiceSpec},
    apimachinery::pkg::util::intstr::IntOrString,
};

use super::{Inputs, Owner, metadata, selector};
use crate::manifest::{names::SERVICE_PORT_NAME, serving::ServiceShape};

/// The Service of a deployment.
#[must_use]
pub fn render(owner: &Owner, inputs: &Inputs) -> Service {
    let headless = inputs.spec.expose.service == ServiceShape::Headless;
    Service {
        metadata: metadata(owner, &owner.name),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".into()),
            cluster_ip: headless.then(|| "None".into()),
            selector: Some(selector(owner)),
            ports: Some(vec![ServicePort {
                name: Some(SERVICE_PORT_NAME.into()),
                port: i32::from(inputs.engine.ports.http),
                target_port: Some(IntOrString::String(SERVICE_PORT_NAME.into())),
                protocol: Some("TCP".into()),
                ..ServicePort::default()
            }]),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

/// Where the model is called, inside the cluster.
#[must_use]
pub fn endpoint(owner: &Owner, inputs: &Inputs) -> String {
    let path = if inputs.engine.openai_api.is_yes() { "/v1" } else { "" };
    format!("http://{}.{}:{}{path}", owner.name, owner.namespace, inputs.engine.ports.http)
}
