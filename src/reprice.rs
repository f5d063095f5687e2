//! The repricer: what a usage log would have cost on every listing, exact to the last digit.
//!
//! Pricing is linear in images, and facts hold for whole UTC days. So a log is first folded into
//! sums of images per period, size, quality, tag and listing, where a period is a span of days on
//! which no fact of any listing changes (and a day or month, where totals of these are wanted).
//! Then each sum is multiplied with one quote of `compare`. Thus memory depends on how many groups
//! there are and not on rows, and no arithmetic of its own can differ from that of `compare`.
//!
//! Pure but for the log that it reads; no clock and no terminal.

mod aggregate;
mod batch;
mod book;
mod columns;
mod csv;
mod dictionary;
mod input;
mod json;
mod parquet;
mod progress;
mod record;
mod report;
mod row_error;
mod timestamp;
mod total;
mod usage;

pub use book::{Answer, BEFORE_FIRST, Basis, Book, Drawn, SIZE_OPEN};
pub use columns::{ColumnError, Columns, Meaning};
pub use dictionary::ReadOptions;
pub use input::{Input, InputError};
pub use json::document;
pub use progress::Progress;
pub use record::{Record, parquet, records};
pub use report::{Breakdown, GroupBy, Report, ReportLine, Sum};
pub use row_error::{BadRows, RowErrorKind};
pub use timestamp::Periods;
pub use total::Total;
pub use usage::{Count, Usage, UsageError, UsageKey};
