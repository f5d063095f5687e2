//! Probes: calls to real endpoints, to see whether their contracts still hold.
//!
//! All that leaves goes through [`Client`], and all that comes back is free of keys and bounded
//! before anybody sees it.

mod address;
mod authorities;
mod client;
mod gallery;
mod hosts;
mod key;
mod links;
mod outcome;
mod picture;
mod redactor;
mod report;
mod run;
mod spend;

pub use address::{BadHost, Trust, is_public};
pub use authorities::Unverifiable;
pub use client::{ANSWER_BYTES, Client, ClientError, PICTURE_BYTES};
pub use gallery::{Shown, gallery};
pub use hosts::Hosts;
pub use key::{BadKey, Key};
pub use outcome::{Answered, Outcome, Outgoing};
pub use picture::Picture;
pub use redactor::{Redactor, RedactorError, clean};
pub use report::{
    Report, Row, Summary, github, junit, markdown, observations, prometheus, rows, sarif,
};
pub use run::{Manner, Ran, Spend, Tools, order, run};
pub use spend::Purse;
