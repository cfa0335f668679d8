pub fn refused(_d: &crate::decide::Decision) -> String { String::new() }
pub fn waiting(_d: &crate::decide::Decision) -> String { String::new() }
