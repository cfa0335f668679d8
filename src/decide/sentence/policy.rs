//! Sentences about what a ModelPolicy permits.

use super::Said;

pub(in super::super) fn license_refused(policy: &str, about: &str, entry: &str) -> Said {
    (
        format!("{policy} refuses {about}, by its entry {entry} in licenses.refuse."),
        format!("Who keeps {policy} decides on it."),
    )
}

pub(in super::super) fn license_not_permitted(policy: &str, short: &str) -> Said {
    (
        format!("{policy} permits the licences and publishers in licenses.allow, and {short} is not among them."),
        format!("Who keeps {policy} decides on it."),
    )
}
