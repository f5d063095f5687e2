//! Values that stand as text in a document.

use std::fmt::{self, Display};

use serde::{Serialize, Serializer};

use crate::catalog::{Entity, Position};

/// Whatever can be displayed, as a text.
#[derive(Debug)]
pub(super) struct AsText<T>(pub(super) T);

impl<T: Display> Serialize for AsText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A place in an entity's file: `listings/a/b.toml:3:1`.
#[derive(Debug)]
pub(super) struct FilePlace<'s>(pub(super) &'s Entity, pub(super) Position);

impl Display for FilePlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(entity, position) = self;
        write!(f, "{}:{}:{}", entity.path, position.line, position.column)
    }
}
