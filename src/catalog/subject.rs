//! What statements are about: a listing, endpoint, provider or model, one file each.

use std::fmt;

use super::clause::Clause;
use super::statement::{Position, Ruling, Statement};

/// The four levels, from the nearest to the farthest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// One model code sold by a provider.
    Listing,
    /// One route of a provider.
    Endpoint,
    /// Who sells calls.
    Provider,
    /// What draws.
    Model,
}

impl Level {
    /// Every level, from the nearest to the farthest.
    pub const ALL: [Self; 4] = [Self::Listing, Self::Endpoint, Self::Provider, Self::Model];

    /// Its name in the JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::Endpoint => "endpoint",
            Self::Provider => "provider",
            Self::Model => "model",
        }
    }

    /// The folder its files stand in.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Listing => "listings",
            Self::Endpoint => "endpoints",
            Self::Provider => "providers",
            Self::Model => "models",
        }
    }

    /// How many parts an id has: `apiin/cogview-4` has two.
    pub fn id_parts(self) -> usize {
        if matches!(self, Self::Listing | Self::Endpoint) { 2 } else { 1 }
    }

    /// The keys above the statements, and whether each is required.
    pub fn head_keys(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Listing => {
                &[("model", true), ("endpoint", false), ("slug", false), ("note", false)]
            }
            Self::Endpoint => &[("name", true), ("note", false)],
            Self::Provider => &[("name", true), ("key-env", false), ("note", false)],
            Self::Model => &[("name", true), ("maker", false), ("family", false), ("note", false)],
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One file's worth: its head, what was stated of it, and the rulings on that.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Which of the four it is.
    pub level: Level,
    /// Its path within its folder, without the ending.
    pub id: String,
    /// The file, relative to the catalog.
    pub path: String,
    /// The keys above the statements.
    pub head: Vec<(&'static str, String, Position)>,
    /// What was stated, in the file's order.
    pub statements: Vec<Statement>,
    /// Decisions on disputes.
    pub rulings: Vec<Ruling>,
    /// The contract's promises, of an endpoint.
    pub clauses: Vec<Clause>,
}

impl Subject {
    /// A key above the statements.
    pub fn head(&self, key: &str) -> Option<&str> {
        self.head.iter().find(|(name, ..)| *name == key).map(|(_, text, _)| text.as_str())
    }

    /// The id of the model that a listing sells; empty for other levels.
    pub fn model(&self) -> &str {
        self.head("model").unwrap_or_default()
    }

    /// The code that a listing sends on the wire; its own id's last part where none is known.
    pub fn slug(&self) -> &str {
        self.head("slug").unwrap_or_else(|| self.id.rsplit('/').next().unwrap_or_default())
    }

    /// The provider in the id of a listing or endpoint.
    pub fn provider(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}
