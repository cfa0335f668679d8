//! Amounts as Kubernetes writes them: `1000m` and `1` are one amount, and the API server stores the shorter. Pure.

/// Billionths that an amount holds, rounded up as the API server does; nothing for what is no amount, or beyond reach.
#[must_use]
pub fn billionths(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let (base, power) = scale(suffix)?;
    // digits * base^power * 10^9 / 10^(decimals), in whole numbers.
    let mut numerator = digits;
    let mut denominator = 1_i128;
    if base == 1024 {
        numerator = numerator.checked_mul(1024_i128.checked_pow(power.unsigned_abs())?)?;
    }
    let tens = 9 - i32::try_from(fraction.len()).ok()? + if base == 10 { power } else { 0 };
    if tens >= 0 {
        numerator = numerator.checked_mul(10_i128.checked_pow(tens.unsigned_abs())?)?;
    } else {
        denominator = 10_i128.checked_pow(tens.unsigned_abs())?;
    }
    let up = numerator.checked_add(denominator - 1)? / denominator;
    Some(if text.starts_with('-') { -up } else { up })
}

fn scale(suffix: &str) -> Option<(u16, i32)> {
    Some(match suffix {
        "n" => (10, -9),
        "u" => (10, -6),
        "m" => (10, -3),
        "" => (10, 0),
        "k" => (10, 3),
        "M" => (10, 6),
        "G" => (10, 9),
        "T" => (10, 12),
        "P" => (10, 15),
        "E" => (10, 18),
        "Ki" => (1024, 1),
        "Mi" => (1024, 2),
        "Gi" => (1024, 3),
        "Ti" => (1024, 4),
        "Pi" => (1024, 5),
        "Ei" => (1024, 6),
        _ => (10, suffix.strip_prefix(['e', 'E'])?.parse().ok().filter(|n: &i32| n.abs() <= 30)?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::billionths;

    #[test]
    fn one_amount_in_several_words() {
        for same in [
            ["1", "1000m"],
            ["0.5", "500m"],
            ["1Gi", "1024Mi"],
            ["1.5Gi", "1536Mi"],
            ["1e3", "1k"],
            ["1E3", "1000"],
            [".5", "0.50"],
            ["+2", "2"],
            ["1.", "1"],
            ["0.1n", "1n"],
        ] {
            assert_eq!(billionths(same[0]), billionths(same[1]), "{same:?}");
            assert!(billionths(same[0]).is_some(), "{same:?}");
        }
        assert_ne!(billionths("1G"), billionths("1Gi"));
        assert_ne!(billionths("1"), billionths("-1"));
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for none in [
            "",
            ".",
            "m",
            "1.2.3",
            "1 Gi",
            "1gi",
            "Gi",
            "1e",
            "--1",
            "1e99",
            "9999999999999999999999999999999999999999E",
        ] {
            assert_eq!(billionths(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_amount_or_none(text in ".{0,12}") {
            let _ = billionths(&text);
        }

        #[test]
        fn thousandths_are_amounts(n in 0..1_000_000_i64) {
            prop_assert_eq!(billionths(&format!("{n}000m")), billionths(&n.to_string()));
        }
    }
}
