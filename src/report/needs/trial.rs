//! A decision made again with values filled in.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    decide::{Decision, Request, decide},
    facts::{Fact, Facts},
    manifest::{
        licensee::{LicenseeKind, LicenseeSpec},
        model_deployment::ModelDeploymentSpec,
        model_license::ModelLicenseSpec,
    },
};

use super::{Ask, Object};

/// A deployment, its facts, and what is filled in.
#[derive(Clone, Debug)]
pub(super) struct Trial<'a> {
    pub namespace: &'a str,
    pub name: &'a str,
    pub uid: Option<&'a str>,
    pub spec: ModelDeploymentSpec,
    pub facts: &'a Facts<'a>,
    /// The Licensee that speaks for the namespace, real or filled in; nothing where several do or none can be read.
    pub licensee: Option<(String, LicenseeSpec)>,
    /// Whether that Licensee is there.
    pub exists: bool,
    filled: bool,
    licenses: Vec<Fact<ModelLicenseSpec>>,
}

impl<'a> Trial<'a> {
    pub(super) fn new(request: &Request<'a>, facts: &'a Facts<'a>) -> Self {
        let speaks =
            |fact: &&&Fact<LicenseeSpec>| fact.spec.selection().selects(request.namespace, facts.namespace_labels);
        let mut speakers = facts.licensees.iter().filter(speaks);
        let (licensee, exists) = match (speakers.next(), speakers.next()) {
            (Some(one), None) => (Some((one.name.clone(), one.spec.clone())), true),
            (Some(_), Some(_)) => (None, false),
            (None, _) if facts.unread.iter().any(|unread| unread.kind == "Licensee") => (None, false),
            (None, _) => (
                Some((
                    request.namespace.to_owned(),
                    LicenseeSpec::of(vec![request.namespace.to_owned()], LicenseeKind::Company),
                )),
                false,
            ),
        };
        Self {
            namespace: request.namespace,
            name: request.name,
            uid: request.uid,
            spec: request.spec.clone(),
            facts,
            licensee,
            exists,
            filled: false,
            licenses: Vec::new(),
        }
    }

    /// With this Licensee in place of any other.
    pub(super) fn run_by(mut self, name: &str, spec: LicenseeSpec) -> Self {
        self.licensee = Some((name.to_owned(), spec));
        self.filled = true;
        self
    }

    /// With a value filled in.
    pub(super) fn with(&self, ask: &Ask) -> Self {
        let mut with = self.clone();
        let today = day(Some(self.facts.now));
        match self.object(ask) {
            Object::Licensee { .. } => {
                if let Some((_, spec)) = &mut with.licensee {
                    ask.fill_licensee(spec, today);
                    with.filled = true;
                }
            }
            Object::ModelDeployment { .. } => ask.fill_deployment(&mut with.spec),
            Object::ModelLicense => with.licenses.extend(ask.model_license()),
        }
        with
    }

    /// Where a fact is written.
    pub(super) fn object(&self, ask: &Ask) -> Object {
        match (ask, &self.licensee) {
            (Ask::Declared { .. }, _) | (_, None) => {
                Object::ModelDeployment { namespace: self.namespace.into(), name: self.name.into() }
            }
            (Ask::License { .. }, _) => Object::ModelLicense,
            (_, Some((name, spec))) => Object::Licensee {
                name: name.clone(),
                exists: self.exists,
                namespaces: spec.namespaces.clone().unwrap_or_default(),
            },
        }
    }

    pub(super) fn decide(&self) -> Decision {
        let request = Request { namespace: self.namespace, name: self.name, uid: self.uid, spec: &self.spec };
        let own = self.licensee.as_ref().filter(|_| self.filled);
        let own = own.map(|(name, spec)| Fact::new(name, None, spec.clone()));
        let mut facts = self.facts.clone();
        if let Some(own) = &own {
            let speaks =
                |fact: &&Fact<LicenseeSpec>| fact.spec.selection().selects(self.namespace, self.facts.namespace_labels);
            facts.licensees.retain(|fact| !speaks(fact));
            facts.licensees.push(own);
        }
        facts.licenses.extend(&self.licenses);
        decide(&request, &facts)
    }
}

/// The day of an instant.
pub(super) fn day(now: Option<Timestamp>) -> Date {
    now.map(|now| now.to_zoned(TimeZone::UTC).date()).unwrap_or_default()
}
