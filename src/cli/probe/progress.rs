//! How far a run is, on a terminal; elsewhere, and where quiet is asked for, nothing.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::output::clean;

/// A line on stderr, which goes away at the end.
pub(crate) struct ProbeProgress(ProgressBar);

impl ProbeProgress {
    pub(crate) fn new(quiet: bool) -> Self {
        // Hidden by itself where stderr is no terminal.
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let style = ProgressStyle::with_template("{pos}/{len} {wide_msg}");
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// So many more requests may leave.
    pub(crate) fn expect(&self, requests: usize) {
        self.0.inc_length(requests as u64);
    }

    /// A request of a listing is about to leave.
    pub(crate) fn start_request(&self, listing: &str, ask: &str) {
        self.0.set_message(clean(&format!("{listing}: {ask}")));
        self.0.inc(1);
    }

    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}
