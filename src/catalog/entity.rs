//! What statements are about: listings, endpoints, providers and models, one file each.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::clause::Clause;
use super::statement::{Position, Ruling, Statement};

/// The four kinds of entities, from the nearest to a job to the farthest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display, strum::IntoStaticStr,
)]
#[strum(serialize_all = "lowercase")]
pub enum EntityKind {
    /// One model code sold by a provider.
    Listing,
    /// One route of a provider.
    Endpoint,
    /// Who sells calls.
    Provider,
    /// What draws.
    Model,
}

impl EntityKind {
    /// Every kind, from the nearest to the farthest.
    pub const ALL: [Self; 4] = [Self::Listing, Self::Endpoint, Self::Provider, Self::Model];

    /// Returns its name in the JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns the folder that its files stand in.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Listing => "listings",
            Self::Endpoint => "endpoints",
            Self::Provider => "providers",
            Self::Model => "models",
        }
    }

    /// Returns how many parts an id has: `apiin/cogview-4` has two.
    pub fn id_parts(self) -> usize {
        match self {
            Self::Listing | Self::Endpoint => 2,
            Self::Provider | Self::Model => 1,
        }
    }

    /// Returns the keys above the statements, and whether each is required.
    pub fn head_keys(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Listing => {
                &[("model", true), ("endpoint", false), ("slug", false), ("note", false)]
            }
            Self::Endpoint => &[("name", true), ("note", false)],
            Self::Provider => {
                &[("name", true), ("key-env", false), ("maker", false), ("note", false)]
            }
            Self::Model => &[("name", true), ("maker", false), ("family", false), ("note", false)],
        }
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Makes an id of its text.
            pub fn new(id: impl Into<Arc<str>>) -> Self {
                Self(id.into())
            }

            /// Returns the id's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        // A map by id is also asked by the id's text.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                *self.0 == **other
            }
        }

        impl PartialEq<$name> for String {
            fn eq(&self, other: &$name) -> bool {
                **self == *other.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// The id of a listing, which is its path: `apiin/cogview-4`.
    ListingId;
    /// The id of an endpoint, which is its path: `apiin/images`.
    EndpointId;
    /// The id of a provider.
    ProviderId;
    /// The id of a model.
    ModelId;
    /// The id of a source.
    SourceId;
}

/// What all four kinds have: a file with what was stated, and the rulings on that.
#[derive(Debug, Clone)]
pub struct Entity {
    pub kind: EntityKind,
    /// The path within its folder, without the ending.
    pub id: Arc<str>,
    /// The file, relative to the catalog.
    pub path: String,
    /// The name, which every kind but a listing has.
    pub name: Option<String>,
    pub note: Option<String>,
    /// What was stated, in the file's order.
    pub statements: Vec<Statement>,
    pub rulings: Vec<Ruling>,
    /// The contract's promises, of an endpoint.
    pub clauses: Vec<Clause>,
}

impl Entity {
    /// Returns the name, or the id where there is none.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// One model code sold by a provider.
#[derive(Debug, Clone)]
pub struct Listing {
    pub id: ListingId,
    pub model: ModelId,
    pub endpoint: Option<EndpointId>,
    pub provider: ProviderId,
    /// The code sent on the wire, where the file gives one.
    pub written_slug: Option<String>,
    pub entity: Entity,
    pub model_position: Position,
    pub endpoint_position: Position,
}

impl Listing {
    /// Returns the code sent on the wire; the last part of the id where none is known.
    pub fn slug(&self) -> &str {
        let own = self.written_slug.as_deref();
        own.unwrap_or_else(|| self.id.rsplit('/').next().unwrap_or_default())
    }

    /// Returns the keys above the statements that the file has, by name.
    pub fn head(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let keys = [
            ("endpoint", self.endpoint.as_deref()),
            ("model", Some(&*self.model)),
            ("note", self.entity.note.as_deref()),
            ("slug", self.written_slug.as_deref()),
        ];
        keys.into_iter().filter_map(|(key, text)| Some((key, text?)))
    }
}

/// One route of a provider.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub id: EndpointId,
    pub provider: ProviderId,
    pub entity: Entity,
}

/// Who sells calls.
#[derive(Debug, Clone)]
pub struct Provider {
    pub id: ProviderId,
    /// The variable that usually holds the key.
    pub key_env: Option<String>,
    /// The id of the maker whose own shop it is.
    pub maker: Option<String>,
    pub entity: Entity,
}

/// What draws.
#[derive(Debug, Clone)]
pub struct Model {
    pub id: ModelId,
    pub maker: Option<String>,
    /// The family it belongs to, where it is not one of its own.
    pub family: Option<String>,
    pub entity: Entity,
    pub maker_position: Position,
}

impl Model {
    /// Returns the family, or the model's own id where it names none.
    pub fn family(&self) -> &str {
        self.family.as_deref().unwrap_or(&self.id)
    }
}
