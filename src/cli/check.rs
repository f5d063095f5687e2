//! `cogdex check`: prints what is wrong with the catalog, as rustc prints what is wrong with code.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anyhow::Result;
use jiff::civil::Date;
use serde_json::json;

use super::output::{GREEN, Output, clean, plural, styled};
use super::{Exit, Format, Global, open};
use cogdex::catalog::{Catalog, Finding, Tree};

/// Runs `check`.
pub(crate) fn run(global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
    let tree = open::tree(global)?;
    let inspection = Catalog::inspect(&tree, today)?;
    match global.format {
        Format::Json => output.json(&document(&inspection.findings), false)?,
        Format::Table | Format::Csv | Format::Markdown | Format::Parquet => {
            for finding in &inspection.findings {
                output.line(&snippet(&tree, finding))?;
            }
            output.line(&summary(&inspection.catalog, &inspection.findings))?;
        }
    }
    Ok(if inspection.has_errors() { Exit::No } else { Exit::Done })
}

/// Tells on stderr why a catalog that another command asked for can't be used.
pub(crate) fn report_damage(tree: &Tree, findings: &[Finding], output: &mut Output) {
    for finding in findings.iter().filter(|finding| finding.is_error()) {
        output.error(&line(finding));
    }
    let name = match tree {
        Tree::Folder(folder) => format!("{} is damaged", folder.display()),
        Tree::Embedded | Tree::Files(_) => "the catalog is damaged".to_owned(),
    };
    output.error(&format!("{name}, and nothing of it is used; see `cogdex check`"));
}

/// A finding in one line: place, code, text and hint.
pub(crate) fn line(finding: &Finding) -> String {
    let hint = finding.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{}: {}: {}{hint}", finding.place, finding.code, finding.text)
}

fn document(findings: &[Finding]) -> serde_json::Value {
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
    json!({ "format": 1, "findings": findings.iter().map(finding).collect::<Vec<_>>() })
}

/// `path:line:column`, the line itself with a mark, the rule and the hint.
fn snippet(tree: &Tree, finding: &Finding) -> String {
    let level = if finding.is_error() { Level::ERROR } else { Level::WARNING };
    let (id, text) = (finding.code.name(), clean(&finding.text));
    let path = clean(&finding.place.path);
    let title = level.primary_title(&text).id(id);
    let bytes = tree.read(&finding.place.path).unwrap_or_default();
    let source = String::from_utf8_lossy(&bytes);
    let source = source.strip_prefix('\u{feff}').unwrap_or(&source);
    let rule = finding.code.rule();
    let mut group = Group::with_title(title);
    let span = span(source, finding);
    // A lossy text could put the mark in another place than the bytes have it.
    let readable = std::str::from_utf8(&bytes).is_ok() && !source.is_empty();
    if readable {
        let mark = AnnotationKind::Primary.span(span);
        let snippet = Snippet::source(source).path(&path).annotation(mark);
        group = group.element(snippet);
    } else {
        let origin = annotate_snippets::Origin::path(&path).line(1).char_column(1);
        group = group.element(origin);
    }
    group = group.element(Level::NOTE.message(rule));
    let hint = finding.hint.as_deref().map(|hint| {
        let lines: Vec<_> = hint.lines().map(clean).collect();
        lines.join("\n  ")
    });
    if let Some(hint) = &hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    format!("{}\n", Renderer::styled().render(&[group]))
}

/// From the finding's place to the end of its line, in bytes.
fn span(source: &str, finding: &Finding) -> std::ops::Range<usize> {
    let before = finding.place.line.saturating_sub(1) as usize;
    let start: usize = source.split_inclusive('\n').take(before).map(str::len).sum();
    let line = source.get(start..).unwrap_or("").lines().next().unwrap_or("");
    let column = finding.place.column.saturating_sub(1) as usize;
    let offset = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    start + offset..(start + line.len()).max(start + offset)
}

fn summary(catalog: &Catalog, findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    let warnings = findings.len() - errors;
    let statements: usize = catalog.entities().map(|subject| subject.statements.len()).sum();
    let plural = |count: usize, word| plural(count as u64, word);
    let (listings, sources) = (catalog.listings.len(), catalog.sources.len());
    let read = [(listings, "listing"), (statements, "statement"), (sources, "source")];
    let read = read.map(|(count, word)| plural(count, word)).join(", ");
    let found = format!("{}, {}", plural(errors, "error"), plural(warnings, "warning"));
    if errors == 0 {
        format!("{}: {read}; {found}", styled(GREEN, "ok"))
    } else {
        format!("{read}; {found}")
    }
}
