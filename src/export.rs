//! Exports: the catalog's prices as documents for the tools people already use. Each is a text or
//! bytes, with a list of what it leaves out and why. No clock, no files, no network.

pub mod book;
pub mod json;
pub mod litellm;
pub mod parquet;
pub mod sql;
mod table;
