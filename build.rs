//! Packs the catalog for the program to carry, so that none of its TOML is parsed at each start.

use std::error::Error;
use std::path::Path;

// The modules of the catalog name each other by `crate::catalog`.
use self::source::catalog;
use self::source::catalog::{Catalog, Tree};

/// What is packed is what the program would read itself: by the same code.
#[expect(dead_code, unused_imports, unreachable_pub, reason = "it needs only the reading")]
#[path = "src"]
mod source {
    pub mod catalog;
}

fn main() -> Result<(), Box<dyn Error>> {
    for read in ["build.rs", "catalog", "src/catalog.rs", "src/catalog"] {
        println!("cargo::rerun-if-changed={read}");
    }
    // A fault in the catalog is told by `cogdex check`, and is no reason not to build that.
    if let Ok(catalog) = Catalog::read(&Tree::Folder("catalog".into())) {
        let path = Path::new(&std::env::var("OUT_DIR")?).join("catalog.packed");
        std::fs::write(path, postcard::to_stdvec(&catalog)?)?;
        println!("cargo::rustc-cfg=packed");
    }
    Ok(())
}
