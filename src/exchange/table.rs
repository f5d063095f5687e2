//! The price book as plain tables: columns with a kind, rows of cells. What the formats have in
//! common.

use jiff::civil::Date;

use super::price_book::{
    BookCase, BookError, BookRow, CaseQuality, MAX_DIGITS, PriceBook, at_scale,
};
use crate::catalog::{Currency, DECIMALS, Overflow, SizeRule, SourcePlace};
use crate::pricing::{Share, UnitCost};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// Text; never absent.
    Text,
    /// A whole number of at most 63 bits.
    Number,
    /// A whole number of at most 38 digits, in units of ten to the power of minus the book's scale.
    Amount,
    /// The same in units of the last decimal that sources state.
    Stated,
    /// A whole number of at most 38 digits that tells which of some is lower.
    Order,
    Day,
}

impl ColumnKind {
    /// Whether its numbers have more digits than 64 bits hold.
    pub(super) fn is_wide(self) -> bool {
        matches!(self, Self::Amount | Self::Stated | Self::Order)
    }
}

/// What stands in one column of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TableCell {
    Absent,
    Text(String),
    Whole(i128),
    Day(Date),
}

/// A column: its name and kind.
pub(super) type TableColumn = (&'static str, ColumnKind);

/// A table.
#[derive(Debug)]
pub(super) struct ExportTable {
    pub(super) name: &'static str,
    pub(super) columns: Vec<TableColumn>,
    pub(super) rows: Vec<Vec<TableCell>>,
}

const STAMP: [TableColumn; 5] = [
    ("edition", ColumnKind::Text),
    ("digest", ColumnKind::Text),
    ("as_of", ColumnKind::Day),
    ("currency", ColumnKind::Text),
    ("scale", ColumnKind::Number),
];

const CASE: [TableColumn; 4] = [
    ("fault", ColumnKind::Text),
    ("size", ColumnKind::Text),
    ("quality_is", ColumnKind::Text),
    ("quality", ColumnKind::Text),
];

const ROW: [TableColumn; 4] = [
    ("listing", ColumnKind::Text),
    ("provider", ColumnKind::Text),
    ("valid_from", ColumnKind::Day),
    ("valid_to", ColumnKind::Day),
];

const ENTRY: [TableColumn; 23] = [
    ("size_min", ColumnKind::Number),
    ("size_max", ColumnKind::Number),
    ("size_divisor", ColumnKind::Number),
    ("size_pixels", ColumnKind::Number),
    ("reading", ColumnKind::Number),
    ("amount", ColumnKind::Amount),
    ("divisor", ColumnKind::Number),
    ("comparable", ColumnKind::Order),
    ("per", ColumnKind::Text),
    ("price", ColumnKind::Stated),
    ("price_unit", ColumnKind::Text),
    ("price_currency", ColumnKind::Text),
    ("price_source", ColumnKind::Text),
    ("credit", ColumnKind::Stated),
    ("fee", ColumnKind::Text),
    ("rate", ColumnKind::Stated),
    ("rate_pair", ColumnKind::Text),
    ("rate_date", ColumnKind::Day),
    ("rate_source", ColumnKind::Text),
    ("base", ColumnKind::Amount),
    ("comparable_base", ColumnKind::Order),
    ("sources", ColumnKind::Text),
    ("reason", ColumnKind::Text),
];

/// What stands for every size that no source names.
const OTHER_SIZE: &str = "*";

/// Books, conditions and prices, each as a table.
pub(super) fn tables(book: &PriceBook) -> Result<[ExportTable; 3], BookError> {
    let mut conditions = Vec::new();
    for (set, number) in book.conditions.iter().zip(1..) {
        for case in set {
            conditions.push([vec![TableCell::Whole(number)], case_cells(case)].concat());
        }
    }
    let mut prices = Vec::new();
    for (row, number) in book.rows.iter().zip(1..) {
        let condition = TableCell::Whole(i128::try_from(row.condition + 1).unwrap_or_default());
        let cells = [row_cells(row), vec![condition], entry_cells(book, row)?].concat();
        prices.push([vec![TableCell::Whole(number)], cells].concat());
    }
    let condition = [("condition", ColumnKind::Number)];
    Ok([
        ExportTable {
            name: "cogdex_books",
            columns: STAMP.to_vec(),
            rows: vec![stamp_cells(book)],
        },
        ExportTable {
            name: "cogdex_conditions",
            columns: [&condition[..], &CASE].concat(),
            rows: conditions,
        },
        ExportTable {
            name: "cogdex_prices",
            columns: [&[("id", ColumnKind::Number)], &ROW[..], &condition, &ENTRY].concat(),
            rows: prices,
        },
    ])
}

/// All three in one: a row for each entry and each case that it counts for.
pub(super) fn flat(book: &PriceBook) -> Result<ExportTable, BookError> {
    let mut rows = Vec::new();
    for row in &book.rows {
        let (stamp, entry) = (stamp_cells(book), entry_cells(book, row)?);
        for case in book.conditions.get(row.condition).into_iter().flatten() {
            let cells = [stamp.clone(), row_cells(row), case_cells(case), entry.clone()];
            rows.push(cells.concat());
        }
    }
    let columns = [&STAMP[..], &ROW, &CASE, &ENTRY].concat();
    Ok(ExportTable { name: "prices", columns, rows })
}

fn stamp_cells(book: &PriceBook) -> Vec<TableCell> {
    vec![
        text(book.edition.as_deref().unwrap_or_default()),
        text(&book.digest),
        book.as_of.map_or(TableCell::Absent, TableCell::Day),
        text(book.currency.code()),
        TableCell::Whole(book.scale.into()),
    ]
}

fn row_cells(row: &BookRow) -> Vec<TableCell> {
    let to = row.to.map_or(TableCell::Absent, TableCell::Day);
    vec![text(&row.listing), text(&row.provider), TableCell::Day(row.from), to]
}

fn case_cells(case: &BookCase) -> Vec<TableCell> {
    let default = CaseQuality::Default;
    let (fault, size, quality) = match case {
        BookCase::Bad(fault) => (fault.as_str(), String::new(), &default),
        BookCase::SizeOpen => ("size-not-given", String::new(), &default),
        BookCase::Drawn { size, quality } => {
            ("", size.map_or_else(|| OTHER_SIZE.to_owned(), |size| size.to_string()), quality)
        }
    };
    let named = if let CaseQuality::Named(word) = quality { word } else { "" };
    vec![text(fault), text(&size), text(quality.as_str()), text(named)]
}

fn entry_cells(book: &PriceBook, row: &BookRow) -> Result<Vec<TableCell>, BookError> {
    let entry = &row.entry;
    let rule = entry.rule.unwrap_or_default();
    let SizeRule { min, max, divisor, max_pixels } = rule;
    let mut cells = [min, max, divisor].map(|side| number(side.map(i128::from))).to_vec();
    cells.push(number(max_pixels.map(i128::from)));
    cells.push(TableCell::Whole(entry.reading.into()));
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
        at_scale(amount, DECIMALS).map(TableCell::Whole).map_err(digits)
    };
    // A price for a number of units, a sum, or one with more decimals is told as it is written.
    let plain = charge.and_then(|charge| charge.price.single());
    let plain = plain.filter(|part| part.per == 1 && part.amount.scale() <= DECIMALS);
    let whole = charge.map(|charge| charge.price.to_string());
    let words = |word: Option<&str>| text(word.unwrap_or_default());
    let rate = charge.and_then(|charge| charge.rate.as_ref());
    let fee = charge.and_then(|charge| charge.fees.as_ref()).map(ToString::to_string);
    let credit = charge.and_then(|charge| charge.credit);
    cells.extend([
        words(charge.map(|charge| charge.cost.unit.as_str())),
        plain.map_or(Ok(TableCell::Absent), |part| twelve(part.amount))?,
        words(plain.map(|part| part.unit.as_str()).or(whole.as_deref())),
        words(charge.and_then(|charge| charge.price.currency()).map(Currency::code)),
        words(charge.map(|charge| charge.price_source.as_str())),
        credit.map_or(Ok(TableCell::Absent), twelve)?,
        words(fee.as_deref()),
        rate.map_or(Ok(TableCell::Absent), |rate| twelve(rate.value))?,
        words(rate.map(|rate| rate.pair.as_str())),
        rate.and_then(|rate| rate.date).map_or(TableCell::Absent, TableCell::Day),
        words(rate.map(|rate| rate.source.as_str())),
        number(amounts.map(|amounts| amounts.base)),
        number(amounts.map(|amounts| amounts.comparable_base)),
        text(&SourcePlace::list(&entry.sources)),
        text(&entry.reason),
    ]);
    Ok(cells)
}

fn text(text: &str) -> TableCell {
    TableCell::Text(text.to_owned())
}

fn number(number: Option<i128>) -> TableCell {
    number.map_or(TableCell::Absent, TableCell::Whole)
}
