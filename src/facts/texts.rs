//! The texts of files and folders, one after the other; `-` is standard input.

use std::{
    fs,
    io::{self, Read as _},
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
    let too_large = |most: u64| format!("it is larger than {most} bytes");
    if file == Path::new("-") {
        let mut text = String::new();
        let read = io::stdin().lock().take(MAX_STDIN_BYTES + 1).read_to_string(&mut text);
        read.map_err(|error| error.to_string())?;
        return if text.len() as u64 > MAX_STDIN_BYTES { Err(too_large(MAX_STDIN_BYTES)) } else { Ok(text) };
    }
    let size = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > MAX_FILE_BYTES {
        return Err(too_large(MAX_FILE_BYTES));
    }
    fs::read_to_string(file).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => "it is not text in UTF-8".into(),
        _ => error.to_string(),
    })
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if files.len() >= MAX_FILES {
        return Err(io::Error::other(format!("more than {MAX_FILES} files")));
    }
    if path == Path::new("-") {
        files.push(path.to_owned());
        return Ok(());
    }
    if !path.is_dir() {
        // A file that does not exist is told apart from one that is empty.
        fs::metadata(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let wanted = entry.extension().is_some_and(|ext| matches!(ext.to_str(), Some("yaml" | "yml" | "json")));
        // A link to a folder is not followed: a circle of them would have no end.
        let folder = entry.is_dir() && !entry.is_symlink();
        if !hidden && (folder || (wanted && entry.is_file())) {
            walk(&entry, files)?;
        }
    }
    Ok(())
}
