//! From a file's tables to statements and heads: every key read by its kind, every fault collected.

mod billing;
mod rows;

pub(crate) use rows::{CONDITIONS, PRICE_CONDITIONS};

use std::ops::Range;

use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::diagnostic::DiagnosticCode;
use super::field::{Field, FieldKind};
use super::size::{Size, SizeRule, Sizes};
use super::statement::{Excerpt, FieldKey, Position, Ruling, Stated, Statement};
use super::terms::{Latency, Percent};
use super::toml_file::{TomlFile, TomlItem};
use super::value::{FieldValue, Texts};

/// The keys of a statement that are no fields.
pub(crate) const STATEMENT_KEYS: [&str; 11] = [
    "source",
    "at",
    "seen",
    "checked",
    "page-date",
    "not-before",
    "corrected",
    "confirmed",
    "unusual",
    "withdrawn",
    "excerpt",
];

/// The keys of a ruling.
pub(crate) const RULING_KEYS: [&str; 5] = ["field", "decides", "date", "reason", "sides"];

/// Reads one `[[statement]]`; `None` where it is unusable, and the findings say why.
pub(crate) fn statement<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Statement> {
    let table = document.table("statement", item)?;
    let here = document.position(item.span().start);
    let (mut source, mut at, mut seen) = (None, None, None);
    let (mut page_date, mut corrected, mut confirmed) = (None, None, None);
    let (mut checked, mut not_before) = (None, None);
    let mut source_position = here;
    let (mut withdrawn, mut excerpts) = (Vec::new(), Vec::new());
    // All but `source` and `seen` may be fields.
    let most = table.len().saturating_sub(2);
    let (mut stated, mut unread) = (Vec::with_capacity(most), Vec::new());
    for (key, item) in table {
        match key.get_ref().as_ref() {
            "source" => {
                source_position = document.position(item.span().start);
                source = document.text("source", item);
            }
            "at" => at = document.text("at", item),
            "seen" => seen = document.date("seen", item),
            "page-date" => page_date = document.date("page-date", item),
            "corrected" => corrected = document.date("corrected", item),
            "checked" => checked = document.date("checked", item),
            "not-before" => not_before = document.date("not-before", item),
            word @ ("confirmed" | "unusual") => confirmed = document.text(word, item),
            "withdrawn" => {
                withdrawn = document.each("withdrawn", item, field).unwrap_or_default();
            }
            "excerpt" => excerpts = excerpt(document, item),
            name => match Field::named(name) {
                Some(field) => {
                    if !read_field(document, field, item, &mut stated) {
                        unread.push(field);
                    }
                }
                None => document.unknown_key(
                    key,
                    STATEMENT_KEYS.into_iter().chain(Field::ALL.iter().map(|field| field.key())),
                ),
            },
        }
    }
    for (key, absent) in [("source", source.is_none()), ("seen", seen.is_none())] {
        if absent && !table.contains_key(key) {
            document.missing_key(item.span(), key);
        }
    }
    Some(Statement {
        source: source?.into_owned(),
        at: at.map(Into::into),
        seen: seen?,
        checked,
        page_date,
        not_before,
        corrected,
        confirmed: confirmed.map(Into::into),
        withdrawn,
        stated,
        unread,
        excerpts,
        position: here,
        source_position,
    })
}

fn field<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<(Field, Position)> {
    let name = document.text("withdrawn", item)?;
    let here = document.position(item.span().start);
    let field = Field::named(&name).ok_or_else(|| format!("`{name}` is not a field"));
    Some((document.checked(item, field)?, here))
}

fn excerpt<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Vec<Excerpt> {
    let Some(table) = document.table("excerpt", item) else { return Vec::new() };
    let mut excerpts = Vec::with_capacity(table.len());
    for (key, item) in table {
        match Field::named(key.get_ref()) {
            Some(field) => {
                let here = document.position(item.span().start);
                if let Some(text) = document.string(key.get_ref(), item) {
                    excerpts.push(Excerpt { field, text: text.into_owned(), position: here });
                }
            }
            None => document.unknown_key(key, Field::ALL.iter().map(|field| field.key())),
        }
    }
    excerpts
}

/// Reads one field into one statement, or into one for each key of a table. Whether all of it
/// could be read; else the findings say why.
fn read_field<'i>(
    document: &mut TomlFile<'i>,
    field: Field,
    item: &TomlItem<'i>,
    stated: &mut Vec<Stated>,
) -> bool {
    if !field.info().kind.is_keyed() {
        let here = document.position(item.span().start);
        let value = value(document, field, item);
        let read = value.is_some();
        stated.extend(value.map(|value| Stated {
            key: FieldKey::new(field),
            value,
            position: here,
        }));
        return read;
    }
    let Some(table) = document.table(field.key(), item) else { return false };
    let mut read = true;
    for (key, item) in table {
        let name = key.get_ref();
        let value = if let FieldKind::Flags(known) = field.info().kind {
            let is_known = known.contains(&name.as_ref());
            if !is_known {
                document.unknown_key(key, known.iter().copied());
            }
            is_known.then(|| document.flag(name, item)).flatten().map(FieldValue::Flag)
        } else {
            note(document, name, item)
        };
        let position = document.position(item.span().start);
        match value {
            Some(value) => {
                stated.push(Stated { key: FieldKey::named(field, name), value, position });
            }
            None => read = false,
        }
    }
    read
}

fn note<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<FieldValue> {
    match item.get_ref() {
        DeValue::Boolean(yes) => Some(FieldValue::Flag(*yes)),
        DeValue::String(_) => Some(FieldValue::Text(words(document, key, item)?)),
        _ => {
            document.wrong_type(key, item, "true, false or a string");
            None
        }
    }
}

fn value<'i>(document: &mut TomlFile<'i>, field: Field, item: &TomlItem<'i>) -> Option<FieldValue> {
    let key = field.key();
    Some(match field.info().kind {
        FieldKind::Price => FieldValue::Price(rows::prices(document, key, item)?),
        FieldKind::Latency => FieldValue::Latency(rows::rows::<Latency>(document, key, item)?),
        FieldKind::Credits => FieldValue::Credits(document.parsed(key, item)?),
        FieldKind::Fees => FieldValue::Fees(billing::fees(document, item)?),
        FieldKind::Packs => FieldValue::Packs(billing::packs(document, item)?),
        FieldKind::TopUp => FieldValue::TopUp(billing::top_up(document, item)?),
        FieldKind::RequestLimit => FieldValue::RequestLimit(document.parsed(key, item)?),
        FieldKind::Date => FieldValue::Date(document.date(key, item)?),
        FieldKind::Address => FieldValue::Text(document.address(key, item)?),
        FieldKind::Flag => FieldValue::Flag(document.flag(key, item)?),
        FieldKind::Text => FieldValue::Text(document.text(key, item)?.into_owned()),
        FieldKind::Words(words) => {
            let text = document.text(key, item)?;
            let known = words.contains(&text.as_ref()).then(|| text.to_string());
            let why = || format!("`{text}` is none of: {}", words.join(", "));
            FieldValue::Text(document.checked(item, known.ok_or_else(why))?)
        }
        FieldKind::Texts => FieldValue::Texts(Texts(
            document.each(key, item, |d, item| Some(d.text(key, item)?.into_owned()))?,
        )),
        FieldKind::Count => {
            let count = document.count(key, item)?;
            let counts_something =
                [Field::MegapixelPixels, Field::Concurrency, Field::DefaultSteps].contains(&field);
            let why = format!("`{key}` is above 0");
            let is_fine = count > 0 || !counts_something;
            FieldValue::Count(document.checked(item, is_fine.then_some(count).ok_or(why))?)
        }
        FieldKind::Span => FieldValue::Span(document.parsed(key, item)?),
        FieldKind::Share => FieldValue::Share(document.parsed(key, item)?),
        FieldKind::Size => FieldValue::Size(document.parsed(key, item)?),
        FieldKind::Sizes => FieldValue::Sizes(sizes(document, key, item)?),
        FieldKind::Limit => FieldValue::Limit(document.parsed(key, item)?),
        FieldKind::Days => FieldValue::Days(document.parsed(key, item)?),
        FieldKind::Flags(_) | FieldKind::Notes => return None,
    })
}

/// Puts what was read in its place; whether there was anything.
pub(super) fn set<T>(place: &mut Option<T>, read: Option<T>) -> bool {
    *place = read;
    place.is_some()
}

/// Warns of a share that is more than the whole: a factor or an amount may be meant.
fn find_above_whole(document: &mut TomlFile<'_>, share: Percent, span: Range<usize>) {
    if share.0 > Decimal::ONE {
        let text = format!("`{share}` is more than the whole");
        let hint = "write what the page says; `150%` is one and a half times as much".to_owned();
        document.find(DiagnosticCode::AboveWhole, span, text, Some(hint));
    }
}

pub(super) fn words<'i>(
    document: &mut TomlFile<'i>,
    key: &str,
    item: &TomlItem<'i>,
) -> Option<String> {
    Some(document.text(key, item)?.into_owned())
}

fn sizes<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Sizes> {
    match item.get_ref() {
        DeValue::Table(table) => size_rule(document, key, item, table).map(Sizes::Rule),
        DeValue::Array(_) => {
            let list = document.each(key, item, |document, item| document.parsed(key, item))?;
            let fault = list.is_empty().then(|| format!("`{key}` has no sizes"));
            document.checked(item, fault.map_or(Ok(Sizes::List(list)), Err))
        }
        _ => {
            document.wrong_type(key, item, "an array of sizes, or a table with a rule");
            None
        }
    }
}

fn size_rule<'i>(
    document: &mut TomlFile<'i>,
    key: &str,
    item: &TomlItem<'i>,
    table: &DeTable<'i>,
) -> Option<SizeRule> {
    let mut rule = SizeRule::default();
    let mut whole = true;
    for (name, item) in table {
        whole &= match name.get_ref().as_ref() {
            "min" => set(&mut rule.min, pixels(document, "min", item)),
            "max" => set(&mut rule.max, pixels(document, "max", item)),
            "divisor" => set(&mut rule.divisor, pixels(document, "divisor", item)),
            "max-pixels" => set(&mut rule.max_pixels, document.count("max-pixels", item)),
            _ => {
                let known = ["min", "max", "divisor", "max-pixels"];
                document.unknown_key(name, known.into_iter());
                false
            }
        };
    }
    let smallest = Size { width: 1, height: 1 };
    let fault = match rule.nearest(smallest) {
        _ if !whole => return None,
        _ if rule == SizeRule::default() => "says nothing",
        None => "lets no size through",
        Some(_) => return Some(rule),
    };
    document.checked(item, Err(format!("the rule of `{key}` {fault}")))
}

fn pixels<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<u32> {
    let count = document.count(key, item)?;
    let pixels = u32::try_from(count).ok().filter(|pixels| *pixels > 0);
    let why = || format!("`{key}` is a number of pixels above 0, not {count}");
    document.checked(item, pixels.ok_or_else(why))
}

/// Reads one `[[ruling]]`; `None` where it is unusable, and the findings say why.
pub(crate) fn ruling<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Ruling> {
    let table = document.strict_table("ruling", item, &RULING_KEYS, &[])?;
    let key = table.get("field").and_then(|item| {
        let text = document.text("field", item)?;
        let key = FieldKey::parse(&text).ok_or_else(|| format!("`{text}` is not a field"));
        document.checked(item, key)
    });
    let (decides, reason) = (document.text_of(table, "decides"), document.text_of(table, "reason"));
    let date = table.get("date").and_then(|date| document.date("date", date));
    let (mut sides, mut whole) = (Vec::new(), true);
    let all = table.get("sides").and_then(|sides| document.table("sides", sides));
    for (side, item) in all.into_iter().flatten() {
        let value = words(document, side.get_ref(), item);
        whole &= value.is_some();
        sides.extend(value.map(|value| (side.get_ref().to_string(), value)));
    }
    whole.then_some(())?;
    Some(Ruling {
        key: key?,
        decides: decides?,
        date: date?,
        reason: reason?,
        sides,
        position: document.position(item.span().start),
    })
}
