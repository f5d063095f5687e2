//! A variant: what one image is, as far as its price can depend on it.

use rust_decimal::Decimal;

use super::job::Job;
use crate::catalog::Size;

/// What one image is, as far as an offer can depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variant {
    pub size: Size,
    /// The quality mode; the listing's own default where absent.
    pub quality: Option<String>,
    /// What the listing has to be able to do: capabilities, `sync` or `async`.
    pub require: Vec<String>,
    /// How long an image keeps the hardware busy, for sellers of seconds.
    pub seconds_per_image: Option<Decimal>,
    /// The hardware, for sellers of seconds.
    pub hardware: Option<String>,
}

impl From<&Job> for Variant {
    fn from(job: &Job) -> Self {
        Self {
            size: job.size,
            quality: job.quality.clone(),
            require: job.require.clone(),
            seconds_per_image: job.seconds_per_image,
            hardware: job.hardware.clone(),
        }
    }
}

impl Default for Variant {
    /// The variant of the default job.
    fn default() -> Self {
        Self::from(&Job::default())
    }
}

impl Variant {
    /// Whether a price for `mode` can hold: not where the other mode alone is required.
    pub(super) fn allows_mode(&self, mode: &str) -> bool {
        let other = if mode == "sync" { "async" } else { "sync" };
        let required = |mode: &str| self.require.iter().any(|wanted| wanted == mode);
        required(mode) || !required(other)
    }
}
