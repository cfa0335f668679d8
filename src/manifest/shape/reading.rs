//! Why a field cannot be read, in our own words: a parser speaks of its own types, and a person of what is written.

use super::words::nearest;

/// How what is said ends where something else stands for a group of fields.
pub const FIELDS_EXPECTED: &str = "stands where fields are expected";

/// What a parser of YAML or JSON says of one field, as a person would say it.
#[must_use]
pub fn plain(said: &str) -> String {
    // Where in a text it stands is of no use once the field is named.
    let said = said.split(" at line ").next().unwrap_or(said);
    if let Some(field) = said.strip_prefix("missing field ") {
        return format!("{} is missing", ticked(field).unwrap_or(field));
    }
    if let Some(rest) = said.strip_prefix("unknown variant ") {
        return word(rest).unwrap_or_else(|| said.to_owned());
    }
    let mismatch = said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: "));
    let Some((found, wanted)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) else {
        return said.to_owned();
    };
    let found = found_words(found);
    match wanted {
        "a string" if is_many(&found) => format!("{found} stands where one word is expected"),
        "a string" => format!("{found} is no text; write it in quotes"),
        "a boolean" => format!("{found} is neither true nor false"),
        "a sequence" if is_many(&found) => {
            format!("{found} is no list; write the entries one by one, each with a hyphen before its first field")
        }
        "a sequence" => format!("{found} is no list; write it in brackets, such as [{found}]"),
        "a map" => format!("{found} {FIELDS_EXPECTED}"),
        _ if wanted.starts_with("struct ") || wanted.starts_with("internally tagged") => {
            format!("{found} {FIELDS_EXPECTED}")
        }
        _ if is_number(wanted) => format!("{found} is no whole number; write it in digits alone, without quotes"),
        _ if wanted.starts_with('f') && wanted.get(1..).is_some_and(|bits| bits.parse::<u8>().is_ok()) => {
            format!("{found} is no number")
        }
        _ if matches!(found.as_str(), "true" | "false") => {
            format!("{found} is what YAML makes of On and Off, Yes and No without quotes; write the word in quotes")
        }
        _ if is_many(&found) => format!("{found} stands where one word is expected"),
        _ => format!("{found} is not what is expected here"),
    }
}

fn is_number(wanted: &str) -> bool {
    wanted.starts_with(['i', 'u']) && wanted.get(1..).is_some_and(|bits| bits == "size" || bits.parse::<u8>().is_ok())
}

/// Whether what was found is more than one word.
fn is_many(found: &str) -> bool {
    matches!(found, "a list" | "a group of fields")
}

/// What was found, without the parser's word for its type.
fn found_words(found: &str) -> String {
    match found {
        "map" => "a group of fields".into(),
        "sequence" => "a list".into(),
        "unit value" | "null" | "Option value" => "nothing".into(),
        _ => ticked(found).or_else(|| found.find('"').and_then(|at| found.get(at..))).unwrap_or(found).to_owned(),
    }
}

/// The text between two ticks.
fn ticked(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('`')?;
    rest.rsplit_once('`').map(|(inner, _)| inner)
}

/// A word that is none of those that may stand there.
fn word(rest: &str) -> Option<String> {
    let (written, known) = rest.split_once(", expected ")?;
    let written = ticked(written)?;
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let list = known.join(", ");
    Some(match (known.as_slice(), nearest(written, known.iter().copied())) {
        ([only], _) => format!("{written} is not {only}"),
        (_, Some(near)) => format!("{written} is none of {list}; the nearest is {near}"),
        _ => format!("{written} is none of {list}"),
    })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_a_parser_says_is_said_in_our_words() {
        for (said, words) in [
            ("missing field `kind`", "kind is missing"),
            ("missing field `kind` at line 3 column 4", "kind is missing"),
            (
                "unknown variant `Public`, expected one of `public`, `partners`, `internal`",
                "Public is none of public, partners, internal; the nearest is public",
            ),
            ("unknown variant `a`, expected `b`", "a is not b"),
            (
                "invalid type: string \"700,000,001\", expected i64",
                "\"700,000,001\" is no whole number; write it in digits alone, without quotes",
            ),
            (
                "invalid type: floating point `1e+20`, expected i64",
                "1e+20 is no whole number; write it in digits alone, without quotes",
            ),
            ("invalid type: integer `2023`, expected a string", "2023 is no text; write it in quotes"),
            (
                "invalid type: string \"SG\", expected a sequence",
                "\"SG\" is no list; write it in brackets, such as [\"SG\"]",
            ),
            ("invalid type: string \"late\", expected struct WaiverSpec", "\"late\" stands where fields are expected"),
            ("invalid type: map, expected a string", "a group of fields stands where one word is expected"),
            (
                "invalid type: map, expected a sequence",
                "a group of fields is no list; write the entries one by one, each with a hyphen before its first field",
            ),
            (
                "invalid type: boolean `false`, expected enum RuleStrictness",
                "false is what YAML makes of On and Off, Yes and No without quotes; write the word in quotes",
            ),
            ("something else", "something else"),
        ] {
            assert_eq!(plain(said), words);
        }
    }
}
