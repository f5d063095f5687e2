//! Which files a log is made of: files as they are, all in a folder and below, and what a pattern
//! such as `logs/*.csv` names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The files, in the order in which they are named; those of a folder or a pattern by name.
pub(super) fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            add_folder(path, &mut files)?;
            if files.len() == before {
                bail!("`{}`: the folder has no files", path.display());
            }
        } else if is_pattern(path) {
            add_matches(path, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    let mut met = BTreeSet::new();
    for path in &files {
        // What can't be found out of a name is told when it is opened.
        let file = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        if !met.insert(file) {
            bail!("`{}` is named twice, and its rows would count twice", path.display());
        }
    }
    Ok(files)
}

/// A name with such characters is a pattern, unless there is a file of that name.
fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[']) && !path.exists()
}

fn add_matches(pattern: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let before = files.len();
    let text = pattern.to_string_lossy();
    for path in glob::glob(&text).with_context(|| format!("`{text}` is no pattern"))? {
        let path = path?;
        if path.is_dir() { add_folder(&path, files)? } else { files.push(path) }
    }
    if files.len() == before {
        bail!("`{text}`: no file is called like that");
    }
    Ok(())
}

/// Adds all files of a folder but hidden ones and remarks of the tools that write such folders.
fn add_folder(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let read = || format!("can't read `{}`", folder.display());
    let entries = std::fs::read_dir(folder).with_context(read)?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .with_context(read)?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() { add_folder(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
