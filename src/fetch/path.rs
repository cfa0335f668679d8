//! Names that a hub gives, made safe before they touch a disk.

use std::fmt;
use std::path::{Path, PathBuf};

/// Longest path of a file inside a repository, in bytes.
pub const MAX_PATH_BYTES: usize = 512;
/// Longest name of one file or folder, in bytes: what Linux file systems hold.
pub const MAX_NAME_BYTES: usize = 255;
/// Deepest nesting of folders inside a repository.
pub const MAX_DEPTH_FOLDERS: usize = 16;
/// The folder that is ours beside the weights; no hub may write into it.
pub const OUR_FOLDER: &str = ".modelport";

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// Nothing, or nothing between two slashes.
    #[error("a part of it is empty")]
    Empty,
    /// Starts at the root of the disk.
    #[error("it is absolute")]
    Absolute,
    /// Holds `.` or `..`.
    #[error("it climbs out of its folder")]
    Climbs,
    /// Holds a backslash, which is a separator elsewhere.
    #[error("it holds a backslash")]
    Backslash,
    /// Holds a control character.
    #[error("it holds a control character")]
    Control,
    /// Longer than a file system keeps.
    #[error("it is longer than {MAX_PATH_BYTES} bytes, or a part of it than {MAX_NAME_BYTES}")]
    TooLong,
    /// Too many folders.
    #[error("it is nested deeper than {MAX_DEPTH_FOLDERS} folders")]
    TooDeep,
    /// Under the folder that is ours.
    #[error("{OUR_FOLDER} is kept for Modelport")]
    Ours,
}

/// A relative path that stays inside the folder it is joined to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafePath(String);

impl SafePath {
    /// Accepts a path as a hub lists it, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, PathFault> {
        if text.len() > MAX_PATH_BYTES {
            return Err(PathFault::TooLong);
        }
        if text.starts_with('/') {
            return Err(PathFault::Absolute);
        }
        if text.split('/').count() > MAX_DEPTH_FOLDERS {
            return Err(PathFault::TooDeep);
        }
        for name in text.split('/') {
            check_name(name)?;
        }
        if text.split('/').next() == Some(OUR_FOLDER) {
            return Err(PathFault::Ours);
        }
        Ok(Self(text.to_owned()))
    }

    /// The path as the hub writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its parts, outermost first.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The last part.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Where the file lies under `folder`.
    #[must_use]
    pub fn under(&self, folder: &Path) -> PathBuf {
        self.parts().fold(folder.to_path_buf(), |path, part| path.join(part))
    }
}

impl fmt::Display for SafePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks one name of a path: a file's, or a folder's.
pub fn check_name(name: &str) -> Result<(), PathFault> {
    if name.is_empty() {
        return Err(PathFault::Empty);
    }
    if name == "." || name == ".." {
        return Err(PathFault::Climbs);
    }
    if name.len() > MAX_NAME_BYTES {
        return Err(PathFault::TooLong);
    }
    if name.contains('\\') {
        return Err(PathFault::Backslash);
    }
    if name.chars().any(char::is_control) {
        return Err(PathFault::Control);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_paths_pass() {
        for path in ["config.json", "1_Pooling/config.json", ".gitattributes", "a b/ü.json", "..a", "a.."] {
            assert_eq!(SafePath::parse(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn each_hostile_path_is_refused_for_its_own_reason() {
        let long = "x".repeat(MAX_NAME_BYTES + 1);
        let deep = "d/".repeat(MAX_DEPTH_FOLDERS) + "f";
        let cases = [
            ("", PathFault::Empty),
            ("a//b", PathFault::Empty),
            ("a/", PathFault::Empty),
            ("/etc/passwd", PathFault::Absolute),
            ("../x", PathFault::Climbs),
            ("a/../../x", PathFault::Climbs),
            ("./a", PathFault::Climbs),
            ("a\\..\\b", PathFault::Backslash),
            ("a\nb", PathFault::Control),
            ("a\0", PathFault::Control),
            (long.as_str(), PathFault::TooLong),
            (deep.as_str(), PathFault::TooDeep),
            (".modelport/fetched.json", PathFault::Ours),
        ];
        for (path, fault) in cases {
            assert_eq!(SafePath::parse(path), Err(fault), "{path:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_stays_inside(text in r"[a./\\\x00-\x20é]{0,40}") {
            if let Ok(path) = SafePath::parse(&text) {
                let joined = path.under(Path::new("/weights"));
                prop_assert!(joined.starts_with("/weights"));
                let only_names = joined
                    .components()
                    .skip(1)
                    .all(|part| matches!(part, std::path::Component::Normal(_)));
                prop_assert!(only_names);
            }
        }

        #[test]
        fn any_text_is_answered_without_a_panic(text in ".*") {
            let _ = SafePath::parse(&text);
        }
    }
}
