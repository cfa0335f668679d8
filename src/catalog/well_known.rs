//! Models and countries that are shown where nobody names any.

use serde::{Deserialize, Serialize};

use super::Catalog;

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WellKnown {
    /// Repositories.
    pub models: Vec<String>,
    /// Countries, ISO 3166-1.
    pub countries: Vec<String>,
}

impl Catalog {
    /// Models and countries that are shown where nobody names any.
    #[must_use]
    pub fn well_known(&self) -> &WellKnown {
        &self.fixed.well_known
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, Identified, words::Hub};

    #[test]
    fn every_model_that_is_shown_has_a_known_licence_and_every_country_is_one() {
        let catalog = Catalog::built_in().unwrap();
        for model in &catalog.well_known().models {
            let known = catalog.identify(Hub::HuggingFace, model, None);
            assert!(!matches!(known, Identified::Unknown { .. }), "{model}");
        }
        for country in &catalog.well_known().countries {
            assert!(catalog.places().country(country).is_some(), "{country}");
        }
    }
}
