//! A variant: what one image is, as far as its price can depend on it.

use rust_decimal::Decimal;

use super::job::Job;
use crate::catalog::{DeliveryMode, Size};

/// What one image is, as far as an offer can depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variant {
    pub size: Size,
    /// The quality mode; the listing's own default where absent.
    pub quality: Option<String>,
    /// What the listing has to be able to do: capabilities, `sync` or `async`.
    pub require: Vec<String>,
    /// Whether it may wait in a queue of jobs, at what that costs.
    pub batch: bool,
    /// The inference steps; the listing's own default where absent.
    pub steps: Option<u64>,
    /// The tokens that an image is made of, for sellers of tokens.
    pub tokens_per_image: Option<u64>,
    /// The tokens of a prompt, for sellers of tokens.
    pub prompt_tokens: Option<u64>,
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
            require: required(job),
            batch: job.mode == Some(DeliveryMode::Batch),
            steps: job.steps,
            tokens_per_image: job.tokens_per_image,
            prompt_tokens: job.prompt_tokens,
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
    /// The deliveries that are required, among `sync` and `async`.
    pub(super) fn deliveries(&self) -> Vec<DeliveryMode> {
        let is_required = |mode: &DeliveryMode| {
            let word: &str = mode.into();
            self.require.iter().any(|it| it == word)
        };
        [DeliveryMode::Sync, DeliveryMode::Async].into_iter().filter(is_required).collect()
    }
}

/// What is required, the delivery that the mode names among it.
fn required(job: &Job) -> Vec<String> {
    let mut require = job.require.clone();
    if let Some(mode @ (DeliveryMode::Sync | DeliveryMode::Async)) = job.mode {
        let mode: &str = mode.into();
        if !require.iter().any(|wanted| wanted == mode) {
            require.push(mode.to_owned());
        }
    }
    require
}
