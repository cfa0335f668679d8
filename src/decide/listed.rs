//! Questions about what the organisation is and does: its kind, its businesses, its competitors.
//!
//! A business is one of the catalogue's words, and a name of a competitor is the licensor's own. Another spelling of one is
//! read as that word; what comes near one and is none is asked about, and any other word is just another business. A
//! deployment that is offered to third parties as inference is a model-as-a-service business, whatever the list says: a
//! list that says otherwise contradicts the manifest, and is asked about.

use crate::{
    catalog::{atom::LicenseeTest, words::BusinessType},
    manifest::{shape, written::YesNo},
};

use super::{
    atom::{Missing, Outcome, Used, unknown},
    case::Case,
};

/// Why a list cannot be read as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unclear<'a> {
    /// It holds a word that comes near this one.
    Near(&'a str, &'a str),
    /// It leaves out what the manifest says is done.
    LeftOut(&'static str),
}

/// What the organisation is, and what it does besides.
pub(super) fn licensee<'a>(case: &Case<'a>, test: &'a LicenseeTest) -> Outcome<'a> {
    let Some(fact) = case.licensee() else { return unknown(Missing::Attribute("kind")) };
    let spec = &fact.spec;
    let mut used = Vec::new();
    let mut missing = Vec::new();
    if !test.kinds.is_empty() {
        if !test.kinds.contains(&spec.kind) {
            return Outcome::Fails(vec![Used::Kind(spec.kind)]);
        }
        used.push(Used::Kind(spec.kind));
    }
    let businesses: Vec<&'a str> = test.business_types.iter().map(|business| business.word()).collect();
    let rivals: Vec<&'a str> = test.competes_with.iter().map(String::as_str).collect();
    let hosted = case.request.spec.usage.hosted_for_third_parties == Some(YesNo::Yes);
    let service = BusinessType::ModelAsAService;
    let left_out = (hosted && test.business_types.contains(&service)).then(|| Unclear::LeftOut(service.word()));
    let lists: [(_, _, &'a [String], shape::Reading, _); 2] = [
        ("businessTypes", businesses, &spec.business_types, shape::business, left_out),
        ("competesWith", rivals, &spec.competes_with, shape::rival, None),
    ];
    for (field, asked, written, reading, left_out) in lists {
        if asked.is_empty() {
            continue;
        }
        if written.is_empty() {
            missing.push(Missing::Attribute(field));
            continue;
        }
        let (mut same, mut near) = (false, None);
        for one in written {
            for known in &asked {
                match reading(one, known) {
                    shape::Likeness::Same => same = true,
                    shape::Likeness::Near => near = near.or(Some(Unclear::Near(one, known))),
                    shape::Likeness::Other => {}
                }
            }
        }
        if same {
            used.push(Used::Listed(field));
            continue;
        }
        match near.or(left_out) {
            Some(unclear) => missing.push(Missing::Listed(field, unclear)),
            None => return Outcome::Fails(vec![Used::Listed(field)]),
        }
    }
    if missing.is_empty() { Outcome::Holds(used) } else { Outcome::Unknown(missing) }
}
