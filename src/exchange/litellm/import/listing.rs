//! The rows of one model at one provider as what a source says of one listing: a table of prices by
//! size, quality and steps, and other costs in the map's own words.

use jiff::civil::Date;

use super::costs::{RowPrice, StatedCosts};
use crate::catalog::{Conditions, Price};

/// A row of the map that has its place.
#[derive(Debug)]
pub(super) struct MapItem {
    /// Its place among all rows.
    pub(super) number: usize,
    pub(super) key: String,
    pub(super) when: Result<Conditions, String>,
    pub(super) said: Result<StatedCosts, String>,
}

/// What one place of the map says of the price, by condition.
#[derive(Debug, PartialEq)]
pub(super) struct StatementTable {
    /// The row and field, where another place says something else.
    pub(super) at: Option<String>,
    pub(super) rows: Vec<(Conditions, String)>,
}

/// What the map says of one listing.
#[derive(Debug, Default)]
pub(super) struct ListingUpdate {
    pub(super) tables: Vec<StatementTable>,
    /// Whether a price is for a megapixel.
    pub(super) by_megapixel: bool,
    /// The day from which it is no longer sold.
    pub(super) retires: Option<Date>,
    pub(super) claims: Vec<(String, String)>,
    pub(super) page: Option<String>,
    /// What each row came to: what it says, or why it is refused.
    pub(super) came: Vec<(usize, Result<String, String>)>,
    /// What is left out of a row, and why.
    pub(super) remarks: Vec<(usize, String)>,
}

/// The prices of one condition: two that differ are two sides.
struct CostCell {
    when: Conditions,
    sides: Vec<(Price, String, String)>,
}

/// Puts the rows of one listing together. A row that holds for every image becomes the row without
/// conditions, which the others go before, as they do in the map.
pub(super) fn saying(items: &[MapItem]) -> ListingUpdate {
    let mut update = ListingUpdate::default();
    let mut cells: Vec<CostCell> = Vec::new();
    for item in items {
        let (when, said) = match (&item.when, &item.said) {
            (Ok(when), Ok(said)) => (when, said),
            (Err(why), _) | (Ok(_), Err(why)) => {
                update.came.push((item.number, Err(why.clone())));
                continue;
            }
        };
        let rows = said.prices.iter().map(|price| Some((joined(when, &price.when)?, price)));
        let Some(rows) = rows.collect::<Option<Vec<_>>>() else {
            let why = "its key and its costs name different sizes or qualities".to_owned();
            update.came.push((item.number, Err(why)));
            continue;
        };
        update.came.push((item.number, Ok(words(&rows))));
        let remarks = said.remarks.iter().map(|remark| (item.number, remark.clone()));
        update.remarks.extend(remarks);
        update.claim(item, when, said);
        if !is_covered(item, items) {
            for (when, price) in &rows {
                add(&mut cells, item, when, price);
            }
        }
    }
    cells.sort_by(|a, b| a.when.cmp(&b.when));
    update.tables = tables(&cells);
    update
}

/// The conditions of a key with those of a cost; none where they exclude each other.
fn joined(key: &Conditions, cost: &Conditions) -> Option<Conditions> {
    let is_open = (key.size.is_none() || cost.size.is_none())
        && (key.quality.is_none() || cost.quality.is_none());
    is_open.then(|| Conditions {
        size: key.size.or(cost.size),
        quality: key.quality.clone().or_else(|| cost.quality.clone()),
        steps: key.steps,
        ..cost.clone()
    })
}

/// The one price of a row that has no other conditions than its key.
fn plain(item: &MapItem) -> Option<(&Conditions, &Price)> {
    let (Ok(when), Ok(said)) = (&item.when, &item.said) else { return None };
    match said.prices.as_slice() {
        [one] if one.when == Conditions::default() => Some((when, &one.price)),
        _ => None,
    }
}

/// Whether another row says the same for these images and for more, and none says anything else of
/// any of them.
fn is_covered(item: &MapItem, items: &[MapItem]) -> bool {
    let Some((when, price)) = plain(item) else { return false };
    let is_wider = |(other, _): (&Conditions, &Price)| {
        other != when
            && (other.size.is_none() || other.size == when.size)
            && (other.quality.is_none() || other.quality == when.quality)
            && (other.steps.is_none() || other.steps == when.steps)
    };
    let differs = |other: &MapItem| match plain(other) {
        Some((its, other)) => its.overlap(when) && other != price,
        None => true,
    };
    items.iter().filter_map(plain).any(is_wider) && !items.iter().any(differs)
}

fn add(cells: &mut Vec<CostCell>, item: &MapItem, when: &Conditions, price: &RowPrice) {
    let known = cells.iter().position(|cell| cell.when == *when);
    let at = known.unwrap_or_else(|| {
        cells.push(CostCell { when: when.clone(), sides: Vec::new() });
        cells.len() - 1
    });
    let sides = &mut cells[at].sides;
    if !sides.iter().any(|(known, ..)| *known == price.price) {
        let place = format!("{}: {}", item.key, price.field);
        sides.push((price.price.clone(), price.text.clone(), place));
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
    /// Adds what a row says beside its prices.
    fn claim(&mut self, item: &MapItem, when: &Conditions, said: &StatedCosts) {
        self.by_megapixel |= said.by_megapixel;
        if self.page.is_none() {
            self.page.clone_from(&said.page);
        }
        match (self.retires, said.retires) {
            (Some(known), Some(day)) if known != day => {
                let why = format!("left out: it retires on {day}, and another row on {known}");
                self.remarks.push((item.number, why));
            }
            (known, day) => self.retires = known.or(day),
        }
        if said.claims.is_empty() || said.claims == self.claims {
            return;
        }
        if *when == Conditions::default() && self.claims.is_empty() {
            self.claims.clone_from(&said.claims);
            return;
        }
        let names: Vec<_> = said.claims.iter().map(|(name, _)| format!("`{name}`")).collect();
        let why = "another row of the listing says otherwise, or it holds for one size alone";
        self.remarks.push((item.number, format!("left out: {}; {why}", names.join(", "))));
    }
}

/// The prices of a row with their conditions.
fn words(rows: &[(Conditions, &RowPrice)]) -> String {
    let words = rows.iter().map(|(when, price)| format!("{}{when}", price.text));
    words.collect::<Vec<_>>().join("; ")
}
