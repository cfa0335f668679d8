//! One request to the API server: within a deadline, and a failure in words that a person can read.

use std::{error::Error as _, fmt, time::Duration};

/// Why a request came to nothing.
#[derive(Debug)]
pub enum CallError {
    /// The API server refused, or could not be reached.
    Failed(Box<kube::Error>),
    /// No answer within the deadline.
    NoAnswer(Duration),
}

impl CallError {
    /// Whether the object is not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status().is_some_and(kube::core::Status::is_not_found)
    }

    /// Whether somebody else wrote it meanwhile.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status().is_some_and(kube::core::Status::is_conflict)
    }

    /// Whether the right to do it is lacking.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.status().is_some_and(kube::core::Status::is_forbidden)
    }

    /// Whether what was sent is not taken as it is.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.status().is_some_and(kube::core::Status::is_invalid)
    }

    /// Which budget holds an eviction, in the API server's words, where one does. Two budgets over one pod hold it too:
    /// the API server then answers with an error of its own.
    #[must_use]
    pub fn held(&self) -> Option<String> {
        let status = self.status()?;
        let budget = |cause: &&kube::core::response::StatusCause| cause.reason == "DisruptionBudget";
        let causes = status.details.as_ref().map_or(&[][..], |details| &details.causes);
        let words = causes.iter().find(budget).map(|cause| cause.message.as_str());
        let several = status.message.contains("more than one PodDisruptionBudget");
        let words = words.or_else(|| (status.code == 429 || several).then_some(status.message.as_str()))?;
        Some(format!("{}.", words.trim_end_matches('.')))
    }

    /// What the API server answered, where it did.
    #[must_use]
    pub fn status(&self) -> Option<&kube::core::Status> {
        match self {
            Self::Failed(error) => match error.as_ref() {
                kube::Error::Api(status) => Some(status),
                _ => None,
            },
            Self::NoAnswer(_) => None,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => f.write_str(&words(error)),
            Self::NoAnswer(limit) if limit.subsec_millis() == 0 => write!(f, "no answer within {} s", limit.as_secs()),
            Self::NoAnswer(limit) => write!(f, "no answer within {} ms", limit.as_millis()),
        }
    }
}

// Without a source: the words hold it already, and its own are those of a debugger.
impl std::error::Error for CallError {}

/// Waits for a request until the deadline.
pub async fn call<T>(limit: Duration, request: impl Future<Output = Result<T, kube::Error>>) -> Result<T, CallError> {
    match tokio::time::timeout(limit, request).await {
        Ok(result) => result.map_err(|error| CallError::Failed(Box::new(error))),
        Err(_) => Err(CallError::NoAnswer(limit)),
    }
}

/// The message of the API server; of another failure, what happened and what it came from.
fn words(error: &kube::Error) -> String {
    if let kube::Error::Api(status) = error {
        return if status.message.is_empty() { status.reason.clone() } else { status.message.clone() };
    }
    let mut root = error.source();
    while let Some(next) = root.and_then(std::error::Error::source) {
        root = Some(next);
    }
    match root.map(ToString::to_string) {
        Some(root) => format!("the API server cannot be reached: {root}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_is_told_without_the_words_of_a_debugger() {
        let status = kube::core::Status::failure("pods \"x\" not found", "NotFound").with_code(404);
        let refused = call(Duration::from_secs(1), async { Err::<(), _>(kube::Error::Api(Box::new(status))) }).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.to_string(), "pods \"x\" not found");
        assert!(refused.is_not_found() && !refused.is_conflict());
        let io = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused");
        let away = call(Duration::from_secs(1), async { Err::<(), _>(kube::Error::Service(io.into())) }).await;
        assert_eq!(away.unwrap_err().to_string(), "the API server cannot be reached: connection refused");
    }

    #[test]
    fn what_a_budget_holds_is_told_in_the_words_of_the_api_server() {
        use kube::core::response::{Status, StatusDetails};
        let held = |status: Status| CallError::Failed(Box::new(kube::Error::Api(Box::new(status)))).held();
        let too_many = Status::failure("Cannot evict pod as it would violate the pod's disruption budget.", "");
        let said = "The disruption budget one needs 1 healthy pods and has 1 currently";
        let details = serde_json::json!({"causes": [{"reason": "DisruptionBudget", "message": said}]});
        let details: StatusDetails = serde_json::from_value(details).unwrap();
        let named = too_many.clone().with_code(429).with_details(details);
        assert_eq!(held(named).as_deref(), Some("The disruption budget one needs 1 healthy pods and has 1 currently."));
        assert!(held(too_many.with_code(429)).is_some_and(|words| words.starts_with("Cannot evict pod")));
        let several = Status::failure("This pod has more than one PodDisruptionBudget, which ...", "").with_code(500);
        assert!(held(several).is_some());
        assert_eq!(held(Status::failure("no", "Forbidden").with_code(403)), None);
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_told_with_its_limit() {
        let never = || std::future::pending::<Result<(), kube::Error>>();
        let late = |millis| call(Duration::from_millis(millis), never());
        assert_eq!(late(20).await.unwrap_err().to_string(), "no answer within 20 ms");
        assert_eq!(CallError::NoAnswer(Duration::from_secs(3)).to_string(), "no answer within 3 s");
    }
}
