//! The logins of pull secrets, as `docker login` writes them: `{"auths": {"host[/path]": {"auth": "..."}}}`.

use std::{fmt, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use std::collections::BTreeMap;

use super::{error::RegistryError, reference::Reference};

/// Largest file that is read, in bytes: what a Secret holds.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// Logins that are tried for one image at most.
pub const MAX_TRIED: usize = 4;

/// A user and a password for the images under a name.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    under: String,
    /// User.
    pub user: String,
    /// Password.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Login").field(&self.under).finish() // where, never who or with what
    }
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

/// The logins in these files. One that is absent holds none, as a kubelet has it.
pub fn read(files: &[impl AsRef<Path>]) -> Result<Vec<Login>, RegistryError> {
    let mut logins = Vec::new();
    for file in files {
        let file = file.as_ref();
        let wrong = |why: &str| RegistryError::Setting(format!("the pull secret mounted at {} {why}", file.display()));
        match std::fs::metadata(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(wrong(&format!("cannot be read ({})", error.kind()))),
            Ok(metadata) if metadata.len() > MAX_FILE_BYTES => return Err(wrong("is larger than a Secret can be")),
            Ok(_) => {}
        }
        let text =
            std::fs::read_to_string(file).map_err(|error| wrong(&format!("cannot be read ({})", error.kind())))?;
        logins.extend(parse(&text).ok_or_else(|| {
            wrong("is not what docker login writes: create it with kubectl create secret docker-registry")
        })?);
    }
    Ok(logins)
}

/// The logins of one file; nothing where it is none.
#[must_use]
pub fn parse(text: &str) -> Option<Vec<Login>> {
    let file: File = serde_json::from_str(text).ok()?;
    let logins = file.auths.into_iter().filter_map(|(under, entry)| {
        let pair = entry.auth.filter(|auth| !auth.is_empty()).and_then(|auth| {
            let text = String::from_utf8(STANDARD.decode(auth.trim()).ok()?).ok()?;
            let (user, password) = text.split_once(':')?;
            Some((user.to_owned(), password.trim_end_matches('\0').to_owned()))
        });
        let (user, password) = pair.or_else(|| entry.username.zip(entry.password))?;
        Some(Login { under: plain(&under), user, password })
    });
    Some(logins.collect())
}

/// A name without scheme and without the path that older tools add.
fn plain(name: &str) -> String {
    let name = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://")).unwrap_or(name);
    let name = name.trim_end_matches('/');
    let name = name.strip_suffix("/v1").or_else(|| name.strip_suffix("/v2")).unwrap_or(name);
    match name.split_once('/').map_or((name, ""), |(host, path)| (host, path)) {
        ("index.docker.io" | "registry-1.docker.io", "") => "docker.io".into(),
        (host, "") => host.to_ascii_lowercase(),
        (host, path) => format!("{}/{path}", host.to_ascii_lowercase()),
    }
}

/// The logins for an image, those of the longest name first.
#[must_use]
pub fn of(logins: &[Login], image: &Reference) -> Vec<Login> {
    let mut fitting: Vec<&Login> = logins.iter().filter(|login| covers(&login.under, image)).collect();
    fitting.sort_by_key(|login| std::cmp::Reverse(login.under.len()));
    fitting.into_iter().take(MAX_TRIED).cloned().collect()
}

/// Whether a name is the image's host, or a folder of its repositories. `*` stands for one part of a host.
fn covers(under: &str, image: &Reference) -> bool {
    let (host, path) = under.split_once('/').unwrap_or((under, ""));
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let (own_name, own_port) =
        image.host.split_once(':').map_or((&*image.host, None), |(name, port)| (name, Some(port)));
    let same = name.split('.').count() == own_name.split('.').count()
        && name.split('.').zip(own_name.split('.')).all(|(pattern, part)| pattern == "*" || pattern == part);
    let inside = path.is_empty()
        || image.repository.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    same && port == own_port && inside
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn users(text: &str, image: &str) -> Vec<String> {
        of(&parse(text).unwrap(), &Reference::parse(image).unwrap()).into_iter().map(|login| login.user).collect()
    }

    #[test]
    fn a_login_is_for_the_host_that_it_names_and_the_longest_name_is_first() {
        let text = r#"{"auths": {
            "r.example": {"username": "host", "password": "a"},
            "https://r.example/team": {"auth": "dGVhbTpz"},
            "*.cloud.example": {"username": "any", "password": "c"},
            "https://index.docker.io/v1/": {"username": "hub", "password": "d"},
            "r.example:5000": {"username": "port", "password": "e"},
            "empty.example": {}
        }}"#;
        assert_eq!(users(text, "r.example/team/m:1"), ["team", "host"]);
        assert_eq!(users(text, "r.example/teams/m:1"), ["host"]);
        assert_eq!(users(text, "r.example:5000/m"), ["port"]);
        assert_eq!(users(text, "eu.cloud.example/m"), ["any"]);
        assert_eq!(users(text, "team/m"), ["hub"]);
        for none in ["a.eu.cloud.example/m", "evil-r.example/m", "r.example.evil/m", "empty.example/m"] {
            assert!(users(text, none).is_empty(), "{none}");
        }
    }

    #[test]
    fn a_login_never_shows_in_debug_output() {
        let logins = parse(r#"{"auths": {"r.example": {"username": "me", "password": "s3cret"}}}"#).unwrap();
        let shown = format!("{logins:?}");
        assert!(shown.contains("r.example") && !shown.contains("s3cret") && !shown.contains("me\""), "{shown}");
    }

    proptest! {
        #[test]
        fn any_file_is_read_or_not_and_never_panics(text in "\\PC{0,300}", auth in "[ -~]{0,40}") {
            let _ = parse(&text);
            let _ = parse(&serde_json::json!({"auths": {text: {"auth": auth}}}).to_string());
        }
    }
}
