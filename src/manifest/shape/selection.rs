//! Problems of how an object selects namespaces.

use crate::manifest::{
    Reason,
    selection::{OPERATORS, Selection, is_label_value, is_name},
};

use super::{ShapeProblem, near_words, nearest, shown};

/// What is wrong in how an object selects namespaces; `reason` is for words that cannot be read.
pub(super) fn selection(selection: &Selection<'_>, default: bool, reason: Reason, all: &mut Vec<ShapeProblem>) {
    let ways = [selection.namespaces.is_some(), selection.selector.is_some(), default];
    if ways.into_iter().filter(|way| *way).count() != 1 {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            "spec",
            "not exactly one way to select namespaces is written, and so none is selected.",
            if reason == Reason::PolicyInvalid {
                "Write one of namespaces, namespaceSelector ({} selects all) and default: true."
            } else {
                "Write one of namespaces and namespaceSelector ({} selects all)."
            },
        ));
    }
    all.extend(problem(selection).map(|problem| ShapeProblem { reason, ..problem }));
}

/// The first word of a selection that cannot be read.
#[must_use]
pub fn problem(selection: &Selection<'_>) -> Option<ShapeProblem> {
    let names = selection.namespaces.into_iter().flatten().enumerate();
    if let Some((i, name)) = names.into_iter().find(|(_, name)| !is_name(name)) {
        let field = format!("spec.namespaces[{i}]");
        let remedy = if name.contains('*') {
            "Write each namespace by its name, or namespaceSelector: {} for all of them."
        } else {
            "Write the namespace's name: small letters, digits and dashes."
        };
        let sentence = format!("{field} is {}, which is no name of a namespace.", shown(name));
        return Some(ShapeProblem::new(Reason::PolicyInvalid, field, sentence, remedy));
    }
    let labels = selection.selector.iter().flat_map(|selector| selector.match_labels.iter().flatten());
    if let Some((key, value)) = labels.into_iter().find(|(_, value)| !is_label_value(value)) {
        let field = format!("spec.namespaceSelector.matchLabels[{key}]");
        return Some(no_label_value(field, value));
    }
    let expressions = || selection.selector.iter().flat_map(|selector| selector.match_expressions.iter().flatten());
    for (i, expression) in expressions().enumerate().filter(|(_, one)| matches!(&*one.operator, "In" | "NotIn")) {
        let field = format!("spec.namespaceSelector.matchExpressions[{i}].values");
        let values = expression.values.as_deref().unwrap_or_default();
        if values.is_empty() {
            let sentence = format!("{field} is empty, and so selects by nothing.");
            return Some(ShapeProblem::new(Reason::PolicyInvalid, field, sentence, "Write the values of the label."));
        }
        if let Some(value) = values.iter().find(|value| !is_label_value(value)) {
            return Some(no_label_value(field, value));
        }
    }
    let (i, operator) = expressions()
        .map(|expression| expression.operator.as_str())
        .enumerate()
        .find(|(_, operator)| !OPERATORS.contains(operator))?;
    let field = format!("spec.namespaceSelector.matchExpressions[{i}].operator");
    let sentence = format!(
        "{field} is {}, which is no operator of a selector.{}",
        shown(operator),
        near_words(nearest(operator, OPERATORS.into_iter()))
    );
    Some(ShapeProblem::new(Reason::PolicyInvalid, field, sentence, format!("Write one of {}.", OPERATORS.join(", "))))
}

fn no_label_value(field: String, value: &str) -> ShapeProblem {
    let sentence = format!("{field} is {}, which no label can be.", shown(value));
    let remedy = "Write letters, digits, '-', '_' and '.', up to 63, with a letter or digit at both ends.";
    ShapeProblem::new(Reason::PolicyInvalid, field, sentence, remedy)
}

/// A label that a tenant may write lets him choose what selects him.
pub(super) fn unguarded(selection: &Selection<'_>, all: &mut Vec<ShapeProblem>) {
    for key in selection.unguarded_keys() {
        all.push(ShapeProblem::new(
            Reason::SelectorUnguarded,
            "spec.namespaceSelector",
            format!("namespaces are selected by the label {key}, which a tenant may be able to write."),
            "Select by namespaces, or by the label kubernetes.io/metadata.name.",
        ));
    }
}
