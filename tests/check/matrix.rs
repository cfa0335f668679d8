//! Models by countries, in a terminal and as SVG.

use serde_json::Value;

use crate::{
    kit::golden,
    scratch::{Scratch, modelport},
};

const DAY: &str = "2026-11-24";
const MODELS: &[&str] =
    &["Qwen/Qwen3-8B", "meta-llama/Llama-2-7b-chat-hf", "tencent/Hunyuan-A13B-Instruct", "example/merge-7b"];

#[test]
fn models_by_countries_as_a_table_and_as_svg() {
    let scratch = Scratch::new("matrix");
    let file = format!("{}/matrix.svg", scratch.path());
    let mut args = vec!["matrix"];
    args.extend(MODELS);
    args.extend(["--countries", "CN,SG,US,DE,FR", "--licensee", "deploy/examples/03-one-word/acme.yaml"]);
    args.extend(["--audience", "public", "--serves", "--at", DAY, "--svg", &file]);
    let answer = modelport(&args);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains(&format!("Written to {file}")), "{}", answer.out);
    let table = answer.out.replace(&file, "matrix.svg");
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    golden("check/matrix.txt", &table);
    let svg = std::fs::read_to_string(&file).expect("the file");
    golden("check/matrix.svg", &svg);
    for word in ["PlaceExcluded", "LicenseUnknown", "role=\"img\"", "<desc"] {
        assert!(svg.contains(word), "{word}");
    }
}

#[test]
fn the_matrix_of_files_is_the_matrix_of_their_deployments_and_json_tells_every_cell() {
    let answer =
        modelport(&["matrix", "-f", "deploy/examples/03-one-word", "--countries", "CN,SG", "--at", DAY, "-o", "json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let json: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(json["countries"], serde_json::json!(["CN", "SG"]));
    let rows = json["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 3, "{rows:?}");
    let public = rows.iter().find(|row| row["cells"][0]["state"] == "refused").expect("the public one");
    assert_eq!(public["cells"][0]["reason"], "FilingMissing");
}

#[test]
fn without_a_word_well_known_models_are_shown_and_many_countries_stand_below_each_other() {
    let answer = modelport(&["matrix", "--countries", "EU", "--at", DAY]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.lines().all(|line| line.chars().count() <= 100), "{}", answer.out);
    assert!(answer.out.matches("MODEL").count() > 2, "{}", answer.out);
    assert!(answer.out.contains("Llama-2-7b-chat-hf, everywhere"), "{}", answer.out);
    let few = modelport(&["matrix", "--at", DAY]);
    assert_eq!(few.out.matches("MODEL").count(), 1, "seven countries fit beside each other: {}", few.out);
    let wrong = modelport(&["matrix", "--countries", "XX"]);
    assert!(wrong.code == 3 && wrong.err.contains("XX") && wrong.err.contains("catalog groups"), "{wrong:?}");
    let wrong = modelport(&["matrix", "--audience", "everybody"]);
    assert!(wrong.code == 3 && wrong.err.contains("internal"), "{wrong:?}");
}

#[test]
fn a_country_that_nobody_looked_into_is_marked_and_a_word_for_a_country_is_understood() {
    let answer = modelport(&["matrix", "Qwen/Qwen3-8B", "--countries", "BD,SG", "--at", DAY]);
    assert!(
        answer.out.contains("allowed ?") && answer.out.contains("?  the catalogue has no rule of the country's own"),
        "{answer:?}"
    );
    for (word, meant) in [("cn", "CN"), ("Taiwan", "TW"), ("eu", "EU")] {
        let answer = modelport(&["matrix", "Qwen/Qwen3-8B", "--countries", word, "--at", DAY]);
        assert!(answer.code != 0 && answer.err.contains(&format!("Is {meant} meant?")), "{answer:?}");
    }
}
