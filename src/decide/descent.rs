//! What a model's own files say, held against what was found without them; and the same for every model that it was
//! made from.
//!
//! What agrees bears the finding out; what differs applies beside it, and is reported: never a choice of the weaker.
//! Everything in the chain of base models applies as well.

use crate::{
    catalog::{Basis, Membership, Pin, license::Class},
    facts::metadata::{Base, Metadata, Relation},
};

use super::{
    Effect,
    case::{Case, Found},
    declared::{self, Context, Means},
    identity::{How, Said, names_of, relative},
    relatives::bare,
    sentence,
};

/// Most models in one line of descent.
pub(super) const MAX_DEPTH_MODELS: usize = 8;

/// Most models of one descent that are looked up: merges have many parents.
const MAX_MODELS: usize = 128;

/// What a look-up without the model's own files left open.
#[derive(Clone, Debug)]
pub(super) enum Left<'a> {
    /// Nothing: at least one licence was found.
    Nothing,
    /// Nothing, and nothing else counts: a ModelLicense overrides.
    Replaced,
    /// One of several texts.
    Ambiguous(Vec<Membership<'a>>),
    /// No text, and perhaps why.
    Unknown(Option<&'a str>),
}

/// One descent under way.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    /// The files of the model itself, where they are known.
    pub root: Option<&'a Metadata>,
    /// The model's revision that is asked for.
    pub revision: Option<&'a str>,
    /// From the model to the base that is looked at.
    pub line: Vec<&'a str>,
    /// Every base that was looked at.
    pub bases: Vec<&'a str>,
    /// Licences found.
    pub said: Vec<Said<'a>>,
}

impl<'a> Walk<'a> {
    /// Follows the base models that the files of one model name.
    pub(super) fn bases(&mut self, case: &Case<'a>, of: &'a str, files: &'a Metadata, found: &mut Found) {
        for base in &files.bases {
            self.base(case, of, files, base, found);
        }
    }

    fn base(&mut self, case: &Case<'a>, of: &'a str, files: &'a Metadata, base: &'a Base, found: &mut Found) {
        let name = bare(&base.name);
        let same = |other: &&str| other.eq_ignore_ascii_case(name);
        // A copy names where it was copied from; that is the model itself.
        if base.relation == Some(Relation::Source) && same(&of) {
            return;
        }
        if self.line.iter().any(same) {
            return found.add(sentence::descent::circle(&self.line, name, &base.file));
        }
        if self.bases.iter().any(same) {
            return;
        }
        if !is_repository(name) {
            // A path of the machine that it was made on: the author knows which model lay there.
            if case.request.spec.model.base_models.is_empty() {
                found.add(sentence::descent::not_a_repository(of, base));
            }
            return;
        }
        if self.line.len() >= MAX_DEPTH_MODELS || self.bases.len() >= MAX_MODELS {
            return found.add(sentence::descent::too_deep(&self.line, name));
        }
        self.bases.push(name);
        self.line.push(name);
        let start = self.said.len();
        // Where no revision is named, the base as it stood when this model was made.
        let pin = Pin::new(base.revision.as_deref()).on(files.date.filter(|_| base.revision.is_none()));
        let left = relative(case, name, pin, &mut self.said, found);
        let of_bases = self.root.map(|root| &root.of_bases);
        let own = of_bases.and_then(|all| all.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
        match own {
            Some((_, own)) => {
                self.bases(case, name, own, found);
                self.weigh(case, name, own, start, &left, found);
            }
            None => relative_left(case, name, relation_words(base.relation), pin, &left, found),
        }
        self.line.pop();
    }

    /// Holds what the files of one model declare against what else is known of it: everything in `said` from `start`.
    pub(super) fn weigh(
        &mut self,
        case: &Case<'a>,
        of: &'a str,
        files: &'a Metadata,
        start: usize,
        left: &Left<'a>,
        found: &mut Found,
    ) {
        let base_names = self.base_names(case);
        let own = |one: &&Said<'a>| one.of.eq_ignore_ascii_case(of);
        let here = self.said.get(start..).unwrap_or_default();
        let layers: Vec<&'a str> = here.iter().flat_map(|one| names_of(case, one, &base_names)).collect();
        let candidates = match left {
            Left::Ambiguous(list) => list.clone(),
            Left::Nothing | Left::Replaced | Left::Unknown(_) => Vec::new(),
        };
        let known: Vec<&'a str> = layers.iter().copied().chain(candidates.iter().map(|one| one.license)).collect();
        let chosen: Vec<&'a str> =
            here.iter().filter(own).filter(|one| one.how.by_person()).map(|one| one.id).collect();
        let by_object = here.iter().filter(own).any(|one| matches!(one.how, How::Object(_)));
        let strong = by_object
            || here.iter().filter(own).any(|one| matches!(one.how, How::Catalogue(basis) if basis <= Basis::Card));
        let repositories: Vec<&'a str> = std::iter::once(of).chain(base_names.iter().copied()).collect();
        let context = Context { case, known: &known, repositories: &repositories, chosen: &chosen };

        let mut meant: Vec<(&'a str, &'a str)> = Vec::new(); // licence, file
        let mut open = false;
        let mut other = false;
        for declared in &files.declared {
            let meaning = declared::meaning(context, declared);
            for choice in &meaning.choices {
                found.add(sentence::descent::choice(of, declared, choice));
            }
            for word in meaning.words {
                match word {
                    Means::License(license) => meant.push((&license.id, &declared.file)),
                    Means::Nothing => other = true,
                    Means::Unknown(word) => {
                        open |= !by_object;
                        found.add(sentence::descent::unknown_word(of, declared, &word, by_object));
                    }
                    Means::Several(word, list) => {
                        open |= !by_object;
                        found.add(sentence::descent::several(of, declared, &word, &list, by_object));
                    }
                }
            }
        }
        for trouble in &files.unreadable {
            found.add(sentence::descent::unreadable(of, trouble, if strong { Effect::Warns } else { Effect::Waits }));
        }
        for image in &files.image {
            found.add(sentence::descent::image(of, image));
        }

        let decided = self.said.get(start..).unwrap_or_default().iter().any(|one| own(&one));
        let told = candidates.iter().filter(|one| meant.iter().any(|(id, _)| *id == one.license));
        if let (Left::Ambiguous(_), [one]) = (left, told.collect::<Vec<_>>().as_slice()) {
            let how = How::Catalogue(one.basis);
            self.said.push(Said { modality: one.modality, ..Said::new(one.license, of, how) });
        } else if matches!(left, Left::Ambiguous(_)) {
            let revision = self.revision.filter(|_| self.line.len() == 1);
            return found.add(sentence::identity::ambiguous(case, of, &candidates, revision));
        }
        self.bear_out(case, of, start, &meant, &base_names, found);
        let mut added: Vec<(&'a str, &'a str)> = Vec::new();
        for (id, file) in &meant {
            let applies = known_now(case, self.said.get(start..).unwrap_or_default(), &base_names, id);
            if !applies {
                self.said.push(Said::new(id, of, How::Files(file)));
                added.push((id, file));
            }
        }
        if decided && !added.is_empty() {
            found.add(sentence::descent::declared_differs(case, of, &added, &layers));
        }
        if !meant.is_empty() {
            self.omitted(case, of, start, &meant, &base_names, found);
        }
        let Left::Unknown(why) = *left else { return };
        let own_text = |(id, _): &(&str, &str)| id.starts_with("LicenseRef-");
        if let (Some(why), true) = (why, meant.iter().any(own_text)) {
            // A publisher's own text has versions; which one this is, nobody has read.
            return found.add(sentence::descent::not_read(of, files, why));
        }
        if other && !meant.is_empty() && !meant.iter().any(own_text) {
            // `mit` and `other`: something else applies beside what is named, and nobody says what.
            return found.add(sentence::descent::other_beside(of, files));
        }
        // What could not be read was said above; that it declares nothing would be more than anybody knows.
        if meant.is_empty() && !open && files.unreadable.is_empty() {
            let mere_copy = !files.bases.is_empty()
                && files.bases.iter().all(|b| matches!(b.relation, Some(Relation::Quantized | Relation::Source)));
            if !mere_copy {
                found.add(sentence::descent::declares_nothing(of, files, why));
            }
        }
    }

    /// What agrees with the files is borne out by them.
    fn bear_out(
        &mut self,
        case: &Case<'a>,
        of: &str,
        start: usize,
        meant: &[(&'a str, &'a str)],
        bases: &[&'a str],
        found: &mut Found,
    ) {
        for one in self.said.get_mut(start..).unwrap_or_default() {
            if !one.of.eq_ignore_ascii_case(of) || matches!(one.how, How::Files(_)) {
                continue;
            }
            let ids = names_of(case, one, bases);
            if let Some((id, file)) = meant.iter().find(|(id, _)| ids.contains(id)) {
                one.borne_out.get_or_insert_with(|| (*file).to_owned());
                found.add(sentence::descent::agrees(case, of, id, file));
            }
        }
    }

    /// What applies by descent, and the model's own files leave out.
    fn omitted(
        &self,
        case: &Case<'a>,
        of: &'a str,
        start: usize,
        meant: &[(&'a str, &'a str)],
        bases: &[&'a str],
        found: &mut Found,
    ) {
        let here = self.said.get(start..).unwrap_or_default();
        let mut left_out: Vec<&'a str> = Vec::new();
        for one in here {
            let own = one.of.eq_ignore_ascii_case(of);
            for layer in super::expand::expand(case, one.id, bases).layers {
                let id = layer.license.id.as_str();
                // A text that stands by itself differs, and was said above; a combination's own terms go by its tag.
                let plain = own && (layer.license.id == one.id || matches!(one.how, How::Author | How::Object(_)));
                if !plain && !meant.iter().any(|(meant, _)| *meant == id) && !left_out.contains(&id) {
                    left_out.push(id);
                }
            }
        }
        let restricts = |id: &&&str| {
            let license = super::expand::license(case, id).map(|(license, _)| license.class);
            !matches!(license, Some(Class::Osi | Class::Permissive))
        };
        if !left_out.is_empty() {
            let effect = if left_out.iter().any(|id| restricts(&id)) { Effect::Warns } else { Effect::Passes };
            found.add(sentence::descent::leaves_out(case, of, meant, &left_out, effect));
        }
    }

    /// Base models that the manifest names, and those that files name.
    pub(super) fn base_names(&self, case: &Case<'a>) -> Vec<&'a str> {
        let written = case.request.spec.model.base_models.iter().map(|base| bare(base));
        written.chain(self.bases.iter().copied()).collect()
    }
}

/// A base model or an adapter whose licence is not known, or is one of several.
pub(super) fn relative_left(case: &Case<'_>, name: &str, kind: &str, pin: Pin<'_>, left: &Left<'_>, found: &mut Found) {
    match left {
        Left::Nothing | Left::Replaced => {}
        Left::Ambiguous(list) => found.add(sentence::identity::ambiguous(case, name, list, pin.revision)),
        Left::Unknown(_) if case.names.first().is_some_and(|own| own.eq_ignore_ascii_case(name)) => {
            found.add(sentence::identity::of_itself(name, kind));
        }
        Left::Unknown(_) if !is_repository(name) => {
            let namesake = case.facts.catalog.namesakes(name).next();
            found.add(sentence::identity::relative_no_repository(name, kind, namesake.as_deref()));
        }
        Left::Unknown(_) => found.add(sentence::identity::relative_unknown(name, kind)),
    }
}

fn known_now(case: &Case<'_>, said: &[Said<'_>], bases: &[&str], id: &str) -> bool {
    said.iter().any(|one| names_of(case, one, bases).contains(&id))
}

fn is_repository(name: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    name.matches('/').count() == 1 && name.chars().all(fine) && !name.starts_with(['.', '/']) && !name.ends_with('/')
}

fn relation_words(relation: Option<Relation>) -> &'static str {
    match relation {
        None => "base model",
        Some(Relation::Finetune) => "base model of the fine-tune",
        Some(Relation::Adapter) => "base model of the adapter",
        Some(Relation::Merge) => "parent of the merge",
        Some(Relation::Quantized) => "base model that was quantised",
        Some(Relation::Source) => "model that was copied",
    }
}
