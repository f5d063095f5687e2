//! What changed, edition by edition: what sources changed, what vanished, and what we had got wrong.
//! What was merely read for the first time is folded.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::site::changelog::{self, ChangeKind, StatementChange};
use crate::site::context::SiteContext;
use crate::site::format::plural;
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::view::change::{ChangeView, change_view};

/// So many statements stand on the page; all of them are in the document for programs.
const MAX_SHOWN: usize = 1_000;

/// The changes that an edition brought.
#[derive(Debug)]
pub(crate) struct ChangeEdition {
    /// Its name; empty for what no edition has yet.
    pub(crate) name: String,
    pub(crate) changes: Vec<ChangeView>,
    /// What was read for the first time, or again.
    pub(crate) read: Vec<ChangeView>,
}

/// Every change.
#[derive(Debug)]
pub(crate) struct ChangesPage {
    pub(crate) head: PageHead,
    pub(crate) editions: Vec<ChangeEdition>,
    pub(crate) summary: String,
    pub(crate) older: usize,
}

impl ChangesPage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let log = changelog::changes(site);
        let meta = PageMeta::new(
            Page::Changes.href(),
            "Changes",
            "What sellers changed on their pages, what vanished, and what we had copied wrong.",
        );
        let count = |how: ChangeKind| log.iter().filter(|change| change.how == how).count();
        let kinds = [
            (ChangeKind::Changed, "changed by the seller"),
            (ChangeKind::Withdrawn, "vanished"),
            (ChangeKind::Corrected, "corrected by us"),
        ];
        let parts: Vec<_> = kinds
            .into_iter()
            .filter(|(how, _)| count(*how) > 0)
            .map(|(how, words)| format!("{} {words}", count(how)))
            .collect();
        let first = plural(log.iter().filter(|change| !change.is_change()).count(), "statement");
        let summary = if parts.is_empty() {
            format!("No changes yet; {first} read.")
        } else {
            format!("{}; {first} read.", parts.join(", "))
        };
        let older = log.len().saturating_sub(MAX_SHOWN);
        Self { head: page_meta::head(site, meta), editions: editions(site, &log), summary, older }
    }
}

forms!(ChangesPage, "pages/changes.html", "pages/changes.md");

/// The changes by the first edition of their day or after it, the newest first.
fn editions(site: &SiteContext<'_>, log: &[StatementChange<'_>]) -> Vec<ChangeEdition> {
    let known: BTreeMap<Date, &str> =
        site.catalog.editions.iter().map(|it| (it.date, it.name.as_str())).collect();
    let mut editions: Vec<ChangeEdition> = Vec::new();
    for change in log.iter().take(MAX_SHOWN) {
        let name = known.range(change.day..).next().map_or("", |(_, name)| *name);
        if editions.last().is_none_or(|last| last.name != name) {
            let (changes, read) = (Vec::new(), Vec::new());
            editions.push(ChangeEdition { name: name.to_owned(), changes, read });
        }
        let Some(edition) = editions.last_mut() else { continue };
        let list = if change.is_change() { &mut edition.changes } else { &mut edition.read };
        list.push(change_view(site, change));
    }
    editions
}
