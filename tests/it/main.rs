//! The tests: one binary, one file per feature, all through the public interface.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says so by panicking")]

mod answers;
mod bad_input;
mod check;
mod client;
mod compare;
mod contradictions;
mod diff;
mod export;
mod export_litellm;
mod format;
mod frozen;
mod fuzzed;
mod history;
mod history_file;
mod import;
mod known_words;
mod mock;
mod money;
mod output;
mod probe;
mod refusals;
mod reports;
mod reprice;
mod seeds;
mod selection;
mod serve;
mod served;
mod show;
mod show_contract;
mod site_build;
mod site_faq;
mod site_files;
mod site_links;
mod site_listing;
mod site_pages;
mod site_publisher;
mod site_snippets;
mod site_truth;
mod support;
mod terminal;
mod tidy;
mod verify;
