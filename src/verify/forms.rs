//! The forms of a report that programs read: each figure that is not confirmed stands at its line
//! of the catalog.

use std::fmt::Write;

use quick_junit::{NonSuccessKind, Report as Suites, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use super::figures::Figure;
use super::judge::{FigureFinding, FigureVerdict};
use super::report::{PageStatus, SourceReport, VerifyReport};
use crate::probe::report_text::{cell, data, label, plain, property, uri};

/// A figure with what is said of it.
struct Row<'r> {
    source: &'r SourceReport<'r>,
    figure: &'r Figure<'r>,
    finding: &'r FigureFinding,
}

impl Row<'_> {
    /// `listings/apiin/cogview-4.toml:26 price`.
    fn id(&self) -> String {
        let excerpt = self.figure.excerpt;
        plain(&format!("{}:{} {}", self.figure.entity.path, excerpt.position.line, excerpt.field))
    }

    fn path(&self, folder: &str) -> String {
        plain(&format!("{}/{}", folder.trim_end_matches('/'), self.figure.entity.path))
    }

    /// What is said, in a sentence.
    fn text(&self) -> String {
        let source = &self.source.planned.source.id;
        let excerpt = &self.figure.excerpt.text;
        let rest = match (self.finding.verdict, &self.source.status) {
            (FigureVerdict::Confirmed, _) => "stands there".to_owned(),
            (FigureVerdict::Changed, _) => {
                format!("is now \"{}\"", self.finding.found.as_deref().unwrap_or_default())
            }
            (FigureVerdict::Gone, _) => "is gone".to_owned(),
            (FigureVerdict::Unreadable, PageStatus::Unreadable(reason)) => {
                format!("can't be told: {reason}")
            }
            (FigureVerdict::Unreadable, PageStatus::Read | PageStatus::Unchanged) => {
                "can't be told: the page does not name the model".to_owned()
            }
        };
        plain(&format!("{source}: \"{excerpt}\" {rest}"))
    }

    fn is_confirmed(&self) -> bool {
        self.finding.verdict == FigureVerdict::Confirmed
    }
}

fn rows<'r>(report: &'r VerifyReport<'_>) -> impl Iterator<Item = Row<'r>> {
    report.sources.iter().flat_map(|source| {
        let both = source.planned.figures.iter().zip(&source.findings);
        both.map(move |(figure, finding)| Row { source, figure, finding })
    })
}

/// Annotations of a workflow, at the lines of the catalog in `folder`.
pub fn github(report: &VerifyReport<'_>, folder: &str) -> String {
    let mut lines = String::new();
    for row in rows(report).filter(|row| !row.is_confirmed()) {
        let command = match row.finding.verdict {
            FigureVerdict::Changed | FigureVerdict::Gone => "error",
            FigureVerdict::Confirmed | FigureVerdict::Unreadable => "notice",
        };
        let (file, line) = (property(&row.path(folder)), row.figure.excerpt.position.line);
        let (verdict, text) = (row.finding.verdict, data(&row.text()));
        // Writing to a string can't fail.
        let _ = writeln!(lines, "::{command} file={file},line={line},title={verdict}::{text}");
    }
    lines
}

/// A table for a summary page or a comment.
pub fn markdown(report: &VerifyReport<'_>) -> String {
    let summary = report.summary();
    let mut text = format!(
        "{} confirmed, {} changed, {} gone, {} unreadable\n\n\
         | verdict | source | figure | excerpt | found |\n|---|---|---|---|---|\n",
        summary.confirmed, summary.changed, summary.gone, summary.unreadable
    );
    for row in rows(report).filter(|row| !row.is_confirmed()) {
        let found = row.finding.found.as_deref().unwrap_or_default();
        let source = &row.source.planned.source.id;
        let cells =
            [&row.finding.verdict.to_string(), source, &row.id(), &row.figure.excerpt.text, found];
        let _ = writeln!(text, "| {} |", cells.map(cell).join(" | "));
    }
    text
}

/// One suite a source, one case a figure.
pub fn junit(report: &VerifyReport<'_>) -> Result<String, String> {
    let mut suites = Suites::new("cogdex verify");
    for source in &report.sources {
        let mut suite = TestSuite::new(plain(&source.planned.source.id));
        for (figure, finding) in source.planned.figures.iter().zip(&source.findings) {
            let row = Row { source, figure, finding };
            let mut status = match finding.verdict {
                FigureVerdict::Confirmed => TestCaseStatus::success(),
                FigureVerdict::Changed | FigureVerdict::Gone => {
                    TestCaseStatus::non_success(NonSuccessKind::Failure)
                }
                FigureVerdict::Unreadable => TestCaseStatus::non_success(NonSuccessKind::Error),
            };
            status.set_message(row.text());
            status.set_type(finding.verdict.to_string());
            let mut case = TestCase::new(row.id(), status);
            case.set_classname(plain(&source.planned.source.id));
            suite.add_test_case(case);
        }
        suites.add_test_suite(suite);
    }
    let xml = suites.to_string().map_err(|why| why.to_string())?;
    // The writer lets these two through, and no XML may hold them.
    Ok(xml.replace(['\u{fffe}', '\u{ffff}'], ""))
}

/// SARIF 2.1.0, at the lines of the catalog in `folder`.
pub fn sarif(report: &VerifyReport<'_>, folder: &str) -> Value {
    let results = rows(report).filter(|row| !row.is_confirmed()).map(|row| {
        let level = match row.finding.verdict {
            FigureVerdict::Changed | FigureVerdict::Gone => "error",
            FigureVerdict::Confirmed | FigureVerdict::Unreadable => "note",
        };
        json!({
            "ruleId": row.finding.verdict,
            "level": level,
            // A message may hold links, `[text](address)`; a page's words shall not.
            "message": { "text": row.text().replace("](", "] (") },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(&row.path(folder)) },
                "region": { "startLine": row.figure.excerpt.position.line.max(1) },
            } }],
        })
    });
    let results: Vec<_> = results.collect();
    let rules = ["changed", "gone", "unreadable"].map(|id| json!({ "id": id, "name": id }));
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cogdex", "version": env!("CARGO_PKG_VERSION"), "rules": rules,
            } },
            "results": results,
        }],
    })
}

/// Gauges for the node exporter's textfile collector.
pub fn prometheus(report: &VerifyReport<'_>) -> String {
    let mut text = String::from(
        "# HELP cogdex_figures How many figures of a source came to what.\n\
         # TYPE cogdex_figures gauge\n",
    );
    for source in &report.sources {
        let id = label(&source.planned.source.id);
        let all = [
            FigureVerdict::Confirmed,
            FigureVerdict::Changed,
            FigureVerdict::Gone,
            FigureVerdict::Unreadable,
        ];
        for verdict in all {
            let count = source.findings.iter().filter(|it| it.verdict == verdict).count();
            let of = format!("source=\"{id}\",verdict=\"{verdict}\"");
            let _ = writeln!(text, "cogdex_figures{{{of}}} {count}");
        }
    }
    text
}
