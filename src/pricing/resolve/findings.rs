//! What is found while the readings of an offer are resolved: readings, warnings and rates.

use super::super::charge::Charge;
use super::super::offer::OfferReading;
use super::super::rates::UsedRate;
use super::super::reason::{OfferWarning, Reason, Warning, WarningCode};
use super::alternatives::Alternative;
use super::prices::OpenConditions;

/// What is found while readings are resolved.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) readings: Vec<OfferReading>,
    pub(super) warnings: Vec<OfferWarning>,
    pub(super) rates: Vec<UsedRate>,
    /// The quality that is drawn, where it is known.
    pub(super) quality: Option<String>,
}

impl Findings {
    pub(super) fn warn(&mut self, code: WarningCode, text: String) {
        self.add_warning(OfferWarning::Always(Warning { code, text }));
    }

    pub(super) fn warn_open(&mut self, open: OpenConditions) {
        let all = [
            (open.quality, WarningCode::QualityOpen, "no default quality is stated"),
            (open.mode, WarningCode::ModeOpen, "no delivery is asked for (--mode sync or async)"),
            (open.steps, WarningCode::StepsOpen, "no default number of steps is stated"),
        ];
        for (_, code, what) in all.into_iter().filter(|(is_open, ..)| *is_open) {
            self.warn(code, format!("{what}, and the price depends on it"));
        }
    }

    pub(super) fn warn_about(&mut self, what: &str) {
        self.warn(WarningCode::About, format!("the page gives the {what} as about so much"));
    }

    pub(super) fn add_warning(&mut self, warning: OfferWarning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Adds a reading; only what others dispute names its sides, so that sides tell readings apart.
    pub(super) fn add(&mut self, parts: &[&Alternative<()>], charges: Result<Vec<Charge>, Reason>) {
        let disputed = parts.iter().filter(|part| !part.says.is_empty());
        let mut sources: Vec<_> = disputed.clone().flat_map(|p| p.sources.clone()).collect();
        if sources.is_empty() {
            sources = parts.iter().flat_map(|part| part.sources.clone()).collect();
        }
        sources.dedup();
        let says: Vec<_> = disputed.map(|part| part.says.as_str()).collect();
        self.readings.push(OfferReading { sources, says: says.join("; "), charges });
    }
}
