//! Facts and manifests from files, for the command line. Reading is total: a document that cannot be read is named with
//! its field, and the others are read all the same.

mod namespaces;
mod nearest;
mod nodes;
mod notes;
mod whose;
mod why;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::{CustomResourceExt, Resource};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::manifest::{
    InferenceRuntime, Licensee, ModelDeployment, ModelLicense, ModelPolicy, Reason, Waiver,
    inference_runtime::InferenceRuntimeSpec,
    licensee::LicenseeSpec,
    model_deployment::ModelDeploymentSpec,
    model_license::ModelLicenseSpec,
    model_policy::ModelPolicySpec,
    names,
    schema::{self, How, Refused},
    selection::is_name,
    shape,
    waiver::WaiverSpec,
};

use super::{
    Fact, Unread,
    lines::{Lines, limits, not_yaml},
    metadata::Metadata,
    snapshot::Snapshot,
    texts,
};
use whose::Whose;
use why::{unknown_field, unread_because};

/// Namespace of a manifest that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

/// What stands for the file of an object that was read from a cluster.
const CLUSTER: &str = "cluster";

/// A ModelDeployment as a file holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The file.
    pub file: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its UID, where the file was read from a cluster; without it no Waiver applies.
    pub uid: Option<String>,
    /// What it says.
    pub spec: ModelDeploymentSpec,
    /// On which lines of the file.
    pub lines: Lines,
}

/// A document that cannot be read, or a field of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// Kind and name, as far as they are known.
    pub object: String,
    /// What is wrong, for a person.
    pub why: String,
}

/// Something wrong in an object of the legal or platform team; it is read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// Kind and name.
    pub object: String,
    /// Stable code.
    pub reason: Reason,
    /// What is wrong, and what to do.
    pub sentence: String,
}

/// A fact, and the folder it was read from.
#[derive(Clone, Debug)]
struct Placed<S> {
    folder: String,
    file: String,
    lines: Lines,
    fact: Fact<S>,
}

/// Everything that files hold. Facts of all files count for all manifests; where two files hold an object of the same
/// kind and name, the one whose folder is nearest to the manifest counts; of two in one folder that differ, neither.
#[derive(Clone, Debug, Default)]
pub struct Owned {
    /// The namespace of manifests that name none; `default` where nobody says.
    pub namespace: Option<String>,
    /// Manifests, in the order of the files.
    pub manifests: Vec<Manifest>,
    /// What cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// Documents of kinds that are not ours.
    pub others: usize,
    /// What the files of the model declare, where its folder was given.
    pub metadata: Option<Fact<Metadata>>,
    /// Nodes, as kubectl prints them.
    nodes: Vec<nodes::Given>,
    licensees: Vec<Placed<LicenseeSpec>>,
    policies: Vec<Placed<ModelPolicySpec>>,
    licenses: Vec<Placed<ModelLicenseSpec>>,
    runtimes: Vec<Placed<InferenceRuntimeSpec>>,
    waivers: Vec<Placed<WaiverSpec>>,
    namespaces: BTreeMap<String, BTreeMap<String, String>>,
    unread: Vec<Unread>,
}

impl Owned {
    /// Reads files and folders; a folder with all that is below it.
    pub fn load(paths: &[PathBuf]) -> io::Result<Self> {
        let mut owned = Self::default();
        owned.load_more(paths)?;
        Ok(owned)
    }

    /// Reads more files and folders, after what is there.
    pub fn load_more(&mut self, paths: &[PathBuf]) -> io::Result<()> {
        texts::each(paths, |file, text| {
            let before = self.nodes.len();
            match text {
                Ok(text) => self.read(file, &text),
                Err(why) => self.cannot_read(file, 1, "file", why),
            }
            if paths.iter().any(|path| path == Path::new(file)) {
                self.nodes.iter_mut().skip(before).for_each(|node| node.folder = None);
            }
        })
    }

    /// Adds what a cluster holds, behind whatever the files say of the same object.
    pub fn add_cluster(&mut self, snapshot: Snapshot, namespaces: BTreeMap<String, BTreeMap<String, String>>) {
        fn placed<S>(facts: Vec<Fact<S>>) -> impl Iterator<Item = Placed<S>> {
            facts.into_iter().map(|fact| Placed {
                folder: String::new(),
                file: CLUSTER.into(),
                lines: Lines::default(),
                fact,
            })
        }
        self.licensees.splice(0..0, placed(snapshot.licensees));
        self.policies.splice(0..0, placed(snapshot.policies));
        self.licenses.splice(0..0, placed(snapshot.licenses));
        self.runtimes.splice(0..0, placed(snapshot.runtimes));
        self.waivers.splice(0..0, placed(snapshot.waivers));
        self.unread.extend(snapshot.unread);
        for (name, labels) in namespaces {
            self.namespaces.entry(name).or_insert(labels);
        }
    }

    /// Makes the only Licensee of the files speak for every namespace, and gives its name; several stay as they are.
    pub fn licensee_everywhere(&mut self) -> Option<&str> {
        let [only] = self.licensees.as_mut_slice() else { return None };
        only.fact.spec.namespaces = None;
        only.fact.spec.namespace_selector = Some(LabelSelector::default());
        Some(&only.fact.name)
    }

    /// Reads one file's text: any number of documents, YAML or JSON.
    pub fn read(&mut self, file: &str, text: &str) {
        match serde_saphyr::from_multiple_with_options::<Value>(text, limits()) {
            Ok(documents) => {
                let mut lines = Lines::of_all(text).into_iter();
                for document in documents {
                    self.document(file, document, &lines.next().unwrap_or_default());
                }
            }
            Err(error) => {
                let line = error.location().map_or(1, |at| at.line());
                let why = not_yaml(&error);
                for kind in whose::facts_named_in(text) {
                    self.unread(file, kind, "", &why);
                }
                self.cannot_read(file, line, "file", why);
            }
        }
    }

    /// Whether nothing of ours was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.manifests.is_empty()
            && self.unreadable.is_empty()
            && self.licensees.is_empty()
            && self.policies.is_empty()
            && self.licenses.is_empty()
            && self.runtimes.is_empty()
            && self.waivers.is_empty()
    }

    /// Labels of a namespace, where a file holds it.
    #[must_use]
    pub fn labels(&self, namespace: &str) -> BTreeMap<String, String> {
        self.namespaces.get(namespace).cloned().unwrap_or_default()
    }

    fn cannot_read(&mut self, file: &str, line: u64, object: &str, why: String) {
        self.unreadable.push(Unreadable { file: file.into(), line, object: object.into(), why });
    }

    fn document(&mut self, file: &str, mut document: Value, lines: &Lines) {
        if document.is_null() {
            return;
        }
        let word = |path: &str| document.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (api, kind, name) = (word("/apiVersion"), word("/kind"), word("/metadata/name"));
        if kind == "List" {
            if let Some(Value::Array(items)) = document.get("items").cloned() {
                for (i, item) in items.into_iter().enumerate() {
                    self.document(file, item, &lines.item(i));
                }
            }
            return;
        }
        if api == "v1" && kind == "Namespace" {
            return self.namespace((file, lines), name, &document);
        }
        if api == "v1" && kind == "Node" {
            let folder = Path::new(file).parent().map(|parent| parent.display().to_string());
            self.nodes.push(nodes::Given { folder, file: file.into(), lines: lines.clone(), name, document });
            return;
        }
        let object = format!("{kind}/{name}");
        match whose::whose(&api, &kind) {
            Whose::Ours => {}
            Whose::Other => {
                self.others += 1;
                return;
            }
            Whose::Misnamed(field, why) => {
                // What a fact says under another name is not known.
                for kind in whose::facts_named_in(&format!("kind: {kind}")) {
                    self.unread(file, kind, &name, &why);
                }
                return self.cannot_read(file, lines.of(field), &object, why);
            }
        }
        schema::drop_nulls(&kind, &mut document);
        let made = document.pointer("/metadata/generateName").is_some();
        // A ModelDeployment's name has a rule of its own, which its definition holds.
        let free = made && name.is_empty() || kind == "ModelDeployment" && !name.is_empty();
        if let Some(why) = names::object_problem(&name).filter(|_| !free) {
            return self.cannot_read(file, lines.of("metadata.name"), &object, why.into());
        }
        let folder = Path::new(file).parent().map(|parent| parent.display().to_string()).unwrap_or_default();
        let place = |folder| (folder, file.to_owned(), lines.clone());
        match kind.as_str() {
            "ModelDeployment" => {
                // kubectl takes an empty one for none.
                let written = document.pointer("/metadata/namespace").and_then(Value::as_str);
                if let Some(namespace) = written.filter(|text| !text.is_empty() && !is_name(text)) {
                    let why =
                        format!("metadata.namespace is {}, which is no name of a namespace", shape::shown(namespace));
                    return self.cannot_read(file, lines.of("metadata.namespace"), &object, why);
                }
                if let Some(read) = self.strict::<ModelDeployment>((file, lines), &object, &document) {
                    self.manifests.push(Manifest {
                        file: file.into(),
                        namespace: read
                            .metadata
                            .namespace
                            .filter(|namespace| !namespace.is_empty())
                            .or_else(|| self.namespace.clone())
                            .unwrap_or_else(|| DEFAULT_NAMESPACE.into()),
                        name,
                        uid: read.metadata.uid,
                        spec: read.spec,
                        lines: lines.clone(),
                    });
                }
            }
            "Licensee" => {
                let read = self.strict::<Licensee>((file, lines), &object, &document);
                self.licensees.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            "ModelPolicy" => {
                let read = self.strict::<ModelPolicy>((file, lines), &object, &document);
                self.policies.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            "ModelLicense" => {
                let read = self.strict::<ModelLicense>((file, lines), &object, &document);
                self.licenses.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            "InferenceRuntime" => {
                let read = self.strict::<InferenceRuntime>((file, lines), &object, &document);
                self.runtimes.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            "Waiver" => {
                let read = self.strict::<Waiver>((file, lines), &object, &document);
                self.waivers.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            _ => {}
        }
    }

    fn unread(&mut self, file: &str, kind: &str, name: &str, why: &str) {
        self.unread.push(Unread {
            kind: kind.into(),
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            file: Some(file.to_owned()),
            why: why.to_owned(),
        });
    }

    /// An object, or a line that says which field is unknown, of another type, or what the API server refuses.
    fn strict<K: DeserializeOwned + CustomResourceExt>(
        &mut self,
        (file, lines): (&str, &Lines),
        object: &str,
        document: &Value,
    ) -> Option<K> {
        let (kind, name) = object.split_once('/').unwrap_or((object, ""));
        let refused = schema::refused(kind, &with_name(document));
        let mut unknown = Vec::new();
        let mut track = serde_path_to_error::Track::new();
        let tracked = serde_path_to_error::Deserializer::new(document, &mut track);
        let read: Result<K, _> = serde_ignored::deserialize(tracked, |path| {
            let path = path.to_string();
            // The typed objects know their own kind and version, and do not read these two.
            if path != "apiVersion" && path != "kind" {
                unknown.push(path);
            }
        });
        // Options show as question marks in a path.
        let plain = |path: &str| path.replace(".?", "");
        let at = plain(&track.path().to_string());
        let missing =
            |error: &str| error.starts_with("missing field") && refused.iter().any(|one| one.how == How::Missing);
        let (field, why) = match (&read, unknown.as_slice()) {
            (Ok(_), []) => {
                // What is said of the whole object is said of its name.
                let first = refused.first().map(|one| one.field.clone()).filter(|field| !field.is_empty());
                (
                    first.unwrap_or_else(|| "metadata.name".into()),
                    (!refused.is_empty()).then(|| schema::words(&refused)),
                )
            }
            (Ok(_), [first, ..]) => {
                let unknown = unknown.iter().map(|field| unknown_field(kind, &plain(field)));
                (plain(first), Some(unknown.collect::<Vec<_>>().join("; ")))
            }
            (Err(error), _) if missing(&error.to_string()) => {
                let missing: Vec<Refused> = refused.into_iter().filter(|one| one.how == How::Missing).collect();
                (at, Some(schema::words(&missing)))
            }
            (Err(error), _) => (at.clone(), Some(unread_because(kind, &at, &error.to_string()))),
        };
        let line = lines.of(&field);
        if let Some(why) = &why {
            self.unread(file, kind, name, why);
            self.cannot_read(file, line, object, why.clone());
        }
        read.ok().filter(|_| why.is_none())
    }
}

/// The object with a name such as the API server would give it, where it is asked to give one.
fn with_name(document: &Value) -> Cow<'_, Value> {
    const MAX_BASE_CHARS: usize = 58;
    let meta = |field: &str| document.pointer("/metadata").and_then(|meta| meta.get(field)).and_then(Value::as_str);
    let (None | Some(""), Some(base)) = (meta("name"), meta("generateName")) else { return Cow::Borrowed(document) };
    let name = base.chars().take(MAX_BASE_CHARS).chain("xxxxx".chars()).collect::<String>();
    let mut named = document.clone();
    if let Some(meta) = named.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        meta.insert("name".into(), name.into());
    }
    Cow::Owned(named)
}

fn placed<K: Resource, S: Serialize>((folder, file, lines): (String, String, Lines), object: &K, spec: S) -> Placed<S> {
    let meta = object.meta();
    let fact = Fact::new(meta.name.as_deref().unwrap_or_default(), meta.annotations.as_ref(), spec);
    let created = meta.creation_timestamp.as_ref().map(|time| time.0);
    Placed { folder, file, lines, fact: Fact { created, ..fact } }
}
