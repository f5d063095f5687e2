//! The folder of a site: reads, writes and removes files in it by their paths, follows no link
//! out of it, and lets one build at a time in.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::site::publish::{ContentHash, PublishError, hash};

/// A folder that this build alone writes to.
#[derive(Debug)]
pub(super) struct SiteFolder {
    pub(super) path: PathBuf,
    pub(super) was_empty: bool,
    /// The lock, which the system takes back however this process ends; none where folders can't
    /// be locked.
    _lock: Option<fs::File>,
}

impl SiteFolder {
    /// Makes the folder where there is none, and keeps other builds out of it.
    pub(super) fn open(path: &Path) -> Result<Self, PublishError> {
        fs::create_dir_all(path).map_err(refused("make the folder", path))?;
        let lock = fs::File::open(path).ok();
        if let Some(Err(fs::TryLockError::WouldBlock)) = lock.as_ref().map(fs::File::try_lock) {
            return Err(PublishError::Busy(path.to_owned()));
        }
        let mut entries = fs::read_dir(path).map_err(refused("read", path))?;
        let was_empty = entries.next().is_none();
        Ok(Self { path: path.to_owned(), was_empty, _lock: lock })
    }

    /// Whether anything stands in a file's place; an error where it is no plain file, or where
    /// the way there is barred by something that is no folder, or leads through a link.
    pub(super) fn occupied(&self, path: &str) -> Result<bool, PublishError> {
        if !self.is_reachable(path)? {
            return Ok(false);
        }
        let full = self.path.join(path);
        match look(&full)? {
            None => Ok(false),
            Some(found) if found.is_file() => Ok(true),
            Some(_) => Err(PublishError::InTheWay(full)),
        }
    }

    /// Whether the folders above a file are there, and are folders.
    pub(super) fn is_reachable(&self, path: &str) -> Result<bool, PublishError> {
        for (end, _) in path.match_indices('/') {
            let above = self.path.join(&path[..end]);
            match look(&above)? {
                None => return Ok(false),
                Some(found) if found.is_dir() => {}
                Some(_) => return Err(PublishError::InTheWay(above)),
            }
        }
        Ok(true)
    }

    /// The text of a plain file at the top of the folder; `None` where there is none.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, PublishError> {
        if !self.occupied(name)? {
            return Ok(None);
        }
        let full = self.path.join(name);
        fs::read_to_string(&full).map(Some).map_err(refused("read", &full))
    }

    /// Whether a file has these bytes.
    pub(super) fn has(&self, path: &str, bytes: &[u8]) -> Result<bool, PublishError> {
        if self.was_empty {
            return Ok(false);
        }
        let full = self.path.join(path);
        if look(&full)?.is_none_or(|found| found.len() != bytes.len() as u64) {
            return Ok(false);
        }
        let found = fs::read(&full).map_err(refused("read", &full))?;
        Ok(found == bytes)
    }

    /// Whether a plain file with one of these contents is there.
    pub(super) fn holds(&self, path: &str, hashes: &[ContentHash]) -> bool {
        let full = self.path.join(path);
        let plain = fs::symlink_metadata(&full).is_ok_and(|found| found.is_file());
        plain && fs::read(&full).is_ok_and(|bytes| hashes.contains(&hash(&bytes)))
    }

    /// Writes a file whole, or not at all: beside its place, then in its place.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        let full = self.path.join(path);
        let temporary = self.temporary(path);
        let mut created = create(&temporary);
        if created.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            let above = full.parent().unwrap_or(&self.path);
            fs::create_dir_all(above).map_err(refused("make the folder", above))?;
            created = create(&temporary);
        }
        let mut file = created.map_err(refused("write", &temporary))?;
        let written = file.write_all(bytes).map_err(refused("write", &temporary));
        let moved =
            written.and_then(|()| fs::rename(&temporary, &full).map_err(refused("write", &full)));
        moved.inspect_err(|_| drop(fs::remove_file(&temporary)))
    }

    /// Removes what a build that was killed left beside a file's place.
    pub(super) fn remove_temporary(&self, path: &str) -> Result<(), PublishError> {
        if !self.is_reachable(path)? {
            return Ok(());
        }
        let temporary = self.temporary(path);
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(refused("remove", &temporary)(error))
            }
            _ => Ok(()),
        }
    }

    /// Removes a file, and the folders above it that are empty then.
    pub(super) fn remove(&self, path: &str) -> Result<(), PublishError> {
        let full = self.path.join(path);
        fs::remove_file(&full).map_err(refused("remove", &full))?;
        for (end, _) in path.rmatch_indices('/') {
            // It fails where something is left in the folder, and then the folder stays.
            if fs::remove_dir(self.path.join(&path[..end])).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// A place beside a file that no other file of the site has.
    fn temporary(&self, path: &str) -> PathBuf {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let number = hash(name.as_bytes()) >> 96;
        self.path.join(above).join(format!(".cogdex-{number:08x}"))
    }
}

/// What stands at a path, without following a link; `None` where nothing does.
fn look(path: &Path) -> Result<Option<fs::Metadata>, PublishError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused("look at", path)(error)),
    }
}

/// Opens a file that must not be there yet.
fn create(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)
}

/// The error of what the system refused.
pub(super) fn refused<'p>(
    doing: &'static str,
    path: &'p Path,
) -> impl FnOnce(io::Error) -> PublishError + 'p {
    move |source| PublishError::Refused { doing, path: path.to_owned(), source }
}
