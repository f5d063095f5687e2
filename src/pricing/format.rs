//! Amounts, counts and times as text.

use rust_decimal::Decimal;

/// An amount in its shortest form: `10`, `104.8576`.
pub fn amount(amount: Decimal) -> String {
    amount.normalize().to_string()
}

/// A number with its thousands apart: `1,000`, `12,345.678`.
pub fn grouped(number: Decimal) -> String {
    let text = number.normalize().to_string();
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut apart = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            apart.push(',');
        }
        apart.push(digit);
    }
    if !rest.is_empty() {
        apart.push('.');
        apart.push_str(rest);
    }
    apart
}

/// So many of a thing: `1 row`, `1,000 rows`.
pub fn plural(count: impl Into<Decimal>, noun: &str) -> String {
    let count = count.into();
    format!("{} {noun}{}", grouped(count), if count == Decimal::ONE { "" } else { "s" })
}

/// From the lowest to the highest, or one of them where both are the same: `8–40`.
pub fn span(low: String, high: &str) -> String {
    if low == high { low } else { format!("{low}–{high}") }
}

/// A time in its largest two units: `2 h 47 min`, `45 s`.
pub fn time(seconds: u64) -> String {
    let mut left = seconds;
    let mut parts = Vec::new();
    for (unit, size) in [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)] {
        if left >= size {
            parts.push(format!("{} {unit}", left / size));
        }
        left %= size;
    }
    parts.truncate(2);
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}
