//! What people read: denials, tables, the decision log.

pub mod decision_log;
pub mod denial;
pub mod explain_text;
