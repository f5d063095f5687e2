//! The price book as a table: what each listing charges in each case, from which day to which, by
//! reading; refusals are rows, too. Who counts images and pixels with it comes to what `reprice`
//! says of the same log, to the last digit, whatever sizes and qualities the log has.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::catalog::{Currency, DECIMALS, Listing, Overflow, Size};
use crate::pricing::{PriceTable, Reason, Share, UnitCost, Variant, changes_of};

mod case;
mod entry;

pub use case::{BookCase, CaseQuality};
pub use entry::{BookCharge, BookEntry};

use case::NamedValues;
use entry::EntryMaker;

/// The first day that a log's row may have.
pub const FIRST_DAY: Date = Date::constant(1970, 1, 1);

/// One entry of the book.
#[derive(Debug, Clone)]
pub struct BookRow {
    pub listing: String,
    pub provider: String,
    /// From midnight UTC of this day.
    pub from: Date,
    /// To midnight UTC of this day, where it ends.
    pub to: Option<Date>,
    /// The place of its cases in [`PriceBook::conditions`].
    pub condition: usize,
    pub entry: BookEntry,
    /// By how much the divisor of the cost is to be multiplied for the one that it has in common
    /// with the rows beside it.
    pub weight: i128,
    /// What all figures by which it is compared with the rows beside it can be divided by.
    pub common_factor: i128,
}

/// The figures of a row in whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookAmounts {
    /// What a unit costs, times the divisor, in units of ten to the power of minus
    /// [`PriceBook::scale`].
    pub amount: i128,
    /// What each image costs beside its units, in the same units.
    pub base: i128,
    /// What the amounts of all units together are divided by.
    pub divisor: i64,
    /// What tells which of the rows of one case is lower: amount and base by the divisor that all
    /// of them have in common.
    pub comparable: i128,
    pub comparable_base: i128,
}

/// The prices of listings, for all sizes and qualities.
#[derive(Debug)]
pub struct PriceBook {
    pub edition: Option<String>,
    pub digest: String,
    /// The day whose facts count, where it is one for all rows.
    pub as_of: Option<Date>,
    pub currency: Currency,
    /// Amounts are whole numbers of ten to the power of minus this.
    pub scale: u32,
    /// Sets of cases: a row counts for each case of its set.
    pub conditions: Vec<Vec<BookCase>>,
    /// For each listing, day and case there is at least one row that counts.
    pub rows: Vec<BookRow>,
    /// Listings without any price, each with the reason of most of its refusals.
    pub unpriced: Vec<(String, String)>,
}

/// Says why there is no book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    #[error("a price of `{listing}` needs more than {digits} digits, and is not rounded to fit")]
    Digits { listing: String, digits: u32 },
}

/// Cases that are alike, with what is said of them.
type CasesAlike = (Vec<usize>, Vec<BookEntry>);

impl PriceBook {
    /// The book of these listings; sizes that no source names are told apart where they are given.
    pub fn new(
        table: &PriceTable<'_>,
        listings: &[&Listing],
        sizes: &[Size],
        variant: &Variant,
        as_of: Option<Date>,
    ) -> Result<Self, BookError> {
        let catalog = table.catalog();
        let named = NamedValues::new(catalog, listings, sizes);
        let cases = named.cases();
        let mut sets: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut book = Self {
            edition: catalog.edition().map(|edition| edition.name.clone()),
            digest: catalog.digest.clone(),
            as_of,
            currency: table.terms().currency,
            scale: 0,
            conditions: Vec::new(),
            rows: Vec::new(),
            unpriced: Vec::new(),
        };
        for listing in listings {
            let maker = EntryMaker { table, listing, named: &named, variant, day: FIRST_DAY };
            let spans = spans(maker, &cases, as_of);
            book.note_unpriced(listing, &spans);
            for (from, to, (members, entries)) in spans {
                let condition = *sets.entry(members).or_insert_with_key(|members| {
                    let set = members.iter().filter_map(|at| cases.get(*at).cloned());
                    book.conditions.push(set.collect());
                    book.conditions.len() - 1
                });
                let (id, provider) = (listing.id.to_string(), listing.provider.as_str().to_owned());
                let common = common_divisor(&entries)
                    .ok_or_else(|| BookError::Digits { listing: id.clone(), digits: MAX_DIGITS })?;
                book.rows.extend(entries.into_iter().map(|entry| BookRow {
                    weight: weight(&entry, common),
                    common_factor: 1,
                    listing: id.clone(),
                    provider: provider.clone(),
                    from,
                    to,
                    condition,
                    entry,
                }));
            }
        }
        let charges = book.rows.iter().filter_map(|row| row.entry.charge.as_ref());
        let costs = charges.flat_map(|charge| [charge.cost.each, charge.cost.base]);
        let finest = costs.map(|cost| cost.dividend().scale).max();
        book.scale = finest.unwrap_or(0).max(DECIMALS);
        book.find_common_factors();
        Ok(book)
    }

    /// Makes the figures by which rows are compared as short as they can be: engines multiply them.
    fn find_common_factors(&mut self) {
        let beside = |a: &BookRow, b: &BookRow| {
            (&a.listing, a.from, a.condition) == (&b.listing, b.from, b.condition)
        };
        let mut factors = Vec::with_capacity(self.rows.len());
        for rows in self.rows.chunk_by(beside) {
            let mut factor = 0;
            for row in rows {
                // What is too long for any engine is told where it is asked for.
                if let Ok(Some(it)) = self.amounts(row) {
                    factor = gcd(factor, gcd(it.comparable, it.comparable_base));
                }
            }
            factors.extend(rows.iter().map(|_| factor.max(1)));
        }
        for (row, factor) in self.rows.iter_mut().zip(factors) {
            row.common_factor = factor;
        }
    }

    /// A row's amounts; none for a refusal.
    pub fn amounts(&self, row: &BookRow) -> Result<Option<BookAmounts>, BookError> {
        let Some(charge) = &row.entry.charge else { return Ok(None) };
        let too_long = |digits| BookError::Digits { listing: row.listing.clone(), digits };
        let wide = charge.divisor().ok_or_else(|| too_long(MAX_DIVISOR_DIGITS))?;
        let divisor = i64::try_from(wide).ok();
        let divisor = divisor.filter(|divisor| *divisor < 10_i64.pow(MAX_DIVISOR_DIGITS));
        let divisor = divisor.ok_or_else(|| too_long(MAX_DIVISOR_DIGITS))?;
        let times = |units: i128, factor: i128| {
            units.checked_mul(factor).ok_or_else(|| too_long(MAX_DIGITS))
        };
        let fit = |units: i128| {
            let fits = units.unsigned_abs() < 10_u128.pow(MAX_DIGITS);
            if fits { Ok(units) } else { Err(too_long(MAX_DIGITS)) }
        };
        let compared = |units| fit(times(units, row.weight)? / row.common_factor);
        let dividend = |cost: UnitCost| {
            let units = at_scale(cost.dividend(), self.scale);
            fit(times(units.map_err(|Overflow| too_long(MAX_DIGITS))?, wide / cost.divisor())?)
        };
        let (amount, base) = (dividend(charge.cost.each)?, dividend(charge.cost.base)?);
        let (comparable, comparable_base) = (compared(amount)?, compared(base)?);
        Ok(Some(BookAmounts { amount, base, divisor, comparable, comparable_base }))
    }

    fn note_unpriced(&mut self, listing: &Listing, spans: &[(Date, Option<Date>, CasesAlike)]) {
        if spans.iter().flat_map(|(.., (_, entries))| entries).any(|entry| entry.charge.is_some()) {
            return;
        }
        // What is said of most cases today says most of a listing.
        let now = spans.iter().filter(|(_, to, _)| to.is_none());
        let most = now.max_by_key(|(.., (members, _))| members.len());
        let why = most.and_then(|(.., (_, entries))| entries.first()).map(|entry| &entry.reason);
        self.unpriced.push((listing.id.to_string(), why.cloned().unwrap_or_default()));
    }
}

/// The most digits of an amount, which the engines' decimals hold.
pub const MAX_DIGITS: u32 = 38;

/// The most digits of a divisor: the engines take a remainder of ten times as much in 64 bits.
const MAX_DIVISOR_DIGITS: u32 = 17;

/// A share as a whole number of ten to the power of minus `scale`.
pub(super) fn at_scale(share: Share, scale: u32) -> Result<i128, Overflow> {
    let power = 10_i128.checked_pow(scale.checked_sub(share.scale).ok_or(Overflow)?);
    let units = power.and_then(|power| share.mantissa.checked_mul(power));
    let fits = |units: &i128| units.unsigned_abs() < 10_u128.pow(MAX_DIGITS);
    units.filter(fits).ok_or(Overflow)
}

/// What a listing says, with the days from which and to which it says so.
fn spans(
    mut maker: EntryMaker<'_>,
    cases: &[BookCase],
    as_of: Option<Date>,
) -> Vec<(Date, Option<Date>, CasesAlike)> {
    let mut starts = vec![FIRST_DAY];
    if as_of.is_none() {
        let changes = changes_of(maker.table.catalog(), maker.listing);
        starts.extend(changes.into_iter().filter(|day| *day > FIRST_DAY));
    }
    let mut open: Vec<(Date, CasesAlike)> = Vec::new();
    let mut spans = Vec::new();
    for start in starts {
        maker.day = as_of.unwrap_or(start);
        let mut now = alike(&maker, cases);
        let mut still = Vec::new();
        for (from, said) in open {
            if let Some(at) = now.iter().position(|other| *other == said) {
                now.swap_remove(at);
                still.push((from, said));
            } else {
                spans.push((from, Some(start), said));
            }
        }
        still.extend(now.into_iter().map(|said| (start, said)));
        open = still;
    }
    spans.extend(open.into_iter().map(|(from, said)| (from, None, said)));
    spans.sort_by(|(from, _, (a, _)), (other, _, (b, _))| (a, from).cmp(&(b, other)));
    spans
}

/// The least common multiple of the divisors of some costs.
fn common_divisor(entries: &[BookEntry]) -> Option<i128> {
    let mut charges = entries.iter().filter_map(|entry| entry.charge.as_ref());
    charges.try_fold(1_i128, |common, charge| {
        let divisor = charge.divisor()?;
        common.checked_mul(divisor / gcd(common, divisor))
    })
}

/// The greatest common divisor; that of zero and a number is the number.
fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn weight(entry: &BookEntry, common: i128) -> i128 {
    entry.charge.as_ref().and_then(BookCharge::divisor).map_or(1, |divisor| common / divisor)
}

/// The cases by what a listing says of them on one day.
fn alike(maker: &EntryMaker<'_>, cases: &[BookCase]) -> Vec<CasesAlike> {
    let mut all: Vec<CasesAlike> = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let entries = match case {
            BookCase::Bad(fault) => {
                vec![BookEntry::refusal(format!("bad-row: {}", fault.as_str()))]
            }
            BookCase::SizeOpen => vec![BookEntry::refusal(Reason::SizeNotGiven.to_string())],
            BookCase::Drawn { size, quality } => maker.entries(*size, quality),
        };
        match all.iter_mut().find(|(_, known)| *known == entries) {
            Some((members, _)) => members.push(at),
            None => all.push((vec![at], entries)),
        }
    }
    all
}
