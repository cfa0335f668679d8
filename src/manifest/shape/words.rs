//! The nearest known word, and what YAML made of one.

/// The known word that is at most two letters away, if one is.
#[must_use]
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const MAX_LEN: usize = 64;
    if written.len() > MAX_LEN {
        return None;
    }
    let written = written.to_ascii_lowercase();
    // A word of two letters is near another only when one of them is the same.
    let letters = written.chars().count();
    let allowed = if letters <= 3 { 1 } else { 2 };
    // Two letters apart, and the opposite.
    let opposite = |word: &&str| {
        written.starts_with("ext") && word.starts_with("int") || written.starts_with("int") && word.starts_with("ext")
    };
    known
        .filter(|word| !opposite(word))
        .filter(|word| word.chars().count().abs_diff(letters) <= allowed)
        .filter_map(|word| Some((distance(&written, &word.to_ascii_lowercase(), allowed)?, word)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The nearest known word as a sentence of its own, where there is one.
pub(super) fn near_words(near: Option<&str>) -> String {
    near.map(|near| format!(" The nearest known one is {near}.")).unwrap_or_default()
}

/// Edits between two words, if they are no more than this.
fn distance(one: &str, other: &str, most: usize) -> Option<usize> {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let mut next = Vec::with_capacity(row.len());
    for (i, a) in one.chars().enumerate() {
        next.clear();
        next.push(i + 1);
        let (mut left, mut least) = (i + 1, i + 1);
        for (b, (above, diagonal)) in other.iter().zip(row.iter().skip(1).zip(&row)) {
            left = (above + 1).min(left + 1).min(diagonal + usize::from(a != *b));
            least = least.min(left);
            next.push(left);
        }
        // It only grows from one row to the next.
        if least > most {
            return None;
        }
        std::mem::swap(&mut row, &mut next);
    }
    row.last().copied().filter(|edits| *edits <= most)
}

/// What to say of a country that YAML turned into something else.
pub(super) fn not_text(json: &str) -> &'static str {
    match json {
        "false" => ", which is what YAML makes of NO without quotes",
        _ => ", and a country code is text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("alibab", ["aws", "alibaba"].into_iter()), Some("alibaba"));
        assert_eq!(nearest("EUU", ["EEA", "EU"].into_iter()), Some("EU"));
        assert_eq!(nearest("somewhere", ["aws", "alibaba"].into_iter()), None);
    }
}
