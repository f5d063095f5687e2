//! The price book as a table: what each listing charges in each case, from which day to which, by
//! reading; refusals are rows, too. Who counts images and pixels with it comes to what `reprice`
//! says of the same log, to the last digit, whatever sizes and qualities the log has.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::catalog::{Catalog, Currency, DECIMALS, Listing, Overflow, Size};
use crate::pricing::{QuoteError, changes};
use crate::reprice::{Basis, SIZE_OPEN};

mod case;
mod entry;

pub use case::{Case, Quality};
pub use entry::Entry;

use case::Words;
use entry::Asked;

/// The first day that a log's row may have.
pub const FIRST_DAY: Date = Date::constant(1970, 1, 1);

/// One entry of the book.
#[derive(Debug, Clone)]
pub struct Row {
    /// The listing's id.
    pub listing: String,
    /// Who sells there.
    pub provider: String,
    /// From midnight UTC of this day.
    pub from: Date,
    /// To midnight UTC of this day, where it ends.
    pub to: Option<Date>,
    /// The place of its cases in [`Book::conditions`].
    pub condition: usize,
    /// What is said.
    pub entry: Entry,
}

/// The prices of listings, for all sizes and qualities.
#[derive(Debug)]
pub struct Book {
    /// The catalog's edition.
    pub edition: Option<String>,
    /// The catalog's digest.
    pub digest: String,
    /// The day whose facts count, where it is one for all rows.
    pub as_of: Option<Date>,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Amounts are whole numbers of ten to the power of minus this.
    pub scale: u32,
    /// Sets of cases: a row counts for each case of its set.
    pub conditions: Vec<Vec<Case>>,
    /// For each listing, day and case there is at least one row that counts.
    pub rows: Vec<Row>,
    /// Listings without any price, each with the reason of most of its refusals.
    pub unpriced: Vec<(String, String)>,
}

/// Says why there is no book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// A price can't be worked out.
    #[error(transparent)]
    Quote(#[from] QuoteError),
    /// An amount has too many digits.
    #[error("a price of `{listing}` needs more than {digits} digits, and is not rounded to fit")]
    Digits {
        /// The listing.
        listing: String,
        /// How many digits there may be.
        digits: u32,
    },
}

/// Cases that are alike, with what is said of them.
type Alike = (Vec<usize>, Vec<Entry>);

impl Book {
    /// The book of these listings; sizes that no source names are told apart where they are given.
    pub fn new(
        catalog: &Catalog,
        listings: &[&Listing],
        sizes: &[Size],
        basis: &Basis,
        as_of: Option<Date>,
    ) -> Result<Self, BookError> {
        let words = Words::new(catalog, listings, sizes);
        let cases = words.cases();
        let mut sets: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut book = Self {
            edition: catalog.edition().map(|edition| edition.name.clone()),
            digest: catalog.digest.clone(),
            as_of,
            currency: basis.currency,
            scale: 0,
            conditions: Vec::new(),
            rows: Vec::new(),
            unpriced: Vec::new(),
        };
        for listing in listings {
            let spans = spans(catalog, listing, &words, &cases, basis, as_of)?;
            book.note_unpriced(listing, &spans);
            for (from, to, (members, entries)) in spans {
                let condition = *sets.entry(members).or_insert_with_key(|members| {
                    let set = members.iter().filter_map(|at| cases.get(*at).cloned());
                    book.conditions.push(set.collect());
                    book.conditions.len() - 1
                });
                let (id, provider) = (listing.id.to_string(), listing.provider.as_str().to_owned());
                book.rows.extend(entries.into_iter().map(|entry| Row {
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
        let finest = charges.map(|charge| charge.amount.normalize().scale()).max();
        book.scale = finest.unwrap_or(0).max(DECIMALS);
        Ok(book)
    }

    /// A row's amount as a whole number of ten to the power of minus [`Book::scale`].
    pub fn amount(&self, row: &Row) -> Result<Option<i128>, BookError> {
        let Some(charge) = &row.entry.charge else { return Ok(None) };
        let units = at_scale(charge.amount, self.scale).map_err(|Overflow| BookError::Digits {
            listing: row.listing.clone(),
            digits: MOST_DIGITS,
        })?;
        Ok(Some(units))
    }

    fn note_unpriced(&mut self, listing: &Listing, spans: &[(Date, Option<Date>, Alike)]) {
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
pub const MOST_DIGITS: u32 = 38;

/// An amount as a whole number of ten to the power of minus `scale`.
pub(super) fn at_scale(amount: rust_decimal::Decimal, scale: u32) -> Result<i128, Overflow> {
    let amount = amount.normalize();
    let power = 10_i128.checked_pow(scale.checked_sub(amount.scale()).ok_or(Overflow)?);
    let units = power.and_then(|power| amount.mantissa().checked_mul(power));
    let fits = |units: &i128| units.unsigned_abs() < 10_u128.pow(MOST_DIGITS);
    units.filter(fits).ok_or(Overflow)
}

/// What a listing says, with the days from which and to which it says so.
fn spans(
    catalog: &Catalog,
    listing: &Listing,
    words: &Words,
    cases: &[Case],
    basis: &Basis,
    as_of: Option<Date>,
) -> Result<Vec<(Date, Option<Date>, Alike)>, QuoteError> {
    let mut starts = vec![FIRST_DAY];
    if as_of.is_none() {
        starts.extend(changes(catalog, listing).into_iter().filter(|day| *day > FIRST_DAY));
    }
    let first = listing.entity.statements.iter().map(|statement| statement.seen).min();
    let mut open: Vec<(Date, Alike)> = Vec::new();
    let mut spans = Vec::new();
    for start in starts {
        let day = as_of.unwrap_or(start);
        let early = first.is_some_and(|first| day < first);
        let asked = Asked { catalog, listing, words, basis, day, early };
        let mut now = alike(&asked, cases)?;
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
    Ok(spans)
}

/// The cases by what a listing says of them on one day.
fn alike(asked: &Asked<'_>, cases: &[Case]) -> Result<Vec<Alike>, QuoteError> {
    let mut all: Vec<Alike> = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let entries = match case {
            Case::Bad(fault) => vec![Entry::refusal(format!("bad-row: {}", fault.code()))],
            Case::SizeOpen => vec![Entry::refusal(SIZE_OPEN.to_owned())],
            Case::Drawn { size, quality } => asked.entries(*size, quality)?,
        };
        match all.iter_mut().find(|(_, known)| *known == entries) {
            Some((members, _)) => members.push(at),
            None => all.push((vec![at], entries)),
        }
    }
    Ok(all)
}
