//! What the map says of a listing, as a catalog's file has it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::costs::MEGAPIXEL;
use super::listing::{ListingUpdate, StatementTable};
use crate::catalog::{Conditions, Field, quoted};

/// Files by path.
pub type CatalogFiles = BTreeMap<String, Vec<u8>>;

/// The statements of one day: one, or one for each side.
pub(super) fn statements(
    update: &ListingUpdate,
    withdrawn: &[Field],
    source: &str,
    seen: Date,
) -> String {
    let head = |at: Option<&String>| {
        let at = at.map(|at| format!("at = {}\n", quoted(at))).unwrap_or_default();
        format!("[[statement]]\nsource = {}\n{at}seen = {seen}\n", quoted(source))
    };
    let gone: Vec<_> = withdrawn.iter().map(|field| quoted(field.key())).collect();
    let gone = match gone.as_slice() {
        [] => String::new(),
        gone => format!("withdrawn = [{}]\n", gone.join(", ")),
    };
    let facts: String = facts(update).into_iter().map(|(_, line)| line).collect();
    if update.tables.is_empty() {
        return head(None) + &gone + &facts;
    }
    let blocks = update.tables.iter().enumerate().map(|(number, table)| {
        let more = if number == 0 { format!("{gone}{facts}") } else { String::new() };
        format!("{}{}{more}", head(table.at.as_ref()), price(table))
    });
    blocks.collect::<Vec<_>>().join("\n")
}

fn price(table: &StatementTable) -> String {
    if let [(when, text)] = table.rows.as_slice()
        && *when == Conditions::default()
    {
        return format!("price = {}\n", quoted(text));
    }
    let rows: Vec<_> = table.rows.iter().map(|(when, text)| row(when, text)).collect();
    // A table over several lines is what a person can read, and what TOML 1.0 has.
    format!("price = [\n    {},\n]\n", rows.join(",\n    "))
}

/// A row with the conditions that an import makes.
fn row(when: &Conditions, text: &str) -> String {
    let conditions = [
        ("size", when.size.map(|size| format!("\"{size}\""))),
        ("max-pixels", when.max_pixels.map(|pixels| pixels.to_string())),
        ("quality", when.quality.as_deref().map(quoted)),
        ("mode", when.mode.map(|mode| quoted(mode.into()))),
        ("steps", when.steps.map(|steps| steps.to_string())),
    ];
    let stated = conditions.into_iter().filter_map(|(key, value)| Some((key, value?)));
    let stated = stated.map(|(key, value)| format!("{key} = {value}"));
    let all: Vec<_> = std::iter::once(format!("price = {}", quoted(text))).chain(stated).collect();
    format!("{{ {} }}", all.join(", "))
}

/// What is stated beside the price, each with its line.
pub(super) fn facts(update: &ListingUpdate) -> Vec<(Field, String)> {
    let mut facts = Vec::new();
    if update.by_megapixel {
        facts.push((Field::MegapixelPixels, format!("megapixel = {MEGAPIXEL}\n")));
        facts.push((Field::MegapixelRounding, "megapixel-rounding = \"up\"\n".to_owned()));
    }
    facts.extend(update.retires.map(|day| (Field::Retires, format!("retires = {day}\n"))));
    let texts = update.claims.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let page = update.page.as_ref().map(|page| ("source", page.as_str()));
    let claim = |(name, text): (&str, &str)| format!("{} = {}", quoted(name), quoted(text));
    let claims: Vec<_> = texts.chain(page).map(claim).collect();
    if !claims.is_empty() {
        facts.push((Field::Claims, format!("claims = {{ {} }}\n", claims.join(", "))));
    }
    facts
}
