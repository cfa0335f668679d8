//! Sentences about what a model's own files say, and about what it was made from.

use crate::{
    catalog::license::License,
    facts::metadata::{Base, Carrier, Declared, Metadata, Trouble},
    manifest::Reason,
};

use super::{
    super::{
        Effect, Finding,
        case::{Case, finding},
        expand,
        identity::{How, Said as Word},
        requant::Origin,
    },
    Said, and,
    identity::{MADE_FROM, WHO_CHOOSES, WHO_SAYS},
};

const PUBLISHER: &str = "The legal team clears it up with the publisher, or says in a ModelLicense which texts apply.";

fn overrides(of: &str) -> String {
    format!(
        "The legal or platform team says in a ModelLicense with overrides which texts apply to {of}; then it goes on by itself."
    )
}

/// "the model card README.md"
fn carrier(carrier: Carrier, file: &str) -> String {
    match carrier {
        Carrier::Card => format!("the model card {file}"),
        Carrier::AdapterConfig => format!("the adapter's {file}"),
        Carrier::Gguf => format!("the header of {file}"),
        Carrier::ModelPack => format!("the ModelPack configuration {file}"),
    }
}

fn short(case: &Case<'_>, id: &str) -> String {
    expand::license(case, id).map_or_else(|| id.to_owned(), |(license, _)| license.short.clone())
}

fn shorts<'a>(case: &Case<'_>, ids: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<String> = ids.into_iter().map(|id| short(case, id)).collect();
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    and(&names)
}

/// `other (modified-mit)`, with where the text is said to be.
fn words(declared: &Declared) -> String {
    let mut words = declared.licenses.join(", ");
    if let Some(name) = &declared.name {
        words = format!("{words} ({name})");
    }
    words
}

fn waits(of: &str, reason: Reason, settled: bool, sentence: String) -> Finding {
    let effect = if settled { Effect::Warns } else { Effect::Waits };
    finding(reason, effect, of, sentence)
}

pub(in super::super) fn circle(line: &[&str], name: &str, file: &str) -> Finding {
    let of = line.first().copied().unwrap_or(name);
    let mut all: Vec<&str> = line.to_vec();
    all.push(name);
    let sentence = format!(
        "the base models of {of} go in a circle ({}), as {file} names them, so what it was made from is not known.",
        all.join(", from ")
    );
    finding(Reason::LicenseUnknown, Effect::Waits, of, sentence).remedy(overrides(of))
}

pub(in super::super) fn too_deep(line: &[&str], name: &str) -> Finding {
    let of = line.first().copied().unwrap_or(name);
    let sentence = format!(
        "the base models of {of} are followed to {}, and go on to {name}: more than {} in a line, or more than are looked up in all.",
        line.last().copied().unwrap_or(of),
        super::super::descent::MAX_DEPTH_MODELS
    );
    finding(Reason::LicenseUnknown, Effect::Waits, of, sentence).remedy(overrides(of))
}

pub(in super::super) fn not_a_repository(of: &str, base: &Base) -> Finding {
    let sentence = format!(
        "{} says that {of} was made from {}, which is no repository's name, so the licence that comes with it is not known.",
        carrier(base.carrier, &base.file),
        base.name
    );
    finding(Reason::LicenseUnknown, Effect::Waits, of, sentence)
        .remedy("The author of the manifest names the base model in spec.model.baseModels.")
}

pub(in super::super) fn choice(of: &str, declared: &Declared, written: &str) -> Finding {
    let sentence = format!(
        "{} offers {of} under {written}, and nobody chose, so the terms of each are taken.",
        carrier(declared.carrier, &declared.file)
    );
    finding(Reason::LicenseConflict, Effect::Warns, of, sentence)
        .remedy("The author of the manifest names the one that is chosen in spec.model.license.")
}

/// The author's own expression leaves a choice.
pub(in super::super) fn author_choice(of: &str, written: &str) -> Finding {
    let sentence =
        format!("spec.model.license offers {of} under {written}, and nobody chose, so the terms of each are taken.");
    finding(Reason::LicenseConflict, Effect::Warns, of, sentence).remedy(WHO_CHOOSES)
}

/// The author or the model's files say another licence than that of the model that its name points to.
pub(in super::super) fn claim_differs(case: &Case<'_>, words: &[&Word<'_>], origin: &Origin<'_>) -> Finding {
    let of = words.first().map_or("the model", |one| one.of);
    let written = case.request.spec.model.license.as_deref();
    let by_author = words.iter().any(|one| matches!(one.how, How::Author));
    let name = case.request.spec.model.name.as_deref();
    let fields = [("license", written), ("name", name.filter(|_| written.is_none()))];
    let fields = fields.into_iter().filter(|_| by_author);
    let mut said: Vec<String> =
        fields.filter_map(|(field, text)| text.map(|text| format!("spec.model.{field} says {text} of {of}"))).collect();
    for one in words {
        let How::Files(file) = one.how else { continue };
        said.push(format!("{file} says {} of {of}", short(case, one.id)));
    }
    let sentence = format!(
        "{}, which by its name is {}, and that is under {}.",
        and(&said),
        origin.repository,
        short(case, origin.license)
    );
    let new = finding(Reason::LicenseConflict, Effect::Waits, of, sentence).remedy(MADE_FROM);
    new.asks_for(of, [origin.license.to_owned()]).made_from(Some(&origin.repository))
}

pub(in super::super) fn unknown_word(of: &str, declared: &Declared, word: &str, settled: bool) -> Finding {
    let link = declared.link.as_ref().map(|link| format!(" (text said to be at {link})")).unwrap_or_default();
    let sentence = format!(
        "{} declares {word}{link}, which names no licence that Modelport knows.",
        carrier(declared.carrier, &declared.file)
    );
    waits(of, Reason::LicenseUnknown, settled, sentence).remedy(WHO_SAYS).asks_for(of, [])
}

pub(in super::super) fn several(
    of: &str,
    declared: &Declared,
    word: &str,
    list: &[&License],
    settled: bool,
) -> Finding {
    let names: Vec<String> = list.iter().map(|license| license.short.clone()).collect();
    let sentence = format!(
        "{} declares {word}, a name that several texts go by ({}).",
        carrier(declared.carrier, &declared.file),
        and(&names)
    );
    let ids = list.iter().map(|license| license.id.clone());
    waits(of, Reason::LicenseAmbiguous, settled, sentence).remedy(WHO_SAYS).asks_for(of, ids)
}

pub(in super::super) fn unreadable(of: &str, trouble: &Trouble, effect: Effect) -> Finding {
    let sentence =
        format!("what {} says of {of}'s licence and base models is not known: {}.", trouble.file, trouble.why);
    finding(Reason::MetadataUnreadable, effect, of, sentence).remedy(overrides(of))
}

pub(in super::super) fn image(of: &str, licenses: &str) -> Finding {
    let sentence = format!(
        "the container image says {licenses} of itself; that is not about the weights of {of}, and is not counted."
    );
    finding(Reason::Allowed, Effect::Passes, of, sentence)
}

pub(in super::super) fn agrees(case: &Case<'_>, of: &str, id: &str, file: &str) -> Finding {
    let sentence = format!("{file} says {} too.", short(case, id));
    finding(Reason::Allowed, Effect::Passes, of, sentence)
}

pub(in super::super) fn declared_differs(case: &Case<'_>, of: &str, added: &[(&str, &str)], known: &[&str]) -> Finding {
    let mut parts: Vec<String> = added.iter().map(|(id, file)| format!("{} in {file}", short(case, id))).collect();
    parts.dedup();
    let mut plain: Vec<&str> = Vec::new();
    for id in known.iter().filter(|id| expand::license(case, id).is_some_and(|(license, _)| license.all_of.is_empty()))
    {
        if !plain.contains(id) {
            plain.push(id);
        }
    }
    let sentence = format!(
        "{of} is declared to be under {}, and is known to be under {}: both apply.",
        and(&parts),
        shorts(case, plain)
    );
    finding(Reason::LicenseConflict, Effect::Warns, of, sentence).remedy(PUBLISHER)
}

pub(in super::super) fn author_differs(case: &Case<'_>, of: &str, license: &License, known: &[&str]) -> Finding {
    let sentence = format!(
        "spec.model.license says {}, and {of} is known to be under {}: both apply.",
        license.short,
        shorts(case, known.iter().copied())
    );
    finding(Reason::LicenseConflict, Effect::Warns, of, sentence).remedy(PUBLISHER)
}

pub(in super::super) fn leaves_out(
    case: &Case<'_>,
    of: &str,
    meant: &[(&str, &str)],
    left_out: &[&str],
    effect: Effect,
) -> Finding {
    let mut files: Vec<String> = Vec::new();
    for (_, file) in meant {
        if !files.iter().any(|known| known == file) {
            files.push((*file).to_owned());
        }
    }
    let sentence = format!(
        "{} declares {} for {of} and leaves out {}, which comes with what it was made from: both apply.",
        and(&files),
        shorts(case, meant.iter().map(|(id, _)| *id)),
        shorts(case, left_out.iter().copied())
    );
    finding(Reason::LicenseConflict, effect, of, sentence).remedy(PUBLISHER)
}

pub(in super::super) fn declares_nothing(of: &str, files: &Metadata, why: Option<&str>) -> Finding {
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    let said: Vec<String> = files.declared.iter().map(|one| format!("{} in {}", words(one), one.file)).collect();
    let sentence = if files.files.is_empty() && said.is_empty() {
        format!("{of} is under no licence that Modelport knows{why}, and none of its files can declare one.")
    } else if said.is_empty() {
        format!(
            "{of} is under no licence that Modelport knows{why}, and its files ({}) declare none.",
            and(&files.files)
        )
    } else {
        format!("{of} is under no licence that Modelport knows{why}, and its files name none either ({}).", and(&said))
    };
    finding(Reason::LicenseUnknown, Effect::Waits, of, sentence).remedy(WHO_SAYS).asks_for(of, [])
}

pub(in super::super) fn other_beside(of: &str, files: &Metadata) -> Finding {
    let said: Vec<String> = files.declared.iter().map(|one| format!("{} in {}", words(one), one.file)).collect();
    let sentence = format!(
        "{of} is declared to be under {}: another text applies beside what is named, and nothing says which.",
        and(&said)
    );
    finding(Reason::LicenseUnknown, Effect::Waits, of, sentence).remedy(WHO_SAYS).asks_for(of, [])
}

pub(in super::super) fn not_read(of: &str, files: &Metadata, why: &str) -> Finding {
    let said: Vec<String> = files.declared.iter().map(|one| format!("{} in {}", words(one), one.file)).collect();
    let sentence = format!(
        "{of} is declared to be under {}, and which version of that text it is under, nobody has read ({why}).",
        and(&said)
    );
    finding(Reason::LicenseUnknown, Effect::Waits, of, sentence).remedy(WHO_SAYS).asks_for(of, [])
}

pub(in super::super) fn other_revision(of: &str, read: &str, pinned: &str) -> Finding {
    let sentence = format!(
        "the files of {of} that were read are of commit {read}, and the manifest pins {pinned}, so they say nothing here."
    );
    finding(Reason::MetadataUnreadable, Effect::Warns, of, sentence)
        .remedy("Whoever read the files reads those of the pinned commit.")
}

pub(in super::super) fn declared_alone(case: &Case<'_>, id: &str, of: &str, file: &str) -> Said {
    (
        format!("that {of} is under {} is declared in {file}, by whoever published it.", short(case, id)),
        "The legal or platform team bears it out in a ModelLicense.".into(),
    )
}
