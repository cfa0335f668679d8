//! Writes the catalogue's data anew as JSON, and a list of it: people read and write YAML, and the program, which reads
//! all of it at each start, reads JSON some ten times faster. What the entries must say is checked where they are read.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

const DATA: &str = "src/catalog/data";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={DATA}");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let mut names = Vec::new();
    gather(Path::new(DATA), &mut names)?;
    names.sort();
    let mut list = String::from("&[\n");
    for name in &names {
        let text = fs::read_to_string(Path::new(DATA).join(name)).map_err(|error| format!("{DATA}/{name}: {error}"))?;
        // Words such as NO, No and off are words, as they are where a field is read as one.
        let options = serde_saphyr::options! { strict_booleans: true };
        let value: serde_json::Value =
            serde_saphyr::from_str_with_options(&text, options).map_err(|error| format!("{DATA}/{name}: {error}"))?;
        let json = out.join(name.replace('/', "-")).with_extension("json");
        fs::write(&json, serde_json::to_string(&value)?)?;
        list.push_str(&format!("    ({name:?}, include_str!({:?})),\n", json.to_string_lossy()));
    }
    list.push_str("]\n");
    fs::write(out.join("catalog-files.rs"), list)?;
    Ok(())
}

/// The YAML files of a folder and of those in it, by their path below the data.
fn gather(folder: &Path, names: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, names)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml") && !is_hidden(&path) {
            names.push(path.strip_prefix(DATA)?.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

/// What editors leave beside a file.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
