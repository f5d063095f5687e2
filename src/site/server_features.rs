//! What a server adds to the site: nothing of it is in one that is built.

use std::collections::BTreeSet;

use crate::site::assets::{self, Asset};

/// What a server adds.
#[derive(Debug, Clone, Default)]
pub struct ServerFeatures {
    pub live: bool,
    pub console: Option<ConsoleFeature>,
}

/// What the console's page is told.
#[derive(Debug, Clone)]
pub struct ConsoleFeature {
    pub token: String,
    /// The limit, such as `0.50 USD`.
    pub limit: String,
    pub mock: bool,
    /// The providers of which there is a key; all where absent.
    pub providers: Option<BTreeSet<String>>,
}

impl ServerFeatures {
    /// The assets that only these need.
    pub(crate) fn assets(&self) -> impl Iterator<Item = &'static Asset> {
        let live = self.live.then(|| &*assets::LIVE);
        live.into_iter().chain(self.console.is_some().then(|| &*assets::CONSOLE))
    }
}
