//! Amounts and counts as text: the shortest decimal, and numbers with their thousands apart.

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
