//! `LiteLLM`'s price map, written and read.

pub mod export;
pub mod import;
