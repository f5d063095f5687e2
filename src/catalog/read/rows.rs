//! Reads tables whose rows hold under conditions: prices and latencies.

use std::ops::Range;

use toml::de::DeValue;

use super::{find_above_whole, set, words};
use crate::catalog::condition::{ConditionRow, ConditionTable, Conditions, DeliveryMode};
use crate::catalog::diagnostic::DiagnosticCode;
use crate::catalog::price::Price;
use crate::catalog::toml_file::{TomlFile, TomlItem};

/// The keys that give conditions to a row of any table.
pub(crate) const CONDITIONS: [&str; 6] =
    ["size", "max-pixels", "quality", "mode", "hardware", "steps"];

/// More rows than any seller's table has; each is held against all others.
const MAX_ROWS: usize = 2_000;

/// The keys that a row of a price table may have besides.
pub(crate) const PRICE_CONDITIONS: [&str; 3] = ["from", "until", "up-to"];

/// Reads a price table, and finds what it says twice and what it leaves open.
pub(super) fn prices<'i>(
    document: &mut TomlFile<'i>,
    key: &str,
    item: &TomlItem<'i>,
) -> Option<ConditionTable<Price>> {
    let table: ConditionTable<Price> = rows(document, key, item)?;
    let is_bare =
        |row: &ConditionRow<Price>| matches!(row.value, Price::Share(_)) && !row.when.is_batch();
    if table.0.iter().any(is_bare) {
        let why = "a share is a price of a row with mode = \"batch\"".to_owned();
        return document.checked(item, Err(why));
    }
    let is_step =
        |row: &ConditionRow<Price>| matches!(row.value, Price::Share(_)) && row.up_to.is_some();
    if table.0.iter().any(is_step) {
        let why = "a share is of the price at every volume, and has no `up-to`".to_owned();
        return document.checked(item, Err(why));
    }
    if table.0.iter().any(|row| table.0.iter().any(|other| differ_in_currency(row, other))) {
        let why = "the steps of a ladder are in one currency".to_owned();
        return document.checked(item, Err(why));
    }
    for row in &table.0 {
        if let Price::Share(share) = &row.value {
            find_above_whole(document, *share, item.span());
        }
    }
    if let Some(gap) = table.gap() {
        let hint = "give it a row without that condition, if the page states one".to_owned();
        let text = format!("`{key}`: {gap}");
        document.find(DiagnosticCode::PriceGap, item.span(), text, Some(hint));
    }
    Some(table)
}

/// Whether two rows are steps of one ladder, and ask different money; what is free has none.
fn differ_in_currency(a: &ConditionRow<Price>, b: &ConditionRow<Price>) -> bool {
    let paid = |row: &ConditionRow<Price>| {
        row.value.parts().iter().find(|it| !it.amount.is_zero()).map(|it| it.currency)
    };
    a.when == b.when && paid(a).zip(paid(b)).is_some_and(|(a, b)| a != b)
}

/// One string for every job, or rows with conditions.
pub(super) fn rows<'i, T>(
    document: &mut TomlFile<'i>,
    key: &str,
    item: &TomlItem<'i>,
) -> Option<ConditionTable<T>>
where
    T: std::str::FromStr<Err = String> + PartialEq,
{
    match item.get_ref() {
        DeValue::String(_) => return document.parsed(key, item).map(ConditionTable::always),
        DeValue::Array(_) => {}
        _ => {
            document.wrong_type(key, item, "a string, or an array of rows");
            return None;
        }
    }
    let rows = ConditionTable(document.each(key, item, |document, item| row(document, key, item))?);
    if rows.0.is_empty() {
        return document.checked(item, Err(format!("`{key}` has no rows")));
    }
    if rows.0.len() > MAX_ROWS {
        let why = format!("`{key}` has {} rows, and a table has at most {MAX_ROWS}", rows.0.len());
        return document.checked(item, Err(why));
    }
    if let Some((early, late)) = rows.overlap() {
        let text = format!("rows {} and {} of `{key}` hold for the same job", early + 1, late + 1);
        let hint = "give one of them more conditions, or both one on which they differ".to_owned();
        let code = match key {
            "price" => DiagnosticCode::PriceOverlap,
            _ => DiagnosticCode::OverlappingConditions,
        };
        document.find(code, item.span(), text, Some(hint));
    }
    Some(rows)
}

fn row<'i, T>(
    document: &mut TomlFile<'i>,
    key: &str,
    item: &TomlItem<'i>,
) -> Option<ConditionRow<T>>
where
    T: std::str::FromStr<Err = String>,
{
    let table = document.table(key, item)?;
    let (mut value, mut when, mut up_to) = (None, Conditions::default(), None);
    // A row that lost a condition would hold for more jobs than it says.
    let mut whole = true;
    let is_price = key == "price";
    for (name, item) in table {
        whole &= match name.get_ref().as_ref() {
            word if word == key => set(&mut value, document.parsed(key, item)),
            "size" => set(&mut when.size, document.parsed("size", item)),
            "max-pixels" => set(&mut when.max_pixels, above_zero(document, "max-pixels", item)),
            "quality" => set(&mut when.quality, words(document, "quality", item)),
            "mode" => set(&mut when.mode, mode(document, item)),
            "hardware" => set(&mut when.hardware, words(document, "hardware", item)),
            "steps" => set(&mut when.steps, above_zero(document, "steps", item)),
            "from" if is_price => set(&mut when.from, document.date("from", item)),
            "until" if is_price => set(&mut when.until, document.date("until", item)),
            "up-to" if is_price => set(&mut up_to, above_zero(document, "up-to", item)),
            _ => {
                let more = if is_price { &PRICE_CONDITIONS[..] } else { &[] };
                let known = CONDITIONS.into_iter().chain(more.iter().copied());
                document.unknown_key(name, known.chain([key]));
                false
            }
        };
    }
    if !table.contains_key(key) {
        document.missing_key(item.span(), key);
    }
    days(document, item.span(), &when)?;
    value.filter(|_| whole).map(|value| ConditionRow { when, up_to, value })
}

/// An offer ends no earlier than it begins.
fn days(document: &mut TomlFile<'_>, span: Range<usize>, when: &Conditions) -> Option<()> {
    let (from, until) = when.from.zip(when.until).filter(|(from, until)| until < from).unzip();
    let (Some(from), Some(until)) = (from, until) else { return Some(()) };
    let text = format!("the row ends on {until}, before it begins on {from}");
    document.find(DiagnosticCode::BadValue, span, text, None);
    None
}

fn above_zero<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<u64> {
    let count = document.count(key, item)?;
    let why = format!("`{key}` is above 0");
    document.checked(item, Some(count).filter(|count| *count > 0).ok_or(why))
}

fn mode<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<DeliveryMode> {
    let word = document.text("mode", item)?;
    let why = |_| format!("`{word}` is none of: sync, async, batch");
    document.checked(item, word.parse().map_err(why))
}
