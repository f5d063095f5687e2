//! Probes: calls to real endpoints, to see whether their contracts still hold.
//!
//! All that leaves goes through [`Client`], and all that comes back is free of keys and bounded
//! before anybody sees it.

mod api_key;
mod client;
mod host_limiter;
mod image_file;
mod image_header;
mod image_links;
mod image_search;
mod images;
mod outcome;
mod redactor;
mod report;
pub(crate) mod report_text;
mod runner;
mod spend_limit;
mod target;
mod tls;
mod trust;

pub use api_key::{ApiKey, ApiKeyError};
pub use client::{ANSWER_BYTES, Client, ClientError, PICTURE_BYTES};
pub use host_limiter::HostLimiter;
pub use image_file::{ImageFault, image_fault, image_header};
pub use image_header::ImageFetch;
pub use images::FetchedImage;
pub use outcome::{HttpResponse, Outcome, OutgoingRequest};
pub use redactor::{Redactor, RedactorError, clean};
pub use report::{
    CheckResult, ProbeCause, ProbeReport, ProbeSummary, causes, github, junit, markdown,
    observations, prometheus, rows, sarif,
};
pub use runner::{RunContext, RunOptions, RunResult, Spend, order, read_answer, run};
pub use spend_limit::SpendLimit;
pub use target::{BaseUrl, BaseUrlError, KeyHeader, call_host, trusted_hosts};
pub use tls::TlsError;
pub(crate) use trust::redirected;
pub use trust::{HostError, Trust, is_public};
