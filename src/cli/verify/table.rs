//! What `verify` prints for people: each source in a line, and below it what is not as it was.

use anyhow::Result;

use crate::cli::Global;
use crate::cli::output::{DIM, GREEN, Output, RED, YELLOW, clean, styled};
use anstyle::Style;
use cogdex::verify::{FigureVerdict, PageStatus, SourceReport, VerifyReport};

pub(super) fn print(output: &mut Output, report: &VerifyReport<'_>, global: &Global) -> Result<()> {
    for source in &report.sources {
        let is_whole = source.findings.iter().all(|it| it.verdict == FigureVerdict::Confirmed);
        if !(global.quiet && is_whole) {
            print_source(output, source, global.verbose)?;
        }
    }
    if global.quiet {
        return Ok(());
    }
    let summary = report.summary();
    let counts = [
        (FigureVerdict::Confirmed, summary.confirmed),
        (FigureVerdict::Changed, summary.changed),
        (FigureVerdict::Gone, summary.gone),
        (FigureVerdict::Unreadable, summary.unreadable),
    ];
    let counts: Vec<_> = counts
        .iter()
        .filter(|(verdict, count)| *count > 0 || *verdict == FigureVerdict::Confirmed)
        .map(|(verdict, count)| styled(style(*verdict), &format!("{count} {verdict}")))
        .collect();
    output.wrapped_styled("", "  ", &counts.join(", "))
}

fn print_source(output: &mut Output, source: &SourceReport<'_>, verbose: bool) -> Result<()> {
    let planned = &source.planned;
    let (id, address) = (clean(&planned.source.id), clean(&planned.source.address));
    output.figure(&id, &styled(DIM, &address))?;
    if let PageStatus::Unreadable(reason) = &source.status {
        let known = if source.is_excused { ", as it is known to be" } else { "" };
        let text = format!("unreadable{known}: {reason}");
        output.wrapped_in(style(FigureVerdict::Unreadable), "  ", "    ", &text)?;
    }
    for (figure, finding) in planned.figures.iter().zip(&source.findings) {
        let is_told = finding.verdict != FigureVerdict::Unreadable
            || !matches!(source.status, PageStatus::Unreadable(_));
        if !verbose && (finding.verdict == FigureVerdict::Confirmed || !is_told) {
            continue;
        }
        let excerpt = figure.excerpt;
        let (path, line) = (&figure.entity.path, excerpt.position.line);
        let mut text =
            format!("{}: {path}:{line} {} \"{}\"", finding.verdict, excerpt.field, excerpt.text);
        let found = finding.found.as_deref().filter(|_| finding.verdict == FigureVerdict::Changed);
        if let Some(found) = found {
            text = format!("{text} is now \"{found}\"");
        }
        output.wrapped_in(style(finding.verdict), "  ", "    ", &text)?;
        if let Some(change) = &finding.change {
            let now = change.now.as_deref().unwrap_or("(gone)");
            output.wrapped_in(DIM, "    was: ", "      ", &change.before)?;
            output.wrapped_in(DIM, "    now: ", "      ", now)?;
        }
    }
    Ok(())
}

fn style(verdict: FigureVerdict) -> Style {
    match verdict {
        FigureVerdict::Confirmed => GREEN,
        FigureVerdict::Changed | FigureVerdict::Gone => RED,
        FigureVerdict::Unreadable => YELLOW,
    }
}
