//! A child as it is kept in memory: its metadata, and the rest as the text that came. A typed Deployment is ten times as
//! large, and is looked at once in a reconcile.

use std::{borrow::Cow, marker::PhantomData};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::{Map, Value};

/// An object of kind `K`, read and not opened.
#[derive(Clone, Debug)]
pub struct Kept<K> {
    metadata: ObjectMeta,
    /// All but the metadata, as JSON.
    rest: Box<str>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Resource + DeserializeOwned> Kept<K> {
    /// The object. What was read once is read again, so that nothing means that memory is damaged.
    #[must_use]
    pub fn open(&self) -> Option<K> {
        let mut object: K = serde_json::from_str(&self.rest).ok()?;
        *object.meta_mut() = self.metadata.clone();
        Some(object)
    }
}

impl<'de, K: DeserializeOwned> Deserialize<'de> for Kept<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut object = Map::<String, Value>::deserialize(deserializer)?;
        let metadata = object.remove("metadata").unwrap_or_default();
        let metadata = ObjectMeta::deserialize(metadata).map_err(D::Error::custom)?;
        object.insert("metadata".to_owned(), Value::Object(Map::new()));
        let object = Value::Object(object);
        // What could not be opened later is an error of the watch, now.
        K::deserialize(&object).map_err(D::Error::custom)?;
        Ok(Self { metadata, rest: object.to_string().into_boxed_str(), kind: PhantomData })
    }
}

impl<K: Resource<DynamicType = ()>> Resource for Kept<K> {
    type DynamicType = ();
    type Scope = K::Scope;

    fn kind(kind: &()) -> Cow<'_, str> {
        K::kind(kind)
    }

    fn group(kind: &()) -> Cow<'_, str> {
        K::group(kind)
    }

    fn version(kind: &()) -> Cow<'_, str> {
        K::version(kind)
    }

    fn plural(kind: &()) -> Cow<'_, str> {
        K::plural(kind)
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::apps::v1::Deployment;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_kept_opens_as_it_came() {
        let came = json!({
            "metadata": {"name": "bot", "namespace": "shop", "labels": {"a": "b"}},
            "spec": {"replicas": 2, "selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {"containers": [{"name": "engine"}]}}},
            "status": {"replicas": 1}
        });
        let kept: Kept<Deployment> = serde_json::from_value(came.clone()).unwrap();
        assert_eq!(kept.meta().name.as_deref(), Some("bot"));
        assert_eq!(kept.open(), Some(serde_json::from_value(came).unwrap()));
        assert_eq!(Kept::<Deployment>::plural(&()), "deployments");
    }

    #[test]
    fn what_is_no_deployment_is_an_error_when_it_comes() {
        let wrong = json!({"metadata": {"name": "bot"}, "spec": {"replicas": "two"}});
        assert!(serde_json::from_value::<Kept<Deployment>>(wrong).unwrap_err().to_string().contains("two"));
    }
}
