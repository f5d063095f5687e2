//! The built-in catalog as the program carries it: read and digested when the program is built,
//! so that no TOML is parsed each time it starts.

use super::Catalog;

#[cfg(packed)]
static BYTES: Option<&[u8]> = Some(include_bytes!(concat!(env!("OUT_DIR"), "/catalog.packed")));

/// A catalog with a fault is not packed: it is read when it is asked for, and the fault is told.
#[cfg(not(packed))]
static BYTES: Option<&[u8]> = None;

/// The catalog as it was when the program was built.
pub(super) fn unpack() -> Option<Catalog> {
    BYTES.map(|bytes| postcard::from_bytes(bytes).expect("the same types have packed it"))
}
