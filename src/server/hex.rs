//! Digests as text, for tags and for names that nobody guesses.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The first bytes of a digest, two digits each.
pub(super) fn digest(of: &[u8], bytes: usize) -> String {
    let mut text = String::with_capacity(2 * bytes);
    for byte in Sha256::digest(of).iter().take(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
