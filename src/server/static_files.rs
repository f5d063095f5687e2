//! Everything that is served from memory: each file of the site as an answer built beforehand.

use std::collections::HashMap;

use super::answer::Answer;
use super::hex::digest;
use super::long::Store;
use crate::catalog::share;
use crate::site::{Site, SiteError, SiteFile};

/// The answers by address.
#[derive(Debug)]
pub struct Shelf {
    answers: HashMap<String, Answer>,
    /// The page that only its own hosts are given; the routes look who asks.
    console: Option<Answer>,
}

/// Fewer files than this are made on one core.
const FILES_A_CORE: usize = 8;

/// Where the console stands.
pub(super) const CONSOLE: &str = "/console/";

impl Shelf {
    /// Makes every file of a site and builds its answers, on all cores.
    pub fn of(site: &Site<'_>) -> Result<Self, SiteError> {
        let files = site.files();
        let store = Store::default();
        let made = share(&files, FILES_A_CORE, |files| {
            files.iter().map(|file| answer(site, file, &store)).collect()
        });
        let made: Vec<Vec<_>> = made.into_iter().collect::<Result<_, SiteError>>()?;
        let mut answers: HashMap<_, _> = made.into_iter().flatten().collect();
        let console = answers.remove(CONSOLE);
        store.seal();
        Ok(Self { answers, console })
    }

    /// The answer at an address within the site.
    pub(super) fn at(&self, address: &str) -> Option<&Answer> {
        self.answers.get(address)
    }

    /// The page of the console, where there is one.
    pub(super) fn console(&self) -> Option<&Answer> {
        self.console.as_ref()
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

fn answer<'c>(
    site: &Site<'c>,
    file: &SiteFile<'c>,
    store: &Store,
) -> Result<(String, Answer), SiteError> {
    let body = site.render(file)?;
    let for_ever = file.path.starts_with("static/");
    let answer = Answer::of(file.kind, &body, &digest(&body, 16), for_ever, store);
    Ok((address(&file.path), answer))
}

/// `/listings/a/b/` for `listings/a/b/index.html`.
fn address(path: &str) -> String {
    format!("/{}", path.strip_suffix("index.html").unwrap_or(path))
}
