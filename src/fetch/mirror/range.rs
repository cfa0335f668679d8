//! The part of a file that a reader asks for. Pure.

/// Which bytes to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of them, with status 200.
    Whole,
    /// From, and how many, with status 206.
    Of {
        /// The first byte.
        start: u64,
        /// How many; never 0.
        length: u64,
    },
    /// None of what was asked for exists: status 416.
    Outside,
}

/// Reads a `Range` header for a file of that size. What is malformed, or more than one range, means all (RFC 9110, 14.2).
#[must_use]
pub fn part(range: Option<&str>, size: u64) -> Part {
    let Some((first, last)) = range.and_then(|text| text.trim().strip_prefix("bytes=")).and_then(|r| r.split_once('-'))
    else {
        return Part::Whole;
    };
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let (start, end) = match (first.is_empty(), number(first), last.is_empty(), number(last)) {
        (false, Some(start), true, _) => (start, size),
        (false, Some(start), false, Some(last)) if start <= last => (start, last.saturating_add(1).min(size)),
        (true, _, false, Some(tail)) => (size.saturating_sub(tail), size),
        _ => return Part::Whole,
    };
    match end.checked_sub(start) {
        Some(length) if length > 0 => Part::Of { start, length },
        _ => Part::Outside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_are_read_as_http_defines_them() {
        let of = |start, length| Part::Of { start, length };
        let cases = [
            (None, Part::Whole),
            (Some("bytes=0-"), of(0, 10)),
            (Some("bytes=4-"), of(4, 6)),
            (Some("bytes=0-0"), of(0, 1)),
            (Some("bytes=4-99"), of(4, 6)),
            (Some("bytes=-3"), of(7, 3)),
            (Some("bytes=-99"), of(0, 10)),
            (Some("bytes=10-"), Part::Outside),
            (Some("bytes=-0"), Part::Outside),
            (Some("bytes=5-4"), Part::Whole),
            (Some("bytes=0-1,4-5"), Part::Whole),
            (Some("bytes=+1-2"), Part::Whole),
            (Some("lines=0-1"), Part::Whole),
            (Some("bytes=-"), Part::Whole),
        ];
        for (range, expected) in cases {
            assert_eq!(part(range, 10), expected, "{range:?}");
        }
        assert_eq!(part(Some("bytes=0-"), 0), Part::Outside);
    }

    proptest! {
        #[test]
        fn a_part_is_never_outside_the_file(text in r"bytes=[0-9,-]{0,24}", size: u64) {
            if let Part::Of { start, length } = part(Some(&text), size) {
                prop_assert!(length > 0 && start.checked_add(length).is_some_and(|end| end <= size));
            }
        }
    }
}
