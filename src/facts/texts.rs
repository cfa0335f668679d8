//! The texts of files and folders, one after the other; `-` is standard input.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Most that is read from standard input, in bytes: all deployments of a cluster, as kubectl prints them.
pub const MAX_STDIN_BYTES: u64 = 256 * 1024 * 1024;

/// Most files of one call.
pub const MAX_FILES: usize = 10_000;

/// Calls for every file with its text, or with why it cannot be read.
pub fn each(paths: &[PathBuf], mut call: impl FnMut(&str, Result<String, String>)) -> io::Result<()> {
    let mut files = Vec::new();
    for path in paths {
        walk(path, &mut files)?;
    }
    for file in files {
        call(&file.display().to_string(), text(&file));
    }
    Ok(())
}

fn text(file: &Path) -> Result<String, String> {
    if file == Path::new("-") {
        return bounded(io::stdin().lock(), MAX_STDIN_BYTES);
    }
    match File::open(file) {
        Ok(opened) => {
            // What another program writes into is read as standard input is.
            let regular = opened.metadata().is_ok_and(|meta| meta.is_file());
            bounded(opened, if regular { MAX_FILE_BYTES } else { MAX_STDIN_BYTES })
        }
        Err(error) if file.is_symlink() => Err(format!("it is a link to what cannot be read: {error}")),
        Err(error) => Err(error.to_string()),
    }
}

/// All of it, if that is not too much: what a device gives has no end.
fn bounded(from: impl Read, most: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most {
        return Err(format!("it is larger than {most} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".into())
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path == Path::new("-") {
        return push(path.to_owned(), files);
    }
    if !path.is_dir() {
        // A file that does not exist is told apart from one that is empty.
        fs::metadata(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        return push(path.to_owned(), files);
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let wanted = entry.extension().is_some_and(|ext| matches!(ext.to_str(), Some("yaml" | "yml" | "json")));
        // A link to a folder is not followed: a circle of them would have no end.
        let folder = entry.is_dir() && !entry.is_symlink();
        match (folder, wanted && !entry.is_dir()) {
            _ if hidden => {}
            (true, _) => walk(&entry, files)?,
            // A link to nothing is named by whoever reads it; a pipe would never end.
            (false, true) if entry.is_file() || !entry.exists() => push(entry, files)?,
            (false, _) => {}
        }
    }
    Ok(())
}

fn push(file: PathBuf, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if files.len() >= MAX_FILES {
        return Err(io::Error::other(format!("more than {MAX_FILES} files")));
    }
    files.push(file);
    Ok(())
}
