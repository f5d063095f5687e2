//! Parquet (stub).
use super::names::Reading;
use super::usage::{Usage, UsageError};
use super::watch::Watch;
use std::fs::File;
pub(super) fn read(_file: File, _reading: &Reading, _watch: &Watch) -> Result<Usage, UsageError> {
    Err(UsageError::Empty)
}
