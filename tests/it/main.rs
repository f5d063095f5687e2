//! The tests: one binary, one file per feature, all through the public interface.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says so by panicking")]

mod bad_input;
mod check;
mod client;
mod compare;
mod contradictions;
mod diff;
mod format;
mod history;
mod history_file;
mod mock;
mod money;
mod output;
mod packed;
mod probe;
mod reports;
mod reprice;
mod seeds;
mod served;
mod show;
mod support;
mod tidy;
