//! What a run of `verify` found, as one value from which every form of report is made.

use serde_json::{Value, json};

use super::figures::SourceFigures;
use super::judge::{FigureFinding, FigureVerdict, judge};
use super::page::{PageText, UnreadableReason};
use crate::catalog::{Catalog, sanitize};
use crate::pricing::catalog_stamp;

/// What became of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageStatus {
    /// Its page was read, and can be judged.
    Read,
    /// Its page is as it was when it was last read, and was judged by what was kept of it.
    Unchanged,
    Unreadable(UnreadableReason),
}

impl PageStatus {
    /// The word in the JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Unchanged => "unchanged",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// A source, and what its page says of each figure.
#[derive(Debug, Clone)]
pub struct SourceReport<'c> {
    pub planned: SourceFigures<'c>,
    pub status: PageStatus,
    /// One for each of the figures, in their order.
    pub findings: Vec<FigureFinding>,
    /// Whether it is known to hide, and excused.
    pub is_excused: bool,
}

impl<'c> SourceReport<'c> {
    /// Judges a page by what became of it.
    pub fn new(planned: SourceFigures<'c>, page: Result<&PageText, UnreadableReason>) -> Self {
        let (findings, reason) = match page {
            Ok(page) => judge(page, &planned),
            Err(reason) => {
                let unreadable = FigureFinding::new(FigureVerdict::Unreadable);
                (vec![unreadable; planned.figures.len()], Some(reason))
            }
        };
        let status = reason.map_or(PageStatus::Read, PageStatus::Unreadable);
        Self { planned, status, findings, is_excused: false }
    }

    /// The same report, of a page that may be as it was.
    #[must_use]
    pub fn unchanged(mut self, is_unchanged: bool) -> Self {
        if is_unchanged && self.status == PageStatus::Read {
            self.status = PageStatus::Unchanged;
        }
        self
    }

    fn document(&self) -> Value {
        let change = |finding: &FigureFinding| {
            finding.change.as_ref().map(|change| {
                let now = change.now.as_deref().map(sanitize);
                json!({ "before": sanitize(&change.before), "now": now })
            })
        };
        let figures = self.planned.figures.iter().zip(&self.findings).map(|(figure, finding)| {
            json!({
                "path": figure.entity.path,
                "line": figure.excerpt.position.line,
                "field": figure.excerpt.field.key(),
                "excerpt": figure.excerpt.text,
                "verdict": finding.verdict,
                "found": finding.found.as_deref().map(sanitize),
                "change": change(finding),
            })
        });
        let reason = match &self.status {
            PageStatus::Read | PageStatus::Unchanged => None,
            PageStatus::Unreadable(reason) => Some(sanitize(&reason.to_string())),
        };
        json!({
            "source": self.planned.source.id,
            "address": self.planned.source.address,
            "status": self.status.as_str(),
            "reason": reason,
            "figures": figures.collect::<Vec<_>>(),
        })
    }
}

/// How many figures came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct VerifySummary {
    pub sources: usize,
    pub confirmed: usize,
    pub changed: usize,
    pub gone: usize,
    pub unreadable: usize,
}

/// A whole run.
#[derive(Debug)]
pub struct VerifyReport<'c> {
    pub catalog: &'c Catalog,
    pub sources: Vec<SourceReport<'c>>,
}

impl VerifyReport<'_> {
    /// How many figures came to what.
    pub fn summary(&self) -> VerifySummary {
        let mut summary = VerifySummary { sources: self.sources.len(), ..<_>::default() };
        for finding in self.sources.iter().flat_map(|source| &source.findings) {
            match finding.verdict {
                FigureVerdict::Confirmed => summary.confirmed += 1,
                FigureVerdict::Changed => summary.changed += 1,
                FigureVerdict::Gone => summary.gone += 1,
                FigureVerdict::Unreadable => summary.unreadable += 1,
            }
        }
        summary
    }

    /// Whether a figure changed or went.
    pub fn has_changes(&self) -> bool {
        let summary = self.summary();
        summary.changed + summary.gone > 0
    }

    /// Whether a figure could not be told, of a source that is not known to hide.
    pub fn has_unreadable(&self) -> bool {
        let counted = self.sources.iter().filter(|source| !source.is_excused);
        let mut findings = counted.flat_map(|source| &source.findings);
        findings.any(|finding| finding.verdict == FigureVerdict::Unreadable)
    }

    /// The document of `verify --format json`.
    pub fn document(&self) -> Value {
        json!({
            "format": 1,
            "catalog": catalog_stamp(self.catalog),
            "sources": self.sources.iter().map(SourceReport::document).collect::<Vec<_>>(),
            "summary": self.summary(),
        })
    }
}
