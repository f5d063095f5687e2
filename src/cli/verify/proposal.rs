//! What a person might write where a page changed: the statement to append, in the page's own unit,
//! printed or as a patch. A price is never taken over without somebody who reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::record;
use crate::cli::output::Output;
use cogdex::catalog::{Catalog, Finding, Tree, quoted};
use cogdex::verify::{Figure, FigureFinding, FigureVerdict, SourceReport};

/// What stands above every proposal.
const MARK: &str =
    "# Read the page before you keep this: `cogdex verify` proposes it, and nobody has looked.\n";

/// Blocks to append, by file.
pub(super) type Proposals = BTreeMap<String, String>;

/// Makes a statement for each in which a figure changed; what can't be put into figures is told.
pub(super) fn proposals(
    folder: &Path,
    reports: &[&SourceReport<'_>],
    today: Date,
    output: &mut Output,
) -> Result<Proposals> {
    let mut proposals = Proposals::new();
    for report in reports {
        let mut statements: Vec<Vec<(&Figure<'_>, &FigureFinding)>> = Vec::new();
        for (figure, finding) in report.planned.figures.iter().zip(&report.findings) {
            if finding.verdict != FigureVerdict::Changed {
                continue;
            }
            let same = |it: &&mut Vec<(&Figure<'_>, &FigureFinding)>| {
                (&it[0].0.entity.path, it[0].0.statement.position)
                    == (&figure.entity.path, figure.statement.position)
            };
            match statements.iter_mut().find(same) {
                Some(known) => known.push((figure, finding)),
                None => statements.push(vec![(figure, finding)]),
            }
        }
        for changed in statements {
            let path = &changed[0].0.entity.path;
            if let Some(block) = block(folder, &changed, today, output)? {
                let all = proposals.entry(path.clone()).or_default();
                all.push('\n');
                all.push_str(&block);
            }
        }
    }
    Ok(proposals)
}

/// The statement to append for one of which some figures changed.
fn block(
    folder: &Path,
    changed: &[(&Figure<'_>, &FigureFinding)],
    today: Date,
    output: &mut Output,
) -> Result<Option<String>> {
    let (first, _) = changed[0];
    let statement = first.statement;
    let mut document = record::read(folder, &first.entity.path)?;
    let place = first.entity.statements.iter().position(|it| it.position == statement.position);
    let table = place.and_then(|place| record::statement(&mut document, place));
    let (mut fields, mut excerpts) = (String::new(), Vec::new());
    for (figure, finding) in changed {
        let (field, found) = (figure.excerpt.field.key(), finding.found.as_deref());
        let item = table.as_ref().and_then(|table| table.get(field));
        let value = item.and_then(|item| item.as_value()).map(ToString::to_string);
        let found = found.unwrap_or_default();
        let written = value.and_then(|value| rewritten(value.trim(), figure, finding, found));
        match written {
            Some(value) => {
                writeln!(fields, "{field} = {value}")?;
                excerpts.push(format!("{field} = {}", quoted(found)));
            }
            None => output.note(&format!(
                "no proposal for {}:{} {field}: the page says \"{found}\"",
                figure.entity.path, figure.excerpt.position.line
            )),
        }
    }
    if fields.is_empty() {
        return Ok(None);
    }
    let mut text = format!("{MARK}[[statement]]\nsource = {}\n", quoted(&statement.source));
    if let Some(at) = &statement.at {
        writeln!(text, "at = {}", quoted(at))?;
    }
    writeln!(text, "seen = {today}\n{fields}excerpt = {{ {} }}", excerpts.join(", "))?;
    Ok(Some(text))
}

/// A value with the page's figures in place of those that were stated.
fn rewritten(
    value: &str,
    figure: &Figure<'_>,
    finding: &FigureFinding,
    found: &str,
) -> Option<String> {
    let moved: Vec<_> = finding.numbers.iter().filter(|(old, new)| old != new).collect();
    let mut text = with_numbers(value, &moved);
    let currency = |text: &str| {
        let signs = [('$', "USD"), ('¥', "CNY"), ('￥', "CNY"), ('€', "EUR"), ('£', "GBP")];
        signs.into_iter().find(|(sign, _)| text.contains(*sign)).map(|(_, code)| code)
    };
    let (old, new) = (currency(&figure.excerpt.text), currency(found));
    if let (Some(old), Some(new)) = (old, new) {
        text = text.replace(old, new);
    } else if old != new {
        return None;
    }
    (text != value).then_some(text)
}

/// A text in which every number that moved is the new one.
fn with_numbers(text: &str, moved: &[&(Decimal, Decimal)]) -> String {
    let (mut new, mut rest) = (String::new(), text);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let length = rest[start..].find(|c: char| !(c.is_ascii_digit() || c == '.'));
        let end = length.map_or(rest.len(), |length| start + length);
        let number = &rest[start..end];
        let value = Decimal::from_str_exact(number).ok();
        let other = moved.iter().find(|(old, _)| value == Some(*old));
        new.push_str(&rest[..start]);
        new.push_str(&other.map_or_else(|| number.to_owned(), |(_, new)| new.to_string()));
        rest = &rest[end..];
    }
    new.push_str(rest);
    new
}

/// Tells what `check` finds in a catalog with the proposals that it does not find without.
pub(super) fn check(
    folder: &Path,
    proposals: &Proposals,
    today: Date,
    output: &mut Output,
) -> Result<()> {
    let tree = Tree::folder(folder)?;
    let mut files = BTreeMap::new();
    for path in tree.paths()? {
        files.insert(path.clone(), tree.read(&path)?.into_owned());
    }
    let said = |findings: &[Finding]| -> Vec<String> {
        let own = findings.iter().filter(|it| proposals.contains_key(&it.place.path));
        own.map(|it| format!("{}: {}: {}", it.place.path, it.code.name(), it.text)).collect()
    };
    let before = said(&Catalog::inspect(&tree, today)?.findings);
    for (path, block) in proposals {
        files.entry(path.clone()).or_default().extend(block.bytes());
    }
    let after = said(&Catalog::inspect(&Tree::Files(files), today)?.findings);
    for finding in after.iter().filter(|it| !before.contains(it)) {
        output.warn(&format!("the proposal for {finding}"));
    }
    Ok(())
}

/// Prints proposals, or writes them as a patch that git applies.
pub(super) fn write(
    folder: &Path,
    proposals: &Proposals,
    file: Option<&Path>,
    output: &mut Output,
) -> Result<()> {
    if let Some(file) = file {
        let patch = patch(folder, proposals)?;
        std::fs::write(file, patch).with_context(|| format!("can't write {}", file.display()))?;
        let count = proposals.len();
        output.note(&format!("{count} files in {}: `git apply` takes it over", file.display()));
        return Ok(());
    }
    for (path, block) in proposals {
        output.text(&format!("\n# to append to {path}{block}"))?;
    }
    Ok(())
}

/// A unified diff that appends each block to its file.
fn patch(folder: &Path, proposals: &Proposals) -> Result<String> {
    const CONTEXT: usize = 3;
    // git applies paths below the folder in which it is called.
    let here = std::env::current_dir().and_then(|here| here.canonicalize())?;
    let whole = folder.canonicalize()?;
    let inside = whole.strip_prefix(&here).unwrap_or(Path::new(""));
    let mut patch = String::new();
    for (path, block) in proposals {
        let text = std::fs::read_to_string(folder.join(path))?;
        let name = inside.join(path).display().to_string().replace('\\', "/");
        let lines: Vec<_> = text.lines().collect();
        let context = &lines[lines.len().saturating_sub(CONTEXT)..];
        let (start, old) = (lines.len() - context.len() + 1, context.len());
        let added: Vec<_> = block.lines().collect();
        writeln!(patch, "diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}")?;
        writeln!(patch, "@@ -{start},{old} +{start},{} @@", old + added.len())?;
        for (number, line) in context.iter().enumerate() {
            let is_last = number + 1 == old && !text.ends_with('\n');
            if is_last {
                writeln!(patch, "-{line}\n\\ No newline at end of file\n+{line}")?;
            } else {
                writeln!(patch, " {line}")?;
            }
        }
        for line in added {
            writeln!(patch, "+{line}")?;
        }
    }
    Ok(patch)
}
