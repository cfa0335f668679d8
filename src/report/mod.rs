//! What people read: denials, warnings, tables, the page that explains a decision, the decision log.

pub mod decision_log;
pub mod denial;
pub mod examples;
pub mod explain_text;
pub mod scan;
pub mod table;
