//! Opens the catalog and the history that a command asks for, or tells why they can't be used; and
//! finds the listing that a name stands for.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use jiff::civil::Date;

use super::output::{Output, clean};
use super::{Exit, Global, Reported};
use cogdex::catalog::{
    Catalog, DiagnosticCode, Finding, Listing, OpenError, Tree, printed_findings,
};
use cogdex::pricing::select_one;
use cogdex::probe::ApiKey;

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
            report_damage(tree, &findings, output);
            Err(Reported(Exit::Failed).into())
        }
        Err(error @ OpenError::Tree(_)) => Err(error.into()),
    }
}

/// Tells on stderr why a catalog that another command asked for can't be used.
fn report_damage(tree: &Tree, findings: &[Finding], output: &mut Output) {
    // That damaged data is of no edition is no damage of its own.
    let is_own = |it: &&Finding| it.is_error() && it.code != DiagnosticCode::EditionDigest;
    for finding in printed_findings(findings.iter().filter(is_own)) {
        output.error(&finding.to_string().replace('\n', " "));
    }
    let name = match tree {
        Tree::Folder(folder) => format!("{} is damaged", folder.display()),
        Tree::Embedded | Tree::Files(_) => "the catalog is damaged".to_owned(),
    };
    output.error(&format!("{name}, and nothing of it is used; see `cogdex check`"));
}

/// The files that a command asks for.
pub(crate) fn tree(global: &Global) -> Result<Tree> {
    match &global.catalog {
        Some(folder) => Ok(Tree::folder(folder)?),
        None => Ok(Tree::Embedded),
    }
}

/// A catalog within a line: `catalog 2026-11-27 (0f3c…)`, the edition with the digest's beginning.
pub(crate) fn describe(catalog: &Catalog) -> String {
    let digest = catalog.digest.get(..12).unwrap_or_default();
    format!("catalog {} ({digest})", clean(catalog.edition_name()))
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

/// The key that a variable of the environment holds; a warning where it is unusual.
pub(crate) fn api_key(variable: &str, output: &mut Output) -> Result<Option<ApiKey>> {
    let Ok(text) = std::env::var(variable) else { return Ok(None) };
    let key = ApiKey::new(text).map_err(|why| anyhow!("the key in {variable}: {why}"))?;
    if let Some(odd) = key.unusual() {
        output.warn(&format!("the key in {variable} is unusual: {odd}"));
    }
    Ok(Some(key))
}

/// Writes a file of a catalog; whoever reads meanwhile sees the old one or the new, never a half.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let (parent, name) = (path.parent().unwrap_or(Path::new(".")), path.file_name());
    // No catalog has hidden files, so that one that is left over is no part of it.
    let new = parent.join(format!(".{}.new", name.unwrap_or_default().to_string_lossy()));
    let written = std::fs::create_dir_all(parent)
        .and_then(|()| std::fs::write(&new, bytes))
        .and_then(|()| std::fs::rename(&new, path));
    written.with_context(|| format!("can't write {}", path.display()))
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

/// Fails where a history that was named is not there: to open it would make an empty one.
pub(crate) fn existing_history(path: &Path) -> Result<()> {
    if !path.exists() {
        bail!("--history: there is no file {}", path.display());
    }
    Ok(())
}

/// The history file under the user's data folder.
pub(crate) fn default_history() -> Result<PathBuf> {
    use etcetera::BaseStrategy;
    let folders = etcetera::choose_base_strategy().context("there is no home folder")?;
    Ok(folders.data_dir().join("cogdex").join("history.sqlite"))
}

/// The one listing that a name stands for; an error names the nearest, or all of several.
pub(crate) fn listing<'c>(catalog: &'c Catalog, name: &str) -> Result<&'c Listing> {
    select_one(catalog, name).map_err(|why| anyhow!(why))
}
