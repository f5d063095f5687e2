//! The rows of one model at one provider as what a source says of one listing: a table of prices by
//! size and quality, and prices for tokens in the map's own words.

use super::key::KeyConditions;
use super::row::StatedCosts;
use crate::catalog::{Conditions, Price};

/// A row of the map that has its place.
#[derive(Debug)]
pub(super) struct MapItem {
    /// Its place among all rows.
    pub(super) number: usize,
    pub(super) key: String,
    pub(super) when: Result<KeyConditions, String>,
    pub(super) said: Result<StatedCosts, String>,
}

/// What one place of the map says of the price, by size and quality.
#[derive(Debug, PartialEq)]
pub(super) struct StatementTable {
    /// The row and field, where another place says something else.
    pub(super) at: Option<String>,
    pub(super) rows: Vec<(KeyConditions, String)>,
}

/// What the map says of one listing.
#[derive(Debug, Default)]
pub(super) struct ListingUpdate {
    pub(super) tables: Vec<StatementTable>,
    pub(super) claims: Vec<(String, String)>,
    pub(super) page: Option<String>,
    /// Whether a row has prices for tokens alone.
    pub(super) by_tokens: bool,
    /// What each row came to: what it says, or why it is refused.
    pub(super) came: Vec<(usize, Result<String, String>)>,
    /// What is left out of a row, and why.
    pub(super) remarks: Vec<(usize, String)>,
}

/// The prices of one condition: two that differ are two sides.
struct CostCell {
    when: KeyConditions,
    sides: Vec<(Price, String, String)>,
}

/// Puts the rows of one listing together.
pub(super) fn saying(items: &[MapItem]) -> ListingUpdate {
    let mut saying = ListingUpdate::default();
    let mut cells: Vec<CostCell> = Vec::new();
    for item in items {
        match accepted(item, items) {
            Ok((when, said)) => {
                saying.came.push((item.number, Ok(words(when, said))));
                let remarks = said.remarks.iter().map(|remark| (item.number, remark.clone()));
                saying.remarks.extend(remarks);
                saying.claim(item, when, said);
                let is_covered = |other: &MapItem| {
                    is_the_same_for_more(other, when, said) && accepted(other, items).is_ok()
                };
                if !items.iter().any(is_covered) {
                    add(&mut cells, item, when, said);
                }
            }
            Err(why) => saying.came.push((item.number, Err(why))),
        }
    }
    cells.sort_by(|a, b| a.when.cmp(&b.when));
    saying.tables = tables(&cells);
    saying
}

/// The condition and the sayings of a row that a catalog can hold.
fn accepted<'i>(
    item: &'i MapItem,
    items: &[MapItem],
) -> Result<(&'i KeyConditions, &'i StatedCosts), String> {
    let when = item.when.as_ref().map_err(Clone::clone)?;
    let said = item.said.as_ref().map_err(Clone::clone)?;
    if said.prices.is_empty() {
        if *when != KeyConditions::default() {
            let why = "it is priced by tokens for one size or quality, which no catalog can say";
            return Err(why.to_owned());
        }
        return Ok((when, said));
    }
    // For `LiteLLM` such a row holds where no other does, and a catalog has no such condition.
    let narrower = items.iter().find(|other| {
        let narrows = match &other.when {
            Ok(narrow) => when.is_wider(narrow),
            Err(_) => when.quality.is_none(),
        };
        narrows && !other.said.as_ref().is_ok_and(|other| same(other, said))
    });
    match narrower {
        Some(other) => Err(format!(
            "it holds only where no other row does, and `{}` says something else",
            other.key
        )),
        None => Ok((when, said)),
    }
}

fn same(a: &StatedCosts, b: &StatedCosts) -> bool {
    let prices = |said: &StatedCosts| {
        said.prices.iter().map(|(price, ..)| price.clone()).collect::<Vec<_>>()
    };
    prices(a) == prices(b)
}

/// Whether a row says the same for these jobs and for more.
fn is_the_same_for_more(other: &MapItem, when: &KeyConditions, said: &StatedCosts) -> bool {
    let (Ok(wide), Ok(its)) = (&other.when, &other.said) else { return false };
    wide.is_wider(when) && same(its, said) && !said.prices.is_empty()
}

fn add(cells: &mut Vec<CostCell>, item: &MapItem, when: &KeyConditions, said: &StatedCosts) {
    if said.prices.is_empty() {
        return;
    }
    let known = cells.iter().position(|cell| cell.when == *when);
    let at = known.unwrap_or_else(|| {
        cells.push(CostCell { when: when.clone(), sides: Vec::new() });
        cells.len() - 1
    });
    let sides = &mut cells[at].sides;
    for (price, text, field) in &said.prices {
        if !sides.iter().any(|(known, ..)| known == price) {
            sides.push((price.clone(), text.clone(), format!("{}: {field}", item.key)));
        }
    }
}

/// One table, or one for each side: where others agree, all tables say the same.
fn tables(cells: &[CostCell]) -> Vec<StatementTable> {
    let count = cells.iter().map(|cell| cell.sides.len()).max().unwrap_or_default();
    let table = |number: usize| {
        let side = |cell: &CostCell| cell.sides[number.min(cell.sides.len() - 1)].clone();
        let differs = cells.iter().find(|cell| cell.sides.len() > number.max(1));
        let at = differs.map(|cell| side(cell).2);
        let rows = cells.iter().map(|cell| (cell.when.clone(), side(cell).1)).collect();
        StatementTable { at, rows }
    };
    (0..count).map(table).collect()
}

impl ListingUpdate {
    fn claim(&mut self, item: &MapItem, when: &KeyConditions, said: &StatedCosts) {
        self.by_tokens |= said.prices.is_empty();
        if self.page.is_none() {
            self.page.clone_from(&said.page);
        }
        if said.claims.is_empty() || said.claims == self.claims {
            return;
        }
        if *when == KeyConditions::default() && self.claims.is_empty() {
            self.claims.clone_from(&said.claims);
            return;
        }
        let names: Vec<_> = said.claims.iter().map(|(name, _)| format!("`{name}`")).collect();
        let why = "another row of the listing says otherwise, or it holds for one size alone";
        self.remarks.push((item.number, format!("left out: {}; {why}", names.join(", "))));
    }
}

/// A row's price with its condition, or that it is priced by tokens.
fn words(when: &KeyConditions, said: &StatedCosts) -> String {
    if said.prices.is_empty() {
        return "priced by tokens".to_owned();
    }
    let prices: Vec<_> = said.prices.iter().map(|(_, text, _)| text.as_str()).collect();
    let when = Conditions { size: when.size, quality: when.quality.clone(), ..Default::default() };
    format!("{}{when}", prices.join(" or "))
}
