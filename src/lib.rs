//! cogdex.

pub mod catalog;
pub mod compare;
pub mod diff;
pub mod show;
