//! Which of a repository's files a server needs. Pure.

use super::error::FetchError;
use super::verify::RemoteFile;

/// Formats that run code when they are read, by extension. They are never fetched.
const UNSAFE_EXTENSIONS: [&str; 14] =
    ["bin", "pt", "pth", "ckpt", "pkl", "pickle", "joblib", "keras", "h5", "nemo", "mar", "ot", "npy", "npz"];
/// Beside safetensors: configuration, tokenizers, chat templates.
const COMPANION_EXTENSIONS: [&str; 5] = ["json", "model", "txt", "tiktoken", "jinja"];
/// What says under which terms the files come; fetched with every format. Compared in capitals.
const TERMS_PREFIXES: [&str; 6] = ["LICENSE", "LICENCE", "NOTICE", "USE_POLICY", "README", "COPYING"];
/// Folders with the same weights once more, for other engines.
const OTHER_ENGINES_FOLDERS: [&str; 5] = ["original", "onnx", "openvino", "coreml", "metal"];
/// How many names a message lists.
const NAMES_SHOWN: usize = 5;

/// The format to look for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Safetensors where there are any, else GGUF.
    #[default]
    Auto,
    /// Safetensors with configuration and tokenizer.
    Safetensors,
    /// One GGUF file, or the parts of one.
    Gguf,
}

/// What the deployment asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The format.
    pub format: Format,
    /// Which GGUF file: a name, a path, or a pattern with `*` and `?`.
    pub file: Option<String>,
    /// Further files, by pattern.
    pub include: Vec<String>,
}

impl Wanted {
    /// The choice in one line, so that a record of a fetch tells whether it was for the same choice.
    #[must_use]
    pub fn line(&self) -> String {
        let mut include = self.include.clone();
        include.sort();
        format!("{:?} {:?} {include:?}", self.format, self.file.as_deref().unwrap_or_default())
    }
}

/// Chooses the files, or says why there is nothing to choose.
pub fn select(model: &str, files: Vec<RemoteFile>, wanted: &Wanted) -> Result<Vec<RemoteFile>, FetchError> {
    let format = match wanted.format {
        Format::Auto if wanted.file.is_some() || !files.iter().any(is_weights) => Format::Gguf,
        Format::Auto => Format::Safetensors,
        format => format,
    };
    let weights = match format {
        Format::Gguf => gguf(model, &files, wanted.file.as_deref())?,
        _ => safetensors(&files),
    };
    if weights.is_empty() {
        return Err(nothing(model, &files, format, wanted.file.as_deref()));
    }
    let chosen = |file: &RemoteFile| {
        let path = file.path.as_str();
        let asked_for = wanted.include.iter().any(|pattern| matches(pattern, path));
        weights.iter().any(|w| w == path) || is_companion(file, format) || (asked_for && !is_unsafe(file))
    };
    Ok(files.into_iter().filter(chosen).collect())
}

fn nothing(model: &str, files: &[RemoteFile], format: Format, file: Option<&str>) -> FetchError {
    let pickle = files.iter().find(|file| is_unsafe(file));
    let other = files.iter().any(|file| matches!(extension(file).as_str(), "safetensors" | "gguf"));
    match pickle {
        Some(pickle) if !other => {
            FetchError::UnsafeFormat { model: model.to_owned(), example: pickle.path.to_string() }
        }
        _ => {
            let wanted = match (format, file) {
                (Format::Gguf, Some(pattern)) => format!("GGUF file that matches {pattern:?}"),
                (Format::Gguf, None) => "safetensors or GGUF file".to_owned(),
                _ => "safetensors file".to_owned(),
            };
            FetchError::NothingToServe { model: model.to_owned(), wanted }
        }
    }
}

fn safetensors(files: &[RemoteFile]) -> Vec<String> {
    let all: Vec<&RemoteFile> = files.iter().filter(|file| is_weights(file)).collect();
    // Some publishers add the same weights as `consolidated*.safetensors`; engines read the `model*` set.
    let has_model = all.iter().any(|file| file.path.as_str().starts_with("model"));
    let twice = |file: &RemoteFile| has_model && file.path.as_str().starts_with("consolidated");
    all.into_iter().filter(|file| !twice(file)).map(|file| file.path.to_string()).collect()
}

fn gguf(model: &str, files: &[RemoteFile], pattern: Option<&str>) -> Result<Vec<String>, FetchError> {
    let all = files.iter().filter(|file| extension(file) == "gguf");
    if let Some(pattern) = pattern {
        let hit = |file: &&RemoteFile| matches(pattern, file.path.as_str()) || matches(pattern, file.path.name());
        let hits: Vec<&RemoteFile> = all.clone().filter(hit).collect();
        // One part of a split model means all of its parts.
        let whole = |file: &&RemoteFile| hits.iter().any(|hit| stem(hit) == stem(file));
        return Ok(all.filter(whole).map(|file| file.path.to_string()).collect());
    }
    // A projector beside a model is not a model.
    let models: Vec<&RemoteFile> = all.filter(|file| !file.path.name().starts_with("mmproj")).collect();
    let mut stems: Vec<&str> = models.iter().map(|file| stem(file)).collect();
    stems.sort_unstable();
    stems.dedup();
    if stems.len() > 1 {
        let some: Vec<&str> = stems.iter().copied().take(NAMES_SHOWN).collect();
        let tail =
            if stems.len() > NAMES_SHOWN { format!(", and {} more", stems.len() - NAMES_SHOWN) } else { String::new() };
        let likely =
            stems.iter().find(|stem| stem.contains("Q4_K_M")).map_or_else(|| stems.first(), |_| Some(&"Q4_K_M"));
        return Err(FetchError::SeveralFiles {
            model: model.to_owned(),
            some: some.join(", ") + &tail,
            example: likely.map(ToString::to_string).unwrap_or_default(),
        });
    }
    Ok(models.into_iter().map(|file| file.path.to_string()).collect())
}

/// A GGUF file's path without `.gguf` and without `-00001-of-00003`.
fn stem(file: &RemoteFile) -> &str {
    let path = file.path.as_str();
    let path = path.len().checked_sub(".gguf".len()).and_then(|end| path.get(..end)).unwrap_or(path);
    let digits = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    path.rsplit_once("-of-")
        .filter(|(_, total)| digits(total))
        .and_then(|(head, _)| head.rsplit_once('-'))
        .filter(|(_, part)| digits(part))
        .map_or(path, |(stem, _)| stem)
}

fn extension(file: &RemoteFile) -> String {
    file.path.name().rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

fn is_unsafe(file: &RemoteFile) -> bool {
    UNSAFE_EXTENSIONS.contains(&extension(file).as_str())
}

fn is_weights(file: &RemoteFile) -> bool {
    extension(file) == "safetensors" && !for_other_engines(file)
}

fn for_other_engines(file: &RemoteFile) -> bool {
    let mut parts = file.path.parts();
    let first = parts.next().unwrap_or_default();
    parts.next().is_some() && OTHER_ENGINES_FOLDERS.contains(&first)
}

fn is_companion(file: &RemoteFile, format: Format) -> bool {
    let name = file.path.name().to_ascii_uppercase();
    let terms = TERMS_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !is_unsafe(file);
    let config = COMPANION_EXTENSIONS.contains(&extension(file).as_str());
    (terms && !file.path.as_str().contains('/')) || (format != Format::Gguf && config && !for_other_engines(file))
}

/// Whether a pattern with `*` (any text) and `?` (one byte) is the whole of a text.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None; // where to take up again: after the star, and one byte further
    while let Some(byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted == byte => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after, from)) = star else { return false };
                star = Some((after, from + 1));
                (p, t) = (after, from + 1);
            }
        }
    }
    pattern.iter().skip(p).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::error::Reason;
    use crate::fetch::path::SafePath;
    use crate::fetch::verify::Digest;
    use proptest::prelude::*;

    fn repo(paths: &[&str]) -> Vec<RemoteFile> {
        let file = |path: &&str| RemoteFile {
            path: SafePath::parse(path).unwrap(),
            size: 1,
            digest: Digest::GitBlob("a".repeat(40)),
        };
        paths.iter().map(file).collect()
    }

    fn chosen(paths: &[&str], wanted: &Wanted) -> Result<Vec<String>, Reason> {
        let files = select("org/repo", repo(paths), wanted).map_err(|error| error.reason())?;
        Ok(files.iter().map(|file| file.path.to_string()).collect())
    }

    fn gguf_named(pattern: &str) -> Wanted {
        Wanted { file: Some(pattern.to_owned()), ..Wanted::default() }
    }

    #[test]
    fn safetensors_come_with_what_an_engine_reads_and_nothing_else() {
        let all = [
            ".gitattributes",
            "LICENSE.txt",
            "README.md",
            "USE_POLICY.md",
            "config.json",
            "chat_template.jinja",
            "consolidated.safetensors",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "modeling_x.py",
            "onnx/config.json",
            "original/params.json",
            "original/model.safetensors",
            "pytorch_model.bin",
            "tokenizer.model",
            "1_Pooling/config.json",
        ];
        let expected = [
            "LICENSE.txt",
            "README.md",
            "USE_POLICY.md",
            "config.json",
            "chat_template.jinja",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "tokenizer.model",
            "1_Pooling/config.json",
        ];
        assert_eq!(chosen(&all, &Wanted::default()).unwrap(), expected);
    }

    #[test]
    fn pickles_are_never_fetched_and_alone_are_an_error_that_says_so() {
        assert_eq!(chosen(&["config.json", "pytorch_model.bin"], &Wanted::default()), Err(Reason::UnsafeFormat));
        let asked = Wanted { include: vec!["*".into()], ..Wanted::default() };
        let got = chosen(&["model.safetensors", "pytorch_model.bin", "modeling_x.py"], &asked).unwrap();
        assert_eq!(got, ["model.safetensors", "modeling_x.py"]);
        let gguf = Wanted { format: Format::Gguf, ..Wanted::default() };
        assert_eq!(chosen(&["model.safetensors", "a.bin"], &gguf), Err(Reason::NothingToServe));
        assert_eq!(chosen(&["README.md"], &Wanted::default()), Err(Reason::NothingToServe));
    }

    #[test]
    fn one_gguf_file_needs_no_name_and_several_do() {
        let several = ["m-Q4_K_M.gguf", "m-Q8_0.gguf", "mmproj-m.gguf", "README.md", "config.json"];
        assert_eq!(chosen(&["m.gguf", "mmproj-m.gguf"], &Wanted::default()).unwrap(), ["m.gguf"]);
        assert_eq!(chosen(&several, &Wanted::default()), Err(Reason::SeveralFiles));
        assert_eq!(chosen(&several, &gguf_named("*Q8_0*")).unwrap(), ["m-Q8_0.gguf", "README.md"]);
        assert_eq!(chosen(&several, &gguf_named("*Q2_K*")), Err(Reason::NothingToServe));
    }

    #[test]
    fn one_part_of_a_split_file_means_all_its_parts() {
        let parts = ["q4/m-00001-of-00002.gguf", "q4/m-00002-of-00002.gguf", "q8/m-00001-of-00002.gguf"];
        assert_eq!(chosen(&parts, &gguf_named("q4/m-00001-of-00002.gguf")).unwrap(), parts[..2]);
        assert_eq!(chosen(&parts[..2], &Wanted::default()).unwrap(), parts[..2]);
    }

    #[test]
    fn several_files_are_named_with_a_pattern_that_would_do() {
        let error = select("o/r", repo(&["a-Q4_K_M.gguf", "a-Q8_0.gguf"]), &Wanted::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "o/r has several GGUF files (a-Q4_K_M, a-Q8_0): say which one by its name or a pattern, such as *Q4_K_M*"
        );
    }

    proptest! {
        #[test]
        fn a_pattern_never_panics_and_a_star_matches_all(pattern in r"[ab*?é]{0,12}", text in r"[abé]{0,12}") {
            let _ = matches(&pattern, &text);
            prop_assert!(matches("*", &text));
            prop_assert!(matches(&text, &text));
        }

        #[test]
        fn no_choice_ever_holds_a_pickle(names in proptest::collection::vec(r"[a-c]\.(bin|pt|PKL|gguf|json|safetensors)", 0..8), include in r"[*a-c.]{0,4}") {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let wanted = Wanted { include: vec![include], ..Wanted::default() };
            if let Ok(files) = select("o/r", repo(&names), &wanted) {
                prop_assert!(!files.iter().any(is_unsafe));
            }
        }
    }
}
