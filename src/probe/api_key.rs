//! An API key: held so that it is not printed by accident, and judged by its shape alone.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// Longer than any key; servers take no header beyond 8 KiB.
const MAX_BYTES: usize = 4096;

/// A key that opens a provider's door; it is never printed.
#[derive(Clone)]
pub struct ApiKey(SecretString);

impl PartialEq for ApiKey {
    /// Listings with one key are one customer, whatever the variables are called.
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

/// Says why a text can't be a key; the text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// There is nothing.
    #[error("the key is empty")]
    Empty,
    /// No header can carry it.
    #[error("the key holds a control character, such as a line break, which no header can carry")]
    Control,
    /// No server reads so long a header.
    #[error("the key has more than {MAX_BYTES} bytes, which no server reads")]
    TooLong,
}

impl ApiKey {
    /// Keeps a key as it was given.
    pub fn new(text: String) -> Result<Self, ApiKeyError> {
        if text.is_empty() {
            return Err(ApiKeyError::Empty);
        }
        if text.chars().any(|c| c.is_ascii_control()) {
            return Err(ApiKeyError::Control);
        }
        if text.len() > MAX_BYTES {
            return Err(ApiKeyError::TooLong);
        }
        Ok(Self(text.into()))
    }

    /// A wrong key of 48 hexadecimal digits, made from the seed and from nothing else.
    pub fn invalid_example(seed: u64) -> Self {
        let mut state = seed;
        let digits: String =
            std::iter::repeat_with(|| format!("{:016x}", next(&mut state))).take(3).collect();
        Self(digits.into())
    }

    /// What is odd about its shape, where something is; never a reason to refuse it.
    pub fn unusual(&self) -> Option<&'static str> {
        let text = self.expose();
        if text.chars().any(char::is_whitespace) {
            Some("the key holds a space")
        } else if !text.is_ascii() {
            Some("the key holds a character outside ASCII")
        } else if text.len() < 8 {
            Some("the key is shorter than 8 characters")
        } else {
            None
        }
    }

    /// The key itself.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// Splitmix64: every seed gives other digits, and no crate is needed for it.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
