//! Probes: calls to real endpoints, to see whether their contracts still hold.
//!
//! All that leaves goes through [`Client`], and all that comes back is free of keys and bounded
//! before anybody sees it.

mod address;
mod client;
mod gallery;
mod key;
mod links;
mod picture;
mod redactor;
mod report;
mod run;
mod spend;

pub use address::{BadHost, Trust, is_public};
pub use client::{ANSWER_BYTES, Answered, Client, ClientError, Outcome, Outgoing, PICTURE_BYTES};
pub use gallery::{Shown, gallery};
pub use key::{BadKey, Key};
pub use picture::Picture;
pub use redactor::{Redactor, RedactorError, clean};
pub use report::{
    Report, Row, Summary, github, junit, markdown, observations, prometheus, rows, sarif,
};
pub use run::{Manner, Ran, Spend, Tools, order, run};
pub use spend::Purse;
