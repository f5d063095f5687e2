//! Arithmetic for an engine whose whole numbers have 64 bits: amounts are texts of digits of equal
//! length, multiplied and added up in parts of nine digits.

use super::Dialect;
use crate::catalog::DECIMALS;

/// The parts of an amount, and the digits of each.
const PARTS: usize = 4;
const DIGITS: usize = 9;
/// Ten to the power of [`DIGITS`].
const BASE: &str = "1000000000";

/// Decimals of the numbers by which totals are sorted and compared.
const MILLIONTHS: u32 = 6;

/// The most digits of an amount.
pub(super) const MAX_DIGITS: usize = PARTS * DIGITS;

/// The part of a text that counts units of [`BASE`] to the power of `part`, of a text of so many
/// digits; the first part may be longer.
fn part(text: &str, digits: usize, parts: usize, part: usize) -> String {
    let (start, length) = if part + 1 == parts {
        (1, digits - part * DIGITS)
    } else {
        (digits - (part + 1) * DIGITS + 1, DIGITS)
    };
    format!("CAST(substr({text}, {start}, {length}) AS INTEGER)")
}

/// Joins parts, each with what the one before it carries: the highest part, then nine digits each.
fn joined(parts: &[String], most: impl Fn(&str) -> String) -> (String, String) {
    let mut carried: Vec<String> = Vec::new();
    for part in parts {
        let with = carried.last().map(|below| format!("{part} + ({below}) / {BASE}"));
        carried.push(with.unwrap_or_else(|| part.clone()));
    }
    let format = "%09d".repeat(parts.len() - 1);
    let highest = carried.pop().map(|highest| most(&highest)).unwrap_or_default();
    let lower = carried.iter().rev().map(|part| format!(", ({part}) % {BASE}"));
    (format, highest + &lower.collect::<String>())
}

/// An amount times units of fewer than nine digits and another amount, as text of
/// [`PRODUCT_DIGITS`] digits, of which the first that sorts is the lowest.
pub(super) fn each(amount: &str, units: &str, base: &str) -> String {
    let part = |of, at| part(of, MAX_DIGITS, PARTS, at);
    let sum = |at| format!("({} * {units} + {})", part(amount, at), part(base, at));
    let parts: Vec<_> = (0..PARTS).map(sum).collect();
    let (format, parts) = joined(&parts, str::to_owned);
    format!("CASE WHEN {amount} IS NOT NULL THEN printf('%018d{format}', {parts}) END")
}

/// The digits of [`each`]: its highest part has twice as many as another.
const PRODUCT_DIGITS: usize = MAX_DIGITS + DIGITS;

/// The most digits of the product of images and the highest part of [`each`].
const HIGHEST_DIGITS: usize = 19;

/// The digits of what all images of one cost come to, and its parts.
const SHARE_DIGITS: usize = HIGHEST_DIGITS + PARTS * DIGITS;
const SHARE_PARTS: usize = SHARE_DIGITS / DIGITS;

/// The columns of images times the parts of what each costs: `p_0`, `p_1` and so on.
pub(super) fn products() -> String {
    let product = |at| {
        let part = part("i.each_amount", PRODUCT_DIGITS, PARTS + 1, at);
        format!("{} AS p_{at}", Dialect::Sqlite.product(&format!("i.images * {part}"), ""))
    };
    (0..=PARTS).map(product).collect::<Vec<_>>().join(",\n    ")
}

/// What all images of one cost come to, before it is divided, as text of [`SHARE_DIGITS`] digits.
pub(super) fn dividend() -> String {
    let parts: Vec<_> = (0..=PARTS).map(|at| format!("p.p_{at}")).collect();
    // Where one part is a float, so is the highest.
    let (format, parts) = joined(&parts, |highest| Dialect::Sqlite.product(highest, ""));
    format!("printf('%0{HIGHEST_DIGITS}d{format}', {parts})")
}

/// How many digits of a quotient stand behind the twelfth decimal.
pub(super) fn tail_digits(scale: u32) -> usize {
    (scale - DECIMALS) as usize + 1
}

/// The columns that add up the parts of shares: `s_0`, `s_1` and so on.
pub(super) fn sums(scale: u32) -> String {
    let finer = (scale - DECIMALS) as usize;
    let sum = |at| {
        let part = part("s.digits", SHARE_DIGITS, SHARE_PARTS, at);
        let up = format!("s.up * 1{}", "0".repeat(finer % DIGITS));
        let up = if at == finer / DIGITS { format!(" + {up}") } else { String::new() };
        format!("sum({part}{up}) AS s_{at}")
    };
    (0..SHARE_PARTS).map(sum).collect::<Vec<_>>().join(",\n    ")
}

/// The digits of a total.
pub(super) fn total() -> String {
    let parts: Vec<_> = (0..SHARE_PARTS).map(|at| format!("s.s_{at}")).collect();
    let (format, parts) = joined(&parts, str::to_owned);
    format!("printf('%d{format}', {parts})")
}

/// Digits of which so many are decimals, with their point.
pub(super) fn decimal(digits: &str, scale: u32) -> String {
    let whole = format!("ltrim(substr({digits}, 1, length({digits}) - {scale}), '0')");
    format!("CASE {whole} WHEN '' THEN '0' ELSE {whole} END || '.' || substr({digits}, -{scale})")
}

/// Digits of which so many are decimals, as a whole number of millionths; what is finer is left out.
pub(super) fn millionths(digits: &str, scale: u32) -> String {
    format!("CAST(substr({digits}, 1, length({digits}) - {}) AS INTEGER)", scale - MILLIONTHS)
}
