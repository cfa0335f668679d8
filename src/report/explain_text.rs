pub fn page(_n: &str, _m: &str, _d: &crate::decide::Decision, _s: &crate::manifest::status::ModelDeploymentStatus, _f: Option<&str>) -> String { String::new() }
