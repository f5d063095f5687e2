//! What builds wrote to a folder: a manifest of the last one that ended, and a journal of one that
//! did not.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use crate::site::files::Site;
use crate::site::publish::folder::{SiteFolder, refused};
use crate::site::publish::{ContentHash, PublishError};

/// The list of what stands in the folder.
const MANIFEST: &str = ".cogdex-site";
/// The list of what a build is about to write.
const JOURNAL: &str = ".cogdex-site.journal";
/// The next manifest, before it has its name.
const NEXT: &str = ".cogdex-site.next";
/// The first line of both lists; the number is that of their format.
const TITLE: &str = "cogdex site 2";
/// That of earlier builds, whose hashes are others and twice as long: what such a build wrote is
/// known by its path alone.
const EARLIER: &str = "cogdex site 1";

/// What is known of a folder before a build.
#[derive(Debug, Default)]
pub(super) struct KnownFiles {
    text: Option<String>,
    pub(super) written: BTreeMap<String, ContentHash>,
    /// What builds that did not end were about to write, each content in turn.
    pub(super) journal: BTreeMap<String, Vec<ContentHash>>,
}

impl KnownFiles {
    /// Reads both lists; an error where the folder has files and neither list.
    pub(super) fn read(folder: &SiteFolder) -> Result<Self, PublishError> {
        let mut known = Self::default();
        if folder.was_empty {
            return Ok(known);
        }
        let (manifest, journal) = (folder.text(MANIFEST)?, folder.text(JOURNAL)?);
        if manifest.is_none() && journal.is_none() {
            return Err(PublishError::Foreign(folder.path.clone()));
        }
        if let Some(text) = &manifest {
            for (path, hash) in entries(folder, MANIFEST, text)? {
                known.written.insert(path.to_owned(), hash);
            }
        }
        if let Some(text) = &journal {
            // A line that was cut short was not yet acted on.
            let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
            for (path, hash) in entries(folder, JOURNAL, whole)? {
                known.journal.entry(path.to_owned()).or_default().push(hash);
            }
        }
        Ok(Self { text: manifest, ..known })
    }

    /// Every path of the two lists, once.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        let planned = self.journal.keys().filter(|path| !self.written.contains_key(*path));
        self.written.keys().chain(planned).map(String::as_str)
    }
}

/// The entries of a list; nothing where it has not even a title, since a build ended right there.
fn entries<'t>(
    folder: &SiteFolder,
    name: &str,
    text: &'t str,
) -> Result<Vec<(&'t str, ContentHash)>, PublishError> {
    let fault = |line: usize| PublishError::Manifest { path: folder.path.join(name), line };
    let mut lines = text.lines().enumerate().peekable();
    if lines.next().is_some_and(|(_, first)| first != TITLE && first != EARLIER) {
        return Err(fault(1));
    }
    while lines.next_if(|(_, line)| is_stamp(line)).is_some() {}
    lines.map(|(at, line)| entry(line).ok_or_else(|| fault(at + 1))).collect()
}

fn is_stamp(line: &str) -> bool {
    line.starts_with("edition ") || line.starts_with("digest ")
}

/// Reads `<hash> <path>`; a path that leads elsewhere is none of ours.
fn entry(line: &str) -> Option<(&str, ContentHash)> {
    let (hex, path) = line.split_once(' ')?;
    // A sign would be read, too.
    let digits = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let first = hex.get(..32).filter(|_| digits && matches!(hex.len(), 32 | 64))?;
    let hash = ContentHash::from_str_radix(first, 16).ok()?;
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']);
    path.split('/').all(plain).then_some((path, hash))
}

fn line(text: &mut String, path: &str, hash: &ContentHash) {
    let _ = writeln!(text, "{hash:032x} {path}");
}

/// The list of what a build is about to write; made when the first line is.
#[derive(Debug)]
pub(super) struct BuildJournal<'f> {
    folder: &'f SiteFolder,
    file: Option<fs::File>,
}

impl<'f> BuildJournal<'f> {
    pub(super) fn new(folder: &'f SiteFolder) -> Self {
        Self { folder, file: None }
    }

    /// Adds lines, so that what is written next is known to be ours.
    pub(super) fn append<'a>(
        &mut self,
        files: impl Iterator<Item = (&'a str, &'a ContentHash)>,
    ) -> Result<(), PublishError> {
        let path = self.folder.path.join(JOURNAL);
        let mut text = String::new();
        if self.file.is_none() {
            let before = self.folder.text(JOURNAL)?.unwrap_or_default();
            text = match before.as_str() {
                "" => format!("{TITLE}\n"),
                // The line of a build that was killed while writing it is ended, and then void.
                cut if !cut.ends_with('\n') => return self.mend(&before, files),
                _ => text,
            };
            let mut options = fs::OpenOptions::new();
            self.file = Some(
                options.append(true).create(true).open(&path).map_err(refused("write", &path))?,
            );
        }
        for (name, hash) in files {
            line(&mut text, name, hash);
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(text.as_bytes()).map_err(refused("write", &path))
    }

    /// Cuts off a line that was not written whole, and goes on.
    fn mend<'a>(
        &mut self,
        before: &str,
        files: impl Iterator<Item = (&'a str, &'a ContentHash)>,
    ) -> Result<(), PublishError> {
        let path = self.folder.path.join(JOURNAL);
        let whole = before.rfind('\n').map_or(0, |end| end + 1);
        let file = fs::OpenOptions::new().write(true).open(&path).map_err(refused("write", &path));
        file?.set_len(whole as u64).map_err(refused("write", &path))?;
        self.append(files)
    }
}

/// What stands in the folder after a build.
#[derive(Debug)]
pub(super) struct BuildManifest {
    edition: String,
    digest: String,
    pub(super) files: BTreeMap<String, ContentHash>,
}

impl BuildManifest {
    pub(super) fn new(site: &Site<'_>, files: impl Iterator<Item = (String, ContentHash)>) -> Self {
        let (edition, digest) =
            (site.context.edition().to_owned(), site.context.catalog.digest.clone());
        Self { edition, digest, files: files.collect() }
    }

    /// Writes the manifest where it changed, and ends the journal.
    pub(super) fn write(
        &self,
        folder: &SiteFolder,
        known: &KnownFiles,
    ) -> Result<(), PublishError> {
        let mut text = format!("{TITLE}\nedition {}\ndigest {}\n", self.edition, self.digest);
        for (path, hash) in &self.files {
            line(&mut text, path, hash);
        }
        let [manifest, next, journal] =
            [MANIFEST, NEXT, JOURNAL].map(|name| folder.path.join(name));
        if known.text.as_ref() != Some(&text) {
            // Made anew, so that nothing is written through a link of this name.
            drop(fs::remove_file(&next));
            let created = fs::OpenOptions::new().write(true).create_new(true).open(&next);
            let written = created.and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(refused("write", &next))?;
            fs::rename(&next, &manifest).map_err(refused("write", &manifest))?;
        }
        match fs::remove_file(&journal) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(refused("remove", &journal)(error))
            }
            _ => Ok(()),
        }
    }
}
