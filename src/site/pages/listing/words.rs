//! Small things that several parts of a listing's page say.

/// A yes, a no, or neither.
pub(crate) fn yes_no(flag: Option<bool>) -> &'static str {
    match flag {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}
