//! Holds the readers to what files of the hubs hold, and to arbitrary bytes.

use proptest::prelude::*;

use super::*;

fn read(file: &str, bytes: impl AsRef<[u8]>) -> Metadata {
    let mut metadata = Metadata::default();
    metadata.read(file, bytes.as_ref());
    metadata
}

fn declared(metadata: &Metadata) -> Vec<(&[String], Option<&str>)> {
    metadata.declared.iter().map(|one| (one.licenses.as_slice(), one.name.as_deref())).collect()
}

#[test]
fn a_card_declares_licence_name_link_and_bases() {
    let card = "---\nlicense: other\nlicense_name: modified-mit\nlicense_link: LICENSE\nbase_model:\n- a/b\n- https://huggingface.co/c/d\nbase_model_relation: merge\ntags: {x: [1]}\n---\n# Hello\n---\n";
    for text in [card.to_owned(), card.replace('\n', "\r\n"), format!("\u{feff}{card}")] {
        let metadata = read("README.md", &text);
        assert_eq!(declared(&metadata), [(&["other".to_owned()][..], Some("modified-mit"))], "{text:?}");
        let bases: Vec<_> = metadata.bases.iter().map(|base| (base.name.as_str(), base.relation)).collect();
        assert_eq!(bases, [("a/b", Some(Relation::Merge)), ("c/d", Some(Relation::Merge))]);
        assert!(metadata.unreadable.is_empty());
    }
}

#[test]
fn a_list_of_licences_is_kept_as_one() {
    let metadata = read("README.md", "---\nlicense: [mit, apache-2.0]\nbase_model: x/y\n---\n");
    assert_eq!(metadata.declared[0].licenses, ["mit", "apache-2.0"]);
    assert_eq!(metadata.bases[0].name, "x/y");
}

#[test]
fn a_card_that_cannot_be_read_says_what_is_wrong() {
    let bomb = format!("---\na: &a [x, x, x, x, x, x, x, x, x]\n{}---\n", {
        let mut text = String::new();
        for (new, old) in ["b", "c", "d", "e", "f", "g", "h"].iter().zip(["a", "b", "c", "d", "e", "f", "g"]) {
            text += &format!("{new}: &{new} [{}]\n", vec![format!("*{old}"); 9].join(", "));
        }
        text
    });
    for (bytes, why) in [
        (b"---\nlicense: \xff\xfe\n---\n".to_vec(), "not UTF-8"),
        (b"---\nlicense: mit\n".to_vec(), "no end"),
        (b"---\nlicense: [mit\n---\n".to_vec(), "not YAML"),
        (b"---\nlicense: {a: b}\n---\n".to_vec(), "neither a word"),
        (b"---\nbase_model: [a/b, {c: d}]\n---\n".to_vec(), "no word"),
        (format!("---\nbase_model: [{}]\n---\n", "a/b, ".repeat(100)).into_bytes(), "more than 64"),
        (format!("---\n{}", "#\n".repeat(200_000)).into_bytes(), "does not end within"),
        (bomb.into_bytes(), "not YAML"),
    ] {
        let metadata = read("README.md", &bytes);
        assert!(metadata.declared.is_empty(), "{why}");
        assert_eq!(metadata.unreadable.len(), 1, "{why}");
        assert!(metadata.unreadable[0].why.contains(why), "{}: {why}", metadata.unreadable[0].why);
    }
    for silent in ["", "# no front matter", "text\n---\nlicense: mit\n---\n"] {
        let metadata = read("README.md", silent);
        assert!(metadata.declared.is_empty() && metadata.unreadable.is_empty(), "{silent}");
    }
}

#[test]
fn an_adapter_names_its_base_and_revision() {
    let metadata = read("lora/adapter_config.json", r#"{"base_model_name_or_path": "a/b", "revision": "abc", "r": 8}"#);
    let base = &metadata.bases[0];
    assert_eq!((base.name.as_str(), base.revision.as_deref()), ("a/b", Some("abc")));
    assert_eq!(base.relation, Some(Relation::Adapter));
    for bad in ["", "[]", "{}", r#"{"base_model_name_or_path": 1}"#] {
        assert_eq!(read("adapter_config.json", bad).unreadable.len(), 1, "{bad}");
    }
}

#[test]
fn a_model_pack_declares_all_that_it_lists_and_an_image_speaks_for_itself_only() {
    let config = r#"{"descriptor": {"family": "x", "licenses": ["Apache-2.0", "MIT OR BSD-3-Clause"], "sourceURL": "https://huggingface.co/a/b", "revision": "abc"}}"#;
    let metadata = read("modelpack.json", config);
    assert_eq!(metadata.declared[0].licenses, ["Apache-2.0", "MIT OR BSD-3-Clause"]);
    assert_eq!((metadata.bases[0].name.as_str(), metadata.bases[0].relation), ("a/b", Some(Relation::Source)));
    let manifest = r#"{"annotations": {"org.opencontainers.image.licenses": "MIT"}}"#;
    let metadata = read("manifest.json", manifest);
    assert!(metadata.declared.is_empty());
    assert_eq!(metadata.image, ["MIT"]);
    let transformers = read("config.json", r#"{"architectures": ["LlamaForCausalLM"], "license": "mit"}"#);
    assert!(transformers.declared.is_empty() && transformers.unreadable.is_empty());
}

#[test]
fn expressions_are_read_with_words_of_the_hubs_in_them() {
    let all = |text: &str| match read_expression(text) {
        Wording::All(all) => all.iter().map(|clause| clause.join("|")).collect::<Vec<_>>().join(" & "),
        other => format!("{other:?}"),
    };
    for (text, expected) in [
        ("apache-2.0", "apache-2.0"),
        ("MIT AND Apache-2.0", "MIT & Apache-2.0"),
        ("mit or llama3.1", "mit|llama3.1"),
        ("(MIT OR Apache-2.0) AND LicenseRef-llama-2", "MIT|Apache-2.0 & LicenseRef-llama-2"),
        ("MIT OR Apache-2.0 AND gemma", "MIT|Apache-2.0 & MIT|gemma"),
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
        ("mit, apache-2.0", "mit & apache-2.0"),
        ("mit, other", "mit & other"),
        ("other, unknown", "Nothing"),
        ("other", "Nothing"),
        ("NOASSERTION", "Nothing"),
        ("  ", "Nothing"),
        ("MIT AND", "Unclear"),
        ("Falcon LLM Licence", "Unclear"),
        ("MIT WITH nonsense", "Unclear"),
        ("((((MIT", "Unclear"),
    ] {
        assert_eq!(all(text), expected, "{text}");
    }
    let doubling = ["(a AND b)"; 8].join(" OR ");
    assert_eq!(read_expression(&doubling), Wording::Unclear, "a product of clauses is bounded");
}

/// Writes a header as the format has it.
struct Header {
    bytes: Vec<u8>,
    keys: u64,
    big_endian: bool,
}

impl Header {
    fn new(version: u32, big_endian: bool) -> Self {
        let mut header = Self { bytes: b"GGUF".to_vec(), keys: 0, big_endian };
        header.number(version.into(), 4);
        header.number(0, 8);
        header.number(0, 8);
        header
    }

    fn number(&mut self, value: u64, size: usize) {
        let bytes = value.to_le_bytes();
        let bytes = &bytes[..size];
        if self.big_endian {
            self.bytes.extend(bytes.iter().rev());
        } else {
            self.bytes.extend(bytes);
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64, 8);
        self.bytes.extend(text.as_bytes());
    }

    fn key(mut self, key: &str, value: &str) -> Self {
        self.text(key);
        self.number(8, 4);
        self.text(value);
        self.keys += 1;
        self
    }

    fn count(mut self, key: &str, value: u64) -> Self {
        self.text(key);
        self.number(4, 4);
        self.number(value, 4);
        self.keys += 1;
        self
    }

    /// An array of texts in an array, one of numbers, as tokenizers have them.
    fn arrays(mut self) -> Self {
        self.text("tokenizer.ggml.tokens");
        for number in [(9, 4), (9, 4), (1, 8), (8, 4), (2, 8)] {
            self.number(number.0, number.1);
        }
        self.text("<s>");
        self.text("</s>");
        self.text("tokenizer.ggml.scores");
        for number in [(9, 4), (6, 4), (3, 8), (0, 4), (0, 4), (0, 4)] {
            self.number(number.0, number.1);
        }
        self.keys += 2;
        self
    }

    fn done(mut self) -> Vec<u8> {
        let keys = if self.big_endian { self.keys.to_be_bytes() } else { self.keys.to_le_bytes() };
        self.bytes[16..24].copy_from_slice(&keys);
        self.bytes.extend([0; 64]);
        self.bytes
    }
}

fn real(version: u32, big_endian: bool) -> Vec<u8> {
    Header::new(version, big_endian)
        .key("general.architecture", "llama")
        .arrays()
        .key("general.license", "llama3.1")
        .key("general.license.link", "LICENSE")
        .key("general.quantized_by", "somebody")
        .count("general.base_model.count", 2)
        .key("general.base_model.0.name", "Llama 3.1 8B Instruct")
        .key("general.base_model.0.organization", "Meta Llama")
        .key("general.base_model.0.repo_url", "https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct")
        .key("general.base_model.1.name", "Qwen3 8B")
        .key("general.base_model.1.organization", "Qwen")
        .key("general.source.huggingface.repository", "acme/mine")
        .done()
}

#[test]
fn a_header_is_read_in_both_versions_and_byte_orders() {
    for (version, big_endian) in [(2, false), (3, false), (3, true)] {
        let metadata = read("model.gguf", real(version, big_endian));
        assert_eq!(metadata.unreadable, [], "{version} {big_endian}");
        assert_eq!(declared(&metadata), [(&["llama3.1".to_owned()][..], None)]);
        let bases: Vec<_> = metadata.bases.iter().map(|base| (base.name.as_str(), base.relation)).collect();
        assert_eq!(
            bases,
            [
                ("meta-llama/Llama-3.1-8B-Instruct", Some(Relation::Quantized)),
                ("Qwen/Qwen3-8B", Some(Relation::Quantized)),
                ("acme/mine", Some(Relation::Source)),
            ]
        );
        assert_eq!(metadata.quantized_by.as_deref(), Some("somebody"));
    }
}

#[test]
fn a_header_that_claims_more_than_it_holds_is_said_and_what_was_read_is_kept() {
    let mut many = real(3, false);
    many[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
    let mut long = Header::new(3, false).key("general.license", "mit").done();
    let at = 24;
    long[at..at + 8].copy_from_slice(&(u64::MAX / 2).to_le_bytes());
    let mut array = Header::new(3, false).key("general.license", "mit");
    array.text("x");
    array.number(9, 4);
    array.number(6, 4);
    array.number(u64::MAX, 8);
    array.keys += 1;
    let claims = Header::new(3, false).count("general.base_model.count", 3).done();
    for (bytes, why) in [
        (many, "claims 18446744073709551615 keys"),
        (long, "ends too early"),
        (array.done(), "longer than any file"),
        (claims, "claims 3 base models"),
        (Header::new(1, false).done(), "version 1"),
        (b"GGML....".to_vec(), "does not begin"),
        (Vec::new(), "ends too early"),
        (Header::new(3, false).key("general.license", &"x".repeat(2_000)).done(), "longer than 512"),
    ] {
        let metadata = read("m.gguf", &bytes);
        assert!(
            metadata.unreadable.iter().any(|trouble| trouble.why.contains(why)),
            "{why}: {:?}",
            metadata.unreadable
        );
    }
    let cut = read("m.gguf", &Header::new(3, false).key("general.license", "mit").arrays().done()[..70]);
    assert_eq!(cut.declared[0].licenses, ["mit"]);
    assert_eq!(cut.unreadable.len(), 1);
}

#[test]
fn files_that_carry_nothing_are_left_alone() {
    let mut metadata = Metadata::default();
    for file in ["model.safetensors", "LICENSE", "readme.txt", ""] {
        metadata.read(file, b"GGUF");
    }
    assert_eq!(metadata, Metadata::default());
    for at in 0..=MAX_MODEL_FILES {
        metadata.read(&format!("{at}/README.md"), b"");
    }
    assert_eq!((metadata.files.len(), metadata.unreadable.len()), (MAX_MODEL_FILES, 1));
}

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["README.md", "adapter_config.json", "m.gguf", "modelpack.json", "manifest.json"])
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(file in names(), bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let metadata = read(file, &bytes);
        prop_assert!(metadata.bases.len() <= MAX_BASES);
    }

    #[test]
    fn any_bytes_after_a_true_beginning_are_read_to_an_end(
        start in prop::sample::select(vec![&b"GGUF\x03\0\0\0"[..], b"---\nlicense: ", b"{\"descriptor\":"]),
        bytes in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let whole = [start, &bytes].concat();
        for file in ["README.md", "m.gguf", "modelpack.json"] {
            read(file, &whole);
        }
    }

    #[test]
    fn a_header_with_changed_bytes_is_read_to_an_end(
        big_endian in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = real(3, big_endian);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        let metadata = read("m.gguf", &bytes);
        for base in &metadata.bases {
            prop_assert!(base.name.len() <= MAX_WORD_BYTES);
        }
    }

    #[test]
    fn any_expression_is_read_to_an_end(text in "[A-Za-z0-9.()+, -]{0,200}|(MIT|AND|OR|WITH|[(]|[)]| ){0,60}") {
        let _ = read_expression(&text);
    }
}

#[test]
fn a_word_of_a_card_holds_no_control_character() {
    let metadata = read("README.md", "---\nlicense: \"mit\\e[31m\"\n---\n");
    assert_eq!(metadata.declared[0].licenses, ["mit\u{fffd}[31m"]);
}

#[test]
fn a_header_that_says_two_things_under_one_key_is_not_believed() {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let pair = |license: &str| [text("general.license"), 8_u32.to_le_bytes().to_vec(), text(license)].concat();
    let header = |pairs: &[&str]| {
        let numbers =
            [3_u32.to_le_bytes().to_vec(), 0_u64.to_le_bytes().to_vec(), (pairs.len() as u64).to_le_bytes().to_vec()];
        let pairs: Vec<u8> = pairs.iter().flat_map(|license| pair(license)).collect();
        [b"GGUF".to_vec(), numbers.concat(), pairs].concat()
    };
    assert!(read("m.gguf", header(&["mit", "mit"])).unreadable.is_empty());
    let differs = read("m.gguf", header(&["other", "mit"]));
    assert_eq!(differs.unreadable[0].why, "it has general.license twice, and they differ");
}
