//! Writes a site to a folder, so that whatever interrupts it leaves whole files, and so that
//! nothing is touched that an earlier build did not write.
//!
//! Each changed file is written beside its place and renamed. What is about to be written stands
//! in a journal before, what was written in a manifest afterwards. The folder is never emptied.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::prelude::*;
use twox_hash::XxHash3_128;

use crate::site::context::SiteError;
use crate::site::files::{Site, SiteFile};

mod folder;
mod manifest;

use crate::site::publish::folder::SiteFolder;
use crate::site::publish::manifest::{BuildJournal, BuildManifest, KnownFiles};

/// What a build did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct PublishReport {
    pub written: usize,
    pub kept: usize,
    pub removed: usize,
    /// Files that the site no longer has, and that somebody changed: they are left to them.
    pub left: Vec<String>,
}

/// Says why a site could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error(
        "`{}` is not empty, and no build of a site wrote it; name another folder or empty it",
        .0.display()
    )]
    Foreign(PathBuf),
    #[error(
        "`{}` is in the way, and no build of this site wrote it; move it away", .0.display()
    )]
    InTheWay(PathBuf),
    #[error("another build is writing to `{}`", .0.display())]
    Busy(PathBuf),
    #[error(
        "`{}`, line {line} is not what a build writes; name another folder", path.display()
    )]
    Manifest { path: PathBuf, line: usize },
    #[error("can't {doing} `{}`", path.display())]
    Refused {
        /// What was tried: `write`.
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

/// What is in a file: enough to tell what a build wrote from what somebody made of it.
type ContentHash = u128;

/// Files that are made, compared and then written together: so few that their bytes are soon gone
/// again, so many that the journal is seldom written.
const FILES_A_STEP: usize = 16;

/// Writes a site to a folder: what changed is written, what a build wrote and the site no longer
/// has is removed, everything else is left alone.
pub fn publish(site: &Site<'_>, path: &Path) -> Result<PublishReport, PublishError> {
    let mut files = site.files();
    // Pages refer to assets, so assets come first; then the few files that list all others, since
    // they take longest.
    files.sort_by_cached_key(|file| {
        (!file.path.starts_with("static/"), file.path.contains('/'), file.path.clone())
    });
    let folder = SiteFolder::open(path)?;
    let known = KnownFiles::read(&folder)?;
    for file in &files {
        refuse_foreign(&folder, &known, &file.path)?;
    }
    for path in known.journal.keys() {
        folder.remove_temporary(path)?;
    }
    let journal = Mutex::new(BuildJournal::new(&folder));
    let steps = files.par_chunks(FILES_A_STEP);
    let done = steps.map(|step| write(site, &folder, &journal, step));
    let done: Vec<_> = done.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let written = done.iter().filter(|done| done.written).count();
    let mut report =
        PublishReport { written, kept: done.len() - written, ..PublishReport::default() };
    let manifest = BuildManifest::new(site, done.into_iter().map(|done| (done.path, done.hash)));
    remove_old(&folder, &known, &manifest, &mut report)?;
    manifest.write(&folder, &known)?;
    Ok(report)
}

/// Refuses what stands in a file's place, unless it is a file that a build wrote there.
fn refuse_foreign(folder: &SiteFolder, known: &KnownFiles, path: &str) -> Result<(), PublishError> {
    if folder.was_empty || !folder.occupied(path)? {
        return Ok(());
    }
    let ours = known.written.contains_key(path)
        || known.journal.get(path).is_some_and(|hashes| folder.holds(path, hashes));
    if ours { Ok(()) } else { Err(PublishError::InTheWay(folder.path.join(path))) }
}

/// A file that stands as it should.
struct PublishedFile {
    path: String,
    hash: ContentHash,
    written: bool,
}

/// Makes some files, and writes those that are not yet what they should be.
fn write<'c>(
    site: &Site<'c>,
    folder: &SiteFolder,
    journal: &Mutex<BuildJournal<'_>>,
    files: &[SiteFile<'c>],
) -> Result<Vec<PublishedFile>, PublishError> {
    let (mut changed, mut waiting) = (Vec::new(), 0);
    let mut done = Vec::new();
    for twins in files.chunk_by(SiteFile::is_twin) {
        for (file, bytes) in twins.iter().zip(site.render_all(twins)?) {
            let hash = hash(&bytes);
            let written = !folder.has(&file.path, &bytes)?;
            if written {
                waiting += bytes.len();
                changed.push(ChangedFile { path: &file.path, hash, bytes });
            }
            done.push(PublishedFile { path: file.path.clone(), hash, written });
        }
        if waiting > BYTES_IN_HAND {
            hand_over(folder, journal, &mut changed)?;
            waiting = 0;
        }
    }
    hand_over(folder, journal, &mut changed)?;
    Ok(done)
}

/// Bytes that are made before they are written; more than a step of small files, so that the
/// journal is seldom written, and less than anyone's memory.
const BYTES_IN_HAND: usize = 4 << 20;

/// A file that is to be written.
struct ChangedFile<'f> {
    path: &'f str,
    hash: ContentHash,
    bytes: Vec<u8>,
}

/// Tells the journal of files, and writes them.
fn hand_over(
    folder: &SiteFolder,
    journal: &Mutex<BuildJournal<'_>>,
    changed: &mut Vec<ChangedFile<'_>>,
) -> Result<(), PublishError> {
    if changed.is_empty() {
        return Ok(());
    }
    let lines = changed.iter().map(|file| (file.path, &file.hash));
    // A lock that another thread broke by a panic changes nothing: the panic ends the build.
    journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner).append(lines)?;
    changed.drain(..).try_for_each(|file| folder.write(file.path, &file.bytes))
}

/// Removes what a build wrote and the site no longer has.
fn remove_old(
    folder: &SiteFolder,
    known: &KnownFiles,
    manifest: &BuildManifest,
    report: &mut PublishReport,
) -> Result<(), PublishError> {
    for path in known.paths().filter(|path| !manifest.files.contains_key(*path)) {
        let mut hashes: Vec<ContentHash> = known.written.get(path).copied().into_iter().collect();
        hashes.extend(known.journal.get(path).into_iter().flatten());
        if !folder.is_reachable(path)? {
            continue;
        }
        if folder.holds(path, &hashes) {
            folder.remove(path)?;
            report.removed += 1;
        } else if known.written.contains_key(path) {
            report.left.push(path.to_owned());
        }
    }
    Ok(())
}

fn hash(bytes: &[u8]) -> ContentHash {
    XxHash3_128::oneshot(bytes)
}
