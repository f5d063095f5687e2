//! What changed: every statement over time, newest first.

use crate::site::changelog::{self, ChangeKind};
use crate::site::context::SiteContext;
use crate::site::format::plural;
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::view::change::{ChangeView, change_view};

/// So many statements stand on the page; all of them are in the document for programs.
const MAX_SHOWN: usize = 1_000;

/// The changes of a day.
#[derive(Debug)]
pub(crate) struct ChangeDay {
    pub(crate) day: String,
    pub(crate) changes: Vec<ChangeView>,
}

/// Every change.
#[derive(Debug)]
pub(crate) struct ChangesPage {
    pub(crate) head: PageHead,
    pub(crate) days: Vec<ChangeDay>,
    pub(crate) summary: String,
    pub(crate) older: usize,
}

impl ChangesPage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let log = changelog::changes(site);
        let meta = PageMeta::new(
            Page::Changes.href(),
            "Changes",
            "What was stated over time: what sources changed, what vanished, and what we had got wrong.",
        );
        let mut days: Vec<ChangeDay> = Vec::new();
        for change in log.iter().take(MAX_SHOWN) {
            let shown = change_view(site, change);
            match days.last_mut().filter(|day| day.day == shown.day) {
                Some(day) => day.changes.push(shown),
                None => days.push(ChangeDay { day: shown.day.clone(), changes: vec![shown] }),
            }
        }
        let count = |how: ChangeKind| log.iter().filter(|change| change.how == how).count();
        let summary = format!(
            "{}: {} changed by their source, {} vanished from it, {} corrected by us.",
            plural(log.len() - count(ChangeKind::Corrected), "statement"),
            count(ChangeKind::Changed),
            count(ChangeKind::Withdrawn),
            count(ChangeKind::Corrected)
        );
        let older = log.len().saturating_sub(MAX_SHOWN);
        Self { head: page_meta::head(site, meta), days, summary, older }
    }
}

forms!(ChangesPage, "pages/changes.html", "pages/changes.md");
