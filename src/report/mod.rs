//! What people read: denials, warnings, tables, the page that explains a decision, the decision log.

pub mod catalog_diff;
pub mod decision_log;
pub mod decisions;
pub mod denial;
pub mod examples;
pub mod explain_text;
pub mod fold;
pub mod matrix;
pub mod matrix_svg;
pub mod needs;
pub mod nodes;
pub mod outcome;
pub mod sarif;
pub mod scan;
pub mod table;
pub mod trail;
pub mod waiver_notes;
pub mod whatif;
