//! The repricer: what a usage log would have cost on every listing, exact to the last digit.
//!
//! Pricing is linear in images, and facts hold for whole UTC days. So a log is first folded into
//! sums of images per period, size, quality, tag and listing, where a period is a span of days on
//! which no fact of any listing changes (and a day or month, where totals of these are wanted).
//! Then each sum is multiplied with one quote of `compare`. Thus memory depends on how many groups
//! there are and not on rows, and no arithmetic of its own can differ from that of `compare`.
//!
//! Pure but for the log that it reads; no clock and no terminal.

mod bad;
mod blocks;
mod book;
mod columnar;
mod columns;
mod day;
mod document;
mod input;
mod marks;
mod names;
mod pairs;
mod record;
mod report;
mod row;
mod scan;
mod sums;
mod tally;
mod times;
mod total;
mod usage;
mod watch;
mod words;

pub use bad::{BadRows, Fault};
pub use book::{Answer, BEFORE_FIRST, Basis, Book, Drawn, SIZE_OPEN};
pub use columns::{ColumnError, Columns, Meaning};
pub use day::Periods;
pub use document::document;
pub use input::{Input, InputError};
pub use names::Reading;
pub use record::{Record, parquet, records};
pub use report::{By, Line, Part, Report, Sum};
pub use total::Total;
pub use usage::{Alike, Count, Usage, UsageError};
pub use watch::Watch;
