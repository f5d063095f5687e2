//! Opens the catalog that a command asks for, or prints why it can't be used.

use std::path::Path;

use anyhow::Result;
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Global, Reported, check};
use cogdex::catalog::{Catalog, OpenError, Tree};

/// The catalog of `--catalog`, or the built-in one. Why a damaged one is refused goes to stderr.
pub(crate) fn catalog(global: &Global, output: &mut Output, today: Date) -> Result<Catalog> {
    match tree(global)? {
        Tree::Embedded => Ok(Catalog::embedded()?),
        tree @ (Tree::Folder(_) | Tree::Files(_)) => read(&tree, output, today),
    }
}

/// Opens any tree; a catalog under edit is used with a warning.
pub(crate) fn read(tree: &Tree, output: &mut Output, today: Date) -> Result<Catalog> {
    match Catalog::open(tree, today) {
        Ok(catalog) => {
            if catalog.edition().is_none() {
                output.warn("the catalog has unpublished changes");
            }
            Ok(catalog)
        }
        Err(OpenError::Damaged(findings)) => {
            check::report_damage(tree, &findings, output);
            Err(Reported(Exit::No).into())
        }
        Err(error @ OpenError::Tree(_)) => Err(error.into()),
    }
}

/// The files that a command asks for.
pub(crate) fn tree(global: &Global) -> Result<Tree> {
    match &global.catalog {
        Some(folder) => Ok(Tree::folder(folder)?),
        None => Ok(Tree::Embedded),
    }
}

/// `git:REV`, a folder, or nothing for the catalog of `--catalog`.
pub(crate) fn named_tree(name: &str, global: &Global) -> Result<Tree> {
    match name.strip_prefix("git:") {
        Some(revision) => {
            let folder = global.catalog.as_deref().unwrap_or(Path::new("catalog"));
            Ok(Tree::revision(revision, folder)?)
        }
        None => Ok(Tree::folder(Path::new(name))?),
    }
}
