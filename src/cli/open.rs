//! Opens the catalog that a command asks for, or prints why it can't be used.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
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

/// The bytes of a file, or of stdin where its name is `-`; an error where they are more than
/// `max_bytes`, so that what has no end is not read for ever.
pub(crate) fn bytes(file: &Path, max_bytes: u64) -> Result<Vec<u8>> {
    let name = if is_stdin(file) { "stdin".to_owned() } else { format!("`{}`", file.display()) };
    let context = || format!("can't read {name}");
    let input: Box<dyn Read> = if is_stdin(file) {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).with_context(context)?)
    };
    let mut bytes = Vec::new();
    input.take(max_bytes + 1).read_to_end(&mut bytes).with_context(context)?;
    if bytes.len() as u64 > max_bytes {
        bail!("{name} has more than {} MiB", max_bytes >> 20);
    }
    Ok(bytes)
}

/// Whether a file's name stands for stdin.
pub(crate) fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Fails where a folder that is written to is a catalog's, lies within it, or holds it.
pub(crate) fn refuse_catalog_folder(out: &Path, catalog: Option<&Path>) -> Result<()> {
    let Some(catalog) = catalog else { return Ok(()) };
    let (to, from) = (resolved(out)?, resolved(catalog)?);
    if to.starts_with(&from) || from.starts_with(&to) {
        bail!(
            "--out: `{}` is the catalog's folder, lies within it or holds it; name another",
            out.display()
        );
    }
    Ok(())
}

/// Where a path leads, through links and `..`, also where it does not exist yet.
fn resolved(path: &Path) -> Result<PathBuf> {
    let mut whole = std::env::current_dir().context("there is no current folder")?;
    for part in path.components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => whole.push(part),
        }
        // What does not exist is no link.
        whole = whole.canonicalize().unwrap_or(whole);
    }
    Ok(whole)
}
