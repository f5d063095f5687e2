//! The price book as plain tables: columns with a kind, rows of cells. What the formats have in
//! common.

use jiff::civil::Date;

use super::price_book::{
    BookCase, BookError, BookRow, CaseQuality, MAX_DIGITS, PriceBook, at_scale,
};
use crate::catalog::{DECIMALS, Overflow, SizeRule};
use crate::pricing::{Share, UnitCost};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text; never absent.
    Text,
    /// A whole number of at most 63 bits.
    Number,
    /// A whole number of at most 38 digits.
    Amount,
    /// A day.
    Day,
}

/// What stands in one column of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing.
    Absent,
    /// Text.
    Text(String),
    /// A whole number.
    Whole(i128),
    /// A day.
    Day(Date),
}

/// A column: its name and kind.
pub(super) type Column = (&'static str, Kind);

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell>>,
}

const STAMP: [Column; 5] = [
    ("edition", Kind::Text),
    ("digest", Kind::Text),
    ("as_of", Kind::Day),
    ("currency", Kind::Text),
    ("scale", Kind::Number),
];

const CASE: [Column; 4] = [
    ("fault", Kind::Text),
    ("size", Kind::Text),
    ("quality_is", Kind::Text),
    ("quality", Kind::Text),
];

const ROW: [Column; 4] = [
    ("listing", Kind::Text),
    ("provider", Kind::Text),
    ("valid_from", Kind::Day),
    ("valid_to", Kind::Day),
];

const ENTRY: [Column; 21] = [
    ("size_min", Kind::Number),
    ("size_max", Kind::Number),
    ("size_divisor", Kind::Number),
    ("size_pixels", Kind::Number),
    ("reading", Kind::Number),
    ("amount", Kind::Amount),
    ("divisor", Kind::Number),
    ("comparable", Kind::Amount),
    ("per", Kind::Text),
    ("price", Kind::Amount),
    ("price_unit", Kind::Text),
    ("price_currency", Kind::Text),
    ("price_source", Kind::Text),
    ("credit", Kind::Amount),
    ("fee", Kind::Text),
    ("rate", Kind::Amount),
    ("rate_pair", Kind::Text),
    ("rate_date", Kind::Day),
    ("rate_source", Kind::Text),
    ("sources", Kind::Text),
    ("reason", Kind::Text),
];

/// What stands for every size that no source names.
const OTHER_SIZE: &str = "*";

/// Books, conditions and prices, each as a table.
pub(super) fn tables(book: &PriceBook) -> Result<[Table; 3], BookError> {
    let mut conditions = Vec::new();
    for (set, number) in book.conditions.iter().zip(1..) {
        for case in set {
            conditions.push([vec![Cell::Whole(number)], case_cells(case)].concat());
        }
    }
    let mut prices = Vec::new();
    for (row, number) in book.rows.iter().zip(1..) {
        let condition = Cell::Whole(i128::try_from(row.condition + 1).unwrap_or_default());
        let cells = [row_cells(row), vec![condition], entry_cells(book, row)?].concat();
        prices.push([vec![Cell::Whole(number)], cells].concat());
    }
    let condition = [("condition", Kind::Number)];
    Ok([
        Table { name: "cogdex_books", columns: STAMP.to_vec(), rows: vec![stamp_cells(book)] },
        Table {
            name: "cogdex_conditions",
            columns: [&condition[..], &CASE].concat(),
            rows: conditions,
        },
        Table {
            name: "cogdex_prices",
            columns: [&[("id", Kind::Number)], &ROW[..], &condition, &ENTRY].concat(),
            rows: prices,
        },
    ])
}

/// All three in one: a row for each entry and each case that it counts for.
pub(super) fn flat(book: &PriceBook) -> Result<Table, BookError> {
    let mut rows = Vec::new();
    for row in &book.rows {
        let (stamp, entry) = (stamp_cells(book), entry_cells(book, row)?);
        for case in book.conditions.get(row.condition).into_iter().flatten() {
            let cells = [stamp.clone(), row_cells(row), case_cells(case), entry.clone()];
            rows.push(cells.concat());
        }
    }
    let columns = [&STAMP[..], &ROW, &CASE, &ENTRY].concat();
    Ok(Table { name: "prices", columns, rows })
}

fn stamp_cells(book: &PriceBook) -> Vec<Cell> {
    vec![
        text(book.edition.as_deref().unwrap_or_default()),
        text(&book.digest),
        book.as_of.map_or(Cell::Absent, Cell::Day),
        text(book.currency.code()),
        Cell::Whole(book.scale.into()),
    ]
}

fn row_cells(row: &BookRow) -> Vec<Cell> {
    let to = row.to.map_or(Cell::Absent, Cell::Day);
    vec![text(&row.listing), text(&row.provider), Cell::Day(row.from), to]
}

fn case_cells(case: &BookCase) -> Vec<Cell> {
    let default = CaseQuality::Default;
    let (fault, size, quality) = match case {
        BookCase::Bad(fault) => (fault.code(), String::new(), &default),
        BookCase::SizeOpen => ("size-not-given", String::new(), &default),
        BookCase::Drawn { size, quality } => {
            ("", size.map_or_else(|| OTHER_SIZE.to_owned(), |size| size.to_string()), quality)
        }
    };
    let named = if let CaseQuality::Named(word) = quality { word } else { "" };
    vec![text(fault), text(&size), text(quality.as_str()), text(named)]
}

fn entry_cells(book: &PriceBook, row: &BookRow) -> Result<Vec<Cell>, BookError> {
    let entry = &row.entry;
    let rule = entry.rule.unwrap_or_default();
    let SizeRule { min, max, divisor, max_pixels } = rule;
    let mut cells = [min, max, divisor].map(|side| number(side.map(i128::from))).to_vec();
    cells.push(number(max_pixels.map(i128::from)));
    cells.push(Cell::Whole(entry.reading.into()));
    let amounts = book.amounts(row)?;
    cells.push(number(amounts.map(|amounts| amounts.amount)));
    cells.push(number(amounts.map(|amounts| amounts.divisor.into())));
    cells.push(number(amounts.map(|amounts| amounts.comparable)));
    let charge = entry.charge.as_ref();
    // What a source writes, a credit's worth and a rate have no more decimals than these.
    let twelve = |amount| {
        let digits =
            |Overflow| BookError::Digits { listing: row.listing.clone(), digits: MAX_DIGITS };
        let amount: Share = UnitCost::from(amount).dividend();
        at_scale(amount, DECIMALS).map(Cell::Whole).map_err(digits)
    };
    let words = |word: Option<&str>| text(word.unwrap_or_default());
    let rate = charge.and_then(|charge| charge.rate.as_ref());
    let fee = charge.and_then(|charge| charge.fee.as_ref()).map(ToString::to_string);
    let credit = charge.and_then(|charge| charge.credit);
    cells.extend([
        words(charge.map(|charge| charge.unit.as_str())),
        charge.map_or(Ok(Cell::Absent), |charge| twelve(charge.price.amount))?,
        words(charge.map(|charge| charge.price.unit.as_str())),
        words(charge.map(|charge| charge.price.currency.code())),
        words(charge.map(|charge| charge.price_source.as_str())),
        credit.map_or(Ok(Cell::Absent), twelve)?,
        words(fee.as_deref()),
        rate.map_or(Ok(Cell::Absent), |rate| twelve(rate.value))?,
        words(rate.map(|rate| rate.pair.as_str())),
        rate.and_then(|rate| rate.date).map_or(Cell::Absent, Cell::Day),
        words(rate.map(|rate| rate.source.as_str())),
        text(&entry.sources.join(", ")),
        text(&entry.reason),
    ]);
    Ok(cells)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn number(number: Option<i128>) -> Cell {
    number.map_or(Cell::Absent, Cell::Whole)
}
