//! The repricer: what a usage log would have cost on every listing, exact to the last digit.
//!
//! Prices are linear in images, and facts hold for whole UTC days. So a log is first folded into
//! sums of images per period, size, quality, tag and listing, where a period is a span of days on
//! which no fact of any listing changes (and a day or month, where totals of these are wanted).
//! Then the price table says what an image of each sum costs on each listing. Thus memory depends
//! on how many groups there are and not on rows, and no arithmetic can differ from that of
//! `compare`. Where a quotient is to be taken, it is taken once for all images of equal cost.
//!
//! Pure but for the log that it reads; no clock and no terminal.

mod aggregate;
mod batch;
mod columns;
mod csv;
mod dictionary;
mod folders;
mod foreign;
mod input;
mod json;
mod json_log;
mod json_place;
mod listing_sum;
mod log_kind;
mod parquet;
mod progress;
mod record;
mod report;
mod row_error;
mod row_plan;
mod text_encoding;
mod timestamp;
mod total;
mod usage;

pub use batch::MAX_IMAGES;
pub use columns::{ColumnError, Columns, Meaning};
pub use dictionary::ReadOptions;
pub use folders::folder_columns;
pub use foreign::ForeignFile;
pub use input::{EarlyEnd, Input, InputError};
pub use json::document;
pub use listing_sum::{PricedCount, Sum};
pub use log_kind::LogKind;
pub use progress::ReadProgress;
pub use record::{ReportRecord, records};
pub use report::{Breakdown, GroupBy, ReportLine, RepriceReport, TooManySums};
pub use row_error::{BadRow, BadRows, RowErrorKind};
pub use row_plan::{ConditionTest, LeftOut, RowCondition};
pub use timestamp::{Periods, TimeFormat};
pub use total::Total;
pub use usage::{Usage, UsageCount, UsageError, UsageKey};
