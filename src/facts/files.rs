//! Facts and manifests from files, for the command line. Reading is total: a document that cannot be read is named with
//! its field, and the others are read all the same.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use kube::Resource;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    catalog::Catalog,
    manifest::{
        InferenceRuntime, Licensee, ModelDeployment, ModelLicense, ModelPolicy, Waiver,
        inference_runtime::InferenceRuntimeSpec, licensee::LicenseeSpec, model_deployment::ModelDeploymentSpec,
        model_license::ModelLicenseSpec, model_policy::ModelPolicySpec, names, waiver::WaiverSpec,
    },
};

use super::{Fact, Facts, Unread, snapshot::Snapshot};

/// Largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Most files of one call.
pub const MAX_FILES: usize = 10_000;

/// Namespace of a manifest that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

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
}

/// A document that cannot be read, or a field of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// Kind and name, as far as they are known.
    pub object: String,
    /// What is wrong, for a person.
    pub why: String,
}

/// A fact, and the folder it was read from.
#[derive(Clone, Debug)]
struct Placed<S> {
    folder: String,
    file: String,
    fact: Fact<S>,
}

/// Everything that files hold. Facts of all files count for all manifests; where two files hold an object of the same
/// kind and name, the one whose folder is nearest to the manifest counts, and of two in one folder the later.
#[derive(Clone, Debug, Default)]
pub struct Owned {
    /// Manifests, in the order of the files.
    pub manifests: Vec<Manifest>,
    /// What cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// Documents of kinds that are not ours.
    pub others: usize,
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
        let mut files = Vec::new();
        for path in paths {
            walk(path, &mut files)?;
        }
        for file in files {
            let shown = file.display().to_string();
            if fs::metadata(&file)?.len() > MAX_FILE_BYTES {
                self.cannot_read(&shown, "file", format!("it is larger than {MAX_FILE_BYTES} bytes"));
                continue;
            }
            match fs::read_to_string(&file) {
                Ok(text) => self.read(&shown, &text),
                Err(error) => self.cannot_read(&shown, "file", error.to_string()),
            }
        }
        Ok(())
    }

    /// Adds what a cluster holds, behind whatever the files say of the same object.
    pub fn add_cluster(&mut self, snapshot: Snapshot, namespaces: BTreeMap<String, BTreeMap<String, String>>) {
        fn placed<S>(facts: Vec<Fact<S>>) -> impl Iterator<Item = Placed<S>> {
            facts.into_iter().map(|fact| Placed { folder: String::new(), file: "cluster".into(), fact })
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

    /// Reads one file's text: any number of documents, YAML or JSON.
    pub fn read(&mut self, file: &str, text: &str) {
        match serde_saphyr::from_multiple::<Value>(text) {
            Ok(documents) => {
                for document in documents {
                    self.document(file, document);
                }
            }
            Err(error) => {
                let first = error.to_string();
                let first = first.lines().next().unwrap_or_default().to_owned();
                self.cannot_read(file, "file", format!("it is not YAML: {first}"));
            }
        }
    }

    /// Labels of a namespace, where a file holds it.
    #[must_use]
    pub fn labels(&self, namespace: &str) -> BTreeMap<String, String> {
        self.namespaces.get(namespace).cloned().unwrap_or_default()
    }

    /// The facts for a manifest of this file. `labels` are those of its namespace.
    #[must_use]
    pub fn facts<'a>(
        &'a self,
        file: &str,
        now: Timestamp,
        catalog: &'a Catalog,
        labels: &'a BTreeMap<String, String>,
    ) -> Facts<'a> {
        Facts {
            now,
            catalog,
            namespace_labels: labels,
            licensees: nearest(&self.licensees, file),
            policies: nearest(&self.policies, file),
            licenses: nearest(&self.licenses, file),
            runtimes: nearest(&self.runtimes, file),
            waivers: nearest(&self.waivers, file),
            unread: self.unread.clone(),
        }
    }

    /// What is wrong in the objects of the legal and platform teams: file, object, sentence.
    #[must_use]
    pub fn problems(&self, catalog: &Catalog) -> Vec<(String, String, String)> {
        use crate::manifest::shape;
        let mut all = Vec::new();
        let mut note = |file: &str, object: String, problems: Vec<shape::ShapeProblem>| {
            let lines = problems.into_iter().map(|p| format!("{}: {} {}", p.reason, p.sentence, p.remedy));
            all.extend(lines.map(|line| (file.to_owned(), object.clone(), line)));
        };
        for one in &self.licensees {
            let object = format!("Licensee/{}", one.fact.name);
            note(&one.file, object, shape::licensee_problems(&one.fact.spec, catalog));
        }
        for one in &self.policies {
            let object = format!("ModelPolicy/{}", one.fact.name);
            note(&one.file, object, shape::policy_problems(&one.fact.spec, catalog));
        }
        for one in &self.licenses {
            let object = format!("ModelLicense/{}", one.fact.name);
            note(&one.file, object, shape::license_problems(&one.fact.spec, catalog));
        }
        for one in &self.runtimes {
            let object = format!("InferenceRuntime/{}", one.fact.name);
            note(&one.file, object, shape::runtime_problems(&one.fact.name, &one.fact.spec, catalog));
        }
        for one in &self.waivers {
            let object = format!("Waiver/{}", one.fact.name);
            note(&one.file, object, shape::waiver_problems(&one.fact.spec, one.fact.created));
        }
        all
    }

    fn cannot_read(&mut self, file: &str, object: &str, why: String) {
        self.unreadable.push(Unreadable { file: file.into(), object: object.into(), why });
    }

    fn document(&mut self, file: &str, document: Value) {
        if document.is_null() {
            return;
        }
        let word = |path: &str| document.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (api, kind, name) = (word("/apiVersion"), word("/kind"), word("/metadata/name"));
        if kind == "List" {
            if let Some(Value::Array(items)) = document.get("items").cloned() {
                for item in items {
                    self.document(file, item);
                }
            }
            return;
        }
        if api == "v1" && kind == "Namespace" {
            let labels = document.pointer("/metadata/labels").cloned().unwrap_or_default();
            self.namespaces.insert(name, serde_json::from_value(labels).unwrap_or_default());
            return;
        }
        if api.split_once('/').is_none_or(|(group, _)| group != names::GROUP) {
            self.others += 1;
            return;
        }
        let ours = format!("{}/{}", names::GROUP, "v1alpha1");
        let object = format!("{kind}/{name}");
        if api != ours {
            self.cannot_read(file, &object, format!("apiVersion is {api}, and Modelport reads {ours}"));
            return;
        }
        let folder = Path::new(file).parent().map(|parent| parent.display().to_string()).unwrap_or_default();
        let place = |folder| (folder, file.to_owned());
        match kind.as_str() {
            "ModelDeployment" => {
                if let Some(read) = self.strict::<ModelDeployment>(file, &object, document) {
                    self.manifests.push(Manifest {
                        file: file.into(),
                        namespace: read.metadata.namespace.unwrap_or_else(|| DEFAULT_NAMESPACE.into()),
                        name,
                        uid: read.metadata.uid,
                        spec: read.spec,
                    });
                }
            }
            "Licensee" => {
                let read = self.strict::<Licensee>(file, &object, document);
                self.licensees.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            "ModelPolicy" => {
                let read = self.strict::<ModelPolicy>(file, &object, document);
                self.policies.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            "ModelLicense" => {
                let read = self.strict::<ModelLicense>(file, &object, document);
                self.licenses.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            "InferenceRuntime" => {
                let read = self.strict::<InferenceRuntime>(file, &object, document);
                self.runtimes.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            "Waiver" => {
                let read = self.strict::<Waiver>(file, &object, document);
                self.waivers.extend(read.map(|read| placed(place(folder), &read, read.spec.clone())));
            }
            _ => self.cannot_read(file, &object, format!("{kind} is no kind of {}", names::GROUP)),
        }
    }

    /// An object, or a line that says which field is unknown or of another type.
    fn strict<K: DeserializeOwned>(&mut self, file: &str, object: &str, document: Value) -> Option<K> {
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
        let why = match (&read, unknown.as_slice()) {
            (Ok(_), []) => None,
            (Ok(_), fields) => Some(format!("unknown field {}", fields.join(", ").replace(".?", ""))),
            (Err(error), _) => Some(format!("{}: {error}", track.path())),
        };
        if let Some(why) = &why {
            let (kind, name) = object.split_once('/').unwrap_or((object, ""));
            self.unread.push(Unread {
                kind: kind.into(),
                name: Some(name.to_owned()).filter(|name| !name.is_empty()),
                why: format!("{file}: {why}"),
            });
            self.cannot_read(file, object, why.clone());
        }
        read.ok().filter(|_| why.is_none())
    }
}

fn placed<K: Resource, S: Serialize>((folder, file): (String, String), object: &K, spec: S) -> Placed<S> {
    let meta = object.meta();
    let fact = Fact::new(meta.name.as_deref().unwrap_or_default(), meta.annotations.as_ref(), spec);
    let created = meta.creation_timestamp.as_ref().map(|time| time.0);
    Placed { folder, file, fact: Fact { created, ..fact } }
}

/// Of each name the object nearest to the file, and of two in one folder the later.
fn nearest<'a, S>(all: &'a [Placed<S>], file: &str) -> Vec<&'a Fact<S>> {
    let folder = Path::new(file).parent().unwrap_or_else(|| Path::new(""));
    let shared = |one: &Placed<S>| {
        folder.components().zip(Path::new(&one.folder).components()).take_while(|(a, b)| a == b).count()
    };
    // Of those that share as much, one that stands above the manifest is nearer than one beside it.
    let rank = |one: &Placed<S>| (shared(one), std::cmp::Reverse(Path::new(&one.folder).components().count()));
    let mut chosen: BTreeMap<&str, &Placed<S>> = BTreeMap::new();
    for one in all {
        let keep = chosen.get(one.fact.name.as_str()).is_none_or(|known| rank(one) >= rank(known));
        if keep {
            chosen.insert(&one.fact.name, one);
        }
    }
    chosen.into_values().map(|one| &one.fact).collect()
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if files.len() >= MAX_FILES {
        return Err(io::Error::other(format!("more than {MAX_FILES} files")));
    }
    if !path.is_dir() {
        // A file that does not exist is told apart from one that is empty.
        fs::metadata(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let wanted = entry.extension().is_some_and(|ext| matches!(ext.to_str(), Some("yaml" | "yml" | "json")));
        // A link to a folder is not followed: a circle of them would have no end.
        let folder = entry.is_dir() && !entry.is_symlink();
        if !hidden && (folder || (wanted && entry.is_file())) {
            walk(&entry, files)?;
        }
    }
    Ok(())
}
