//! Prices in other tools' formats, out and in: each export is a text or bytes with a list of what it
//! leaves out and why; each import is a list of files of a catalog. No clock, no files, no network.

pub mod json;
pub mod litellm;
pub mod openapi_import;
pub mod parquet_writer;
pub mod price_book;
pub mod rates_import;
pub mod sql;
mod table;
