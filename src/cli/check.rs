//! `cogdex check`: prints what is wrong with the catalog, as rustc prints what is wrong with code.

use std::borrow::Cow;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anyhow::Result;
use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::output::{GREEN, Output, RED, clean, plural, styled};
use super::{Exit, Format, Global, open};
use ages::StaleSources;
use cogdex::catalog::{
    Catalog, DiagnosticCode, Finding, Inspection, PrintedFinding, Tree, printed_findings,
};

mod ages;

/// Flags of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Show errors only, no warnings
    #[arg(long)]
    errors: bool,
}

impl CheckArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let tree = open::tree(global)?;
        let inspection = Catalog::inspect(&tree, today)?;
        match global.format {
            Format::Json => {
                let findings = inspection.findings.iter();
                let findings = findings.filter(|finding| !self.errors || finding.is_error());
                output.json(&document(findings), false)?;
            }
            Format::Table | Format::Csv | Format::Markdown | Format::Parquet => {
                self.print(&tree, &inspection, output, today)?;
            }
        }
        Ok(if inspection.has_errors() { Exit::No } else { Exit::Done })
    }

    /// Warnings first, and what is old in one table: errors stand last, where they are seen.
    fn print(
        &self,
        tree: &Tree,
        inspection: &Inspection,
        output: &mut Output,
        today: Date,
    ) -> Result<()> {
        let (catalog, findings) = (&inspection.catalog, &inspection.findings);
        let (errors, mut warnings): (Vec<_>, Vec<_>) =
            findings.iter().partition(|it| it.is_error());
        warnings.retain(|it| it.code != DiagnosticCode::Stale);
        if !self.errors {
            print_findings(tree, &warnings, output)?;
            StaleSources::new(catalog, today).print(output)?;
            ages::print_old_rates(catalog, output, today)?;
        }
        print_findings(tree, &errors, output)?;
        output.wrapped_styled("", "  ", &summary(catalog, findings))
    }
}

fn document<'f>(findings: impl Iterator<Item = &'f Finding>) -> serde_json::Value {
    let finding = |finding: &Finding| {
        json!({
            "code": finding.code.name(),
            "severity": finding.code.severity().to_string(),
            "path": finding.place.path,
            "line": finding.place.line,
            "column": finding.place.column,
            "text": finding.text,
            "hint": finding.hint,
            "rule": finding.code.rule(),
        })
    };
    json!({ "format": 1, "findings": findings.map(finding).collect::<Vec<_>>() })
}

/// Lines of more bytes are not shown: no terminal has room for them.
const MAX_LINE_BYTES: usize = 4096;

fn print_findings(tree: &Tree, findings: &[&Finding], output: &mut Output) -> Result<()> {
    // Findings stand in the order of their files, so that each file is read once.
    let (mut path, mut bytes) = ("", Cow::default());
    for printed in printed_findings(findings.iter().copied()) {
        match printed {
            PrintedFinding::One(finding) => {
                if finding.place.path != path {
                    path = &finding.place.path;
                    bytes = tree.read(path).unwrap_or_default();
                }
                output.line(&snippet(&bytes, finding, output.width))?;
            }
            PrintedFinding::More { first, count } => {
                let text = format!("and {count} more of these in {}", clean(&first.place.path));
                let title = level(first).primary_title(&text).id(first.code.name());
                output.line(&format!(
                    "{}\n",
                    Renderer::styled().render(&[Group::with_title(title)])
                ))?;
            }
        }
    }
    Ok(())
}

fn level(finding: &Finding) -> Level<'static> {
    if finding.is_error() { Level::ERROR } else { Level::WARNING }
}

/// `path:line:column`, the line itself with a mark, the rule and the hint.
fn snippet(bytes: &[u8], finding: &Finding, width: Option<usize>) -> String {
    let (id, text) = (finding.code.name(), clean(&finding.text));
    let path = clean(&finding.place.path);
    let mut group = Group::with_title(level(finding).primary_title(&text).id(id));
    let (number, column) = (finding.place.line as usize, finding.place.column as usize);
    // A file that is no text is read by nobody, and a mark could be put in the wrong place.
    let source = std::str::from_utf8(bytes).unwrap_or_default();
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let line = source.lines().nth(number - 1).or((!source.is_empty()).then_some(""));
    if let Some(line) = line.filter(|line| line.len() <= MAX_LINE_BYTES) {
        let start = line.char_indices().nth(column - 1).map_or(line.len(), |(at, _)| at);
        let mark = AnnotationKind::Primary.span(start..line.len());
        let snippet = Snippet::source(line).line_start(number).path(&path).annotation(mark);
        group = group.element(snippet);
    } else {
        let origin = annotate_snippets::Origin::path(&path).line(number).char_column(column);
        group = group.element(origin);
    }
    group = group.element(Level::NOTE.message(finding.code.rule()));
    let hint = finding.hint.as_deref().map(|hint| {
        let lines: Vec<_> = hint.lines().map(clean).collect();
        lines.join("\n  ")
    });
    if let Some(hint) = &hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    let renderer = match width {
        Some(width) => Renderer::styled().term_width(width),
        None => Renderer::styled(),
    };
    format!("{}\n", renderer.render(&[group]))
}

fn summary(catalog: &Catalog, findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    let warnings = findings.len() - errors;
    let statements: usize = catalog.entities().map(|subject| subject.statements.len()).sum();
    let (listings, sources) = (catalog.listings.len(), catalog.sources.len());
    let read = [(listings, "listing"), (statements, "statement"), (sources, "source")];
    let read = read.map(|(count, word)| plural(count, word)).join(", ");
    let count = plural(errors, "error");
    let count = if errors == 0 { count } else { styled(RED, &count) };
    let found = format!("{count}, {}", plural(warnings, "warning"));
    if errors == 0 {
        format!("{}: {read}; {found}", styled(GREEN, "ok"))
    } else {
        format!("{read}; {found}")
    }
}
