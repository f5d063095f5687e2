//! How to read the site: what its words and marks mean.

use super::super::Site;
use super::super::head::{Head, Naming};
use super::forms;
use crate::catalog::FRESH_DAYS;

/// Explains statements, facts, disputes, unknowns, prices and verdicts.
#[derive(Debug)]
pub(crate) struct ReadingPage {
    pub(crate) head: Head,
    /// After how many days a fact is marked stale.
    pub(crate) fresh_days: i32,
}

impl ReadingPage {
    pub(crate) fn of(site: &Site<'_>) -> Self {
        let naming = Naming {
            title: "How to read this".to_owned(),
            description: "What statements, facts, disputes, unknowns and verdicts mean here."
                .to_owned(),
            href: "/reading/".to_owned(),
            ..Naming::default()
        };
        Self { head: site.head(naming), fresh_days: FRESH_DAYS }
    }
}

forms!(ReadingPage, "pages/reading.html", "pages/reading.md");
