//! What is wrong in the objects of the legal and platform teams, file by file.

use super::{Note, Owned};
use crate::{catalog::Catalog, facts::lines::Lines};

impl Owned {
    /// What is wrong in the objects of the legal and platform teams.
    #[must_use]
    pub fn problems(&self, catalog: &Catalog) -> Vec<Note> {
        use crate::manifest::shape;
        let mut all = Vec::new();
        let mut note = |(file, lines): (&str, &Lines), object: String, problems: Vec<shape::ShapeProblem>| {
            all.extend(problems.into_iter().map(|problem| Note {
                file: file.to_owned(),
                line: lines.of(&problem.field),
                object: object.clone(),
                reason: problem.reason,
                sentence: format!("{} {}", problem.sentence, problem.remedy),
            }));
        };
        for one in &self.licensees {
            let object = format!("Licensee/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::licensee_problems(&one.fact.spec, catalog));
        }
        for one in &self.policies {
            let object = format!("ModelPolicy/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::policy_problems(&one.fact.spec, catalog));
        }
        for one in &self.licenses {
            let object = format!("ModelLicense/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::license_problems(&one.fact.spec, catalog));
        }
        for one in &self.runtimes {
            let object = format!("InferenceRuntime/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::runtime_problems(&one.fact.name, &one.fact.spec, catalog));
        }
        for one in &self.waivers {
            let object = format!("Waiver/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::waiver_problems(&one.fact.spec, one.fact.created));
        }
        all
    }
}
