//! A folder with the files of one model: what they declare. Reading is bounded; links to files are followed, as the
//! hubs' caches hold them, and links to folders are not. What is there and cannot be read is said, not passed over.
//!
//! Files of its base models lie below it, in `bases/ORG/NAME/`.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use super::metadata::{MAX_HEADER_BYTES, MAX_MODEL_FILES, Metadata, is_carrier};

/// Most base models whose files are read.
const MAX_BASE_FOLDERS: usize = 64;

/// Folder of the base models' files.
const BASES: &str = "bases";

/// Reads a folder.
pub fn read(folder: &Path) -> io::Result<Metadata> {
    let mut metadata = one(folder)?;
    let mut count = 0;
    for organization in folders(&folder.join(BASES))? {
        for model in folders(&folder.join(BASES).join(&organization))? {
            count += 1;
            if count > MAX_BASE_FOLDERS {
                return Err(io::Error::other(format!("more than {MAX_BASE_FOLDERS} base models")));
            }
            let path = folder.join(BASES).join(&organization).join(&model);
            metadata.of_bases.insert(format!("{organization}/{model}"), one(&path)?);
        }
    }
    Ok(metadata)
}

fn one(folder: &Path) -> io::Result<Metadata> {
    let mut metadata = Metadata { revision: revision(folder), ..Metadata::default() };
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_carrier(&name) {
            names.push(name);
        }
    }
    names.sort();
    if names.len() > MAX_MODEL_FILES {
        return Err(io::Error::other(format!("{}: more than {MAX_MODEL_FILES} files to read", folder.display())));
    }
    for name in names {
        match head(&folder.join(&name)) {
            Ok(bytes) => metadata.read(&name, &bytes),
            Err(why) => metadata.cannot_read(&name, why.to_string()),
        }
    }
    Ok(metadata)
}

/// The beginning of a regular file: a pipe would never end, and a device has none.
fn head(path: &Path) -> io::Result<Vec<u8>> {
    match fs::metadata(path) {
        Ok(file) if file.is_file() => {}
        Ok(_) => return Err(io::Error::other("it is no regular file")),
        Err(_) if path.is_symlink() => return Err(io::Error::other("it is a link to nothing that can be reached")),
        Err(error) => return Err(error),
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_HEADER_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn folders(folder: &Path) -> io::Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The commit that the hub's own tool fetched: it names a snapshot's folder by it, or notes it beside the files.
fn revision(folder: &Path) -> Option<String> {
    const MAX_NOTE_BYTES: u64 = 4 * 1024;
    const COMMIT_DIGITS: usize = 40;
    let commit = |text: &str| {
        let text = text.trim();
        (text.len() == COMMIT_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| text.to_owned())
    };
    let by_folder = folder.file_name().and_then(|name| commit(&name.to_string_lossy()));
    by_folder.or_else(|| {
        let note = folder.join(".cache/huggingface/download/README.md.metadata");
        let mut text = String::new();
        File::open(note).ok()?.take(MAX_NOTE_BYTES).read_to_string(&mut text).ok()?;
        commit(text.lines().next()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_and_is_no_file_is_said() {
        let root = std::env::temp_dir().join(format!("modelport-no-file-{}", std::process::id()));
        fs::create_dir_all(root.join("README.md")).unwrap();
        std::os::unix::fs::symlink(root.join("gone"), root.join("model.gguf")).unwrap();
        let read = read(&root).unwrap();
        fs::remove_dir_all(&root).unwrap();
        let why: Vec<(&str, &str)> = read.unreadable.iter().map(|one| (one.file.as_str(), one.why.as_str())).collect();
        let nowhere = "it is a link to nothing that can be reached";
        assert_eq!(why, [("README.md", "it is no regular file"), ("model.gguf", nowhere)]);
    }

    #[test]
    fn a_folder_is_read_with_the_commit_and_the_bases_below_it() {
        let root = std::env::temp_dir().join(format!("modelport-model-files-{}", std::process::id()));
        let base = root.join("bases/acme/base");
        let note = root.join(".cache/huggingface/download");
        fs::create_dir_all(&base).unwrap();
        fs::create_dir_all(&note).unwrap();
        fs::write(root.join("README.md"), "---\nlicense: mit\nbase_model: acme/base\n---\n").unwrap();
        fs::write(root.join("model.safetensors"), "weights").unwrap();
        fs::write(base.join("README.md"), "---\nlicense: llama2\n---\n").unwrap();
        let commit = "0123456789abcdef0123456789abcdef01234567";
        fs::write(note.join("README.md.metadata"), format!("{commit}\netag\n1700000000.0\n")).unwrap();
        let read = read(&root).unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!((read.files, read.revision.as_deref()), (vec!["README.md".to_owned()], Some(commit)));
        assert_eq!(read.of_bases["acme/base"].declared[0].licenses, ["llama2"]);
        assert!(super::read(&root).is_err(), "a folder that is not there is an error");
    }
}
