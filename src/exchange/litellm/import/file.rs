//! What the map says of a listing, as a catalog's file has it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::key::KeyConditions;
use super::listing::{ListingUpdate, StatementTable};
use crate::catalog::{Field, quoted};

/// Files by path.
pub type CatalogFiles = BTreeMap<String, Vec<u8>>;

/// The statements of one day: one, or one for each side.
pub(super) fn statements(
    saying: &ListingUpdate,
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
    let claims = claims(saying);
    if saying.tables.is_empty() {
        return head(None) + &gone + &claims;
    }
    let blocks = saying.tables.iter().enumerate().map(|(number, table)| {
        let more = if number == 0 { format!("{gone}{claims}") } else { String::new() };
        format!("{}{}{more}", head(table.at.as_ref()), price(table))
    });
    blocks.collect::<Vec<_>>().join("\n")
}

fn price(table: &StatementTable) -> String {
    if let [(when, text)] = table.rows.as_slice()
        && *when == KeyConditions::default()
    {
        return format!("price = {}\n", quoted(text));
    }
    let row = |(when, text): &(KeyConditions, String)| {
        let size = when.size.map(|size| format!(", size = \"{size}\"")).unwrap_or_default();
        let quality = when.quality.as_ref();
        let quality = quality.map(|it| format!(", quality = {}", quoted(it))).unwrap_or_default();
        format!("{{ price = {}{size}{quality} }}", quoted(text))
    };
    let rows: Vec<_> = table.rows.iter().map(row).collect();
    // A table over several lines is what a person can read, and what TOML 1.0 has.
    format!("price = [\n    {},\n]\n", rows.join(",\n    "))
}

/// Everything of money that is no price for an image or a pixel drawn; empty where there is nothing.
pub(super) fn claims(saying: &ListingUpdate) -> String {
    let mut claims = Vec::new();
    if saying.by_tokens {
        claims.push("token-priced = true".to_owned());
    }
    let texts = saying.claims.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let page = saying.page.as_ref().map(|page| ("source", page.as_str()));
    let claim = |(name, text): (&str, &str)| format!("{} = {}", quoted(name), quoted(text));
    claims.extend(texts.chain(page).map(claim));
    match claims.as_slice() {
        [] => String::new(),
        claims => format!("claims = {{ {} }}\n", claims.join(", ")),
    }
}
