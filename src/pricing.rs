//! The comparator: what a job costs on every listing, line by line, with every reading of a dispute.
//!
//! Pure: a catalog, a job, a day and rates go in, quotes come out. What a source leaves open is an
//! assumption and is printed; what no source states is unknown and never a zero.

mod answers;
mod book;
mod budget;
mod charge;
mod cost;
mod document;
mod job;
mod latency;
mod offer;
mod prepared;
mod question;
mod quote;
mod ranking;
mod rates;
mod words;

pub use book::{Book, Drawn, changes};
pub use charge::{Charge, Per, Tariff, tariffs};
pub use cost::Line;
pub use document::{Row, Stamp, amount, catalog_stamp, document, job_keys, rate, row};
pub use job::{Budget, JOB_KEYS, Job, read_duration};
pub use prepared::{MOST_PREPARED, Prepared};
pub use question::{Question, TERM_KEYS, read_day};
pub use quote::{Quote, QuoteError, Range, Reading, State, Warning, Whole, quote};
pub use ranking::{Comparison, Selection, compare, select};
pub use rates::{GivenRate, Terms, UsedRate};
pub use words::grouped;
