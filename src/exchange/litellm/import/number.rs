//! Numbers as JSON writes them, to the last digit: `4e-08` is `0.00000004`, and no float.

/// The furthest that an exponent goes; a float of 64 bits goes to 308.
const MAX_EXPONENT: i32 = 400;

/// The most digits of a number: no price has a tenth of it.
const MAX_DIGITS: i32 = 1000;

/// The plain decimal of a number of JSON: digits, and a point where there are decimals.
///
/// The error says why it can't be a price, without the number.
pub(super) fn plain(text: &str) -> Result<String, String> {
    if text.starts_with('"') {
        return Err("is a string".to_owned());
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Err("is no number".to_owned());
    }
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let negative = whole.starts_with('-');
    let all = format!("{}{decimals}", whole.trim_start_matches('-'));
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Ok("0".to_owned());
    }
    if negative {
        return Err("is negative".to_owned());
    }
    let exponent: Option<i32> = exponent.parse().ok();
    let exponent = exponent.filter(|e| e.abs() <= MAX_EXPONENT);
    let exponent = exponent.ok_or_else(|| "is beyond every price".to_owned())?;
    // Where the point stands, counted from the first significant digit.
    let length = |text: &str| match i32::try_from(text.len()) {
        Ok(length) if length <= MAX_DIGITS => Ok(length),
        _ => Err("is too long".to_owned()),
    };
    let point = length(significant)? - length(decimals)? + exponent;
    let significant = significant.trim_end_matches('0');
    let count = length(significant)?;
    let nothing = |zeros: i32| "0".repeat(usize::try_from(zeros).unwrap_or_default());
    Ok(match usize::try_from(point) {
        Ok(at) if point > 0 && point < count => {
            format!("{}.{}", &significant[..at], &significant[at..])
        }
        _ if point > 0 => format!("{significant}{}", nothing(point - count)),
        _ => format!("0.{}{significant}", nothing(-point)),
    })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn every_spelling_of_a_number_is_the_same_decimal() {
        for (text, expected) in [
            ("4e-08", "0.00000004"),
            ("1.9e-08", "0.000000019"),
            ("2.0751953125e-09", "0.0000000020751953125"),
            ("0.04", "0.04"),
            ("0.0400", "0.04"),
            ("40E-3", "0.04"),
            ("0.4e-1", "0.04"),
            ("12.5", "12.5"),
            ("1.25e1", "12.5"),
            ("1.25E+2", "125"),
            ("1.25e3", "1250"),
            ("100", "100"),
            ("0", "0"),
            ("-0.0", "0"),
            ("0e999999999999", "0"),
            ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ] {
            assert_eq!(plain(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_price_says_why() {
        for text in ["-1", "1e401", "1e99999999999", "\"0.04\"", "true", "null", "[1]", "{}"] {
            assert!(plain(text).is_err(), "{text}");
        }
    }
}
