//! A report for reading.

use anstyle::Style;
use anyhow::Result;
use jiff::civil::Date;

use crate::cli::grouped_lines::GroupedLines;
use crate::cli::output::{BOLD, DIM, GREEN, Output, RED, YELLOW, clean, plural, styled};
use crate::cli::rates;
use cogdex::contract::Verdict;
use cogdex::pricing::money_at_most;
use cogdex::pricing::{UsedRate, amount};
use cogdex::probe::{CheckResult, ProbeCause, ProbeReport, causes};

/// What is broken, and nothing else.
pub(super) fn broken(output: &mut Output, report: &ProbeReport) -> Result<()> {
    for row in report.rows.iter().filter(|row| row.verdict.outcome == Verdict::Broken) {
        let why = [row.verdict.reason.as_str(), row.verdict.observed.as_str()];
        let why: Vec<_> = why.into_iter().filter(|part| !part.is_empty()).collect();
        let place =
            format!("{} ({}:{})", row.evidence.source, row.evidence.path, row.evidence.line);
        let text = format!(
            "{}: {} broken: {}; promised by {place}",
            report.listing,
            row.id,
            why.join("; ")
        );
        output.wrapped("", "  ", &text)?;
    }
    Ok(())
}

/// The verdicts, what is wrong first; what holds is listed with `-v`.
pub(super) fn report(
    output: &mut Output,
    report: &ProbeReport,
    (rates, day): (&[UsedRate], Date),
    verbose: bool,
) -> Result<()> {
    let summary = report.summary();
    let checked = summary.holds + summary.broken + summary.looser;
    let head = format!("{}: {checked} of {} clauses checked", report.listing, report.rows.len());
    output.styled_line(BOLD, &head)?;
    let spent = format!(
        "run {}, {}, at most {} spent in {}",
        report.run,
        report.base_url,
        spent(report),
        plural(report.spend.calls_billable, "billable call")
    );
    output.styled_line(DIM, &spent)?;
    rates::print(output, rates, day)?;
    for cause in causes(&report.rows) {
        of_cause(output, &cause)?;
    }
    holding(output, report, verbose)?;
    // What a refusal left unseen stands with its cause.
    let is_skipped =
        |row: &&CheckResult| row.verdict.outcome == Verdict::Skipped && row.verdict.cause.is_none();
    let mut skipped = GroupedLines::new();
    for row in report.rows.iter().filter(is_skipped) {
        skipped.add(row.verdict.reason.clone(), row.id.as_str());
    }
    for line in skipped.0 {
        let text = format!("{}: {}", line.text, line.items.join(", "));
        output.wrapped("skipped      ", "             ", &text)?;
    }
    for observation in &report.observations {
        output.wrapped("note         ", "             ", observation)?;
    }
    output.line("")
}

/// What a run spent at most, in the currency of its limit.
fn spent(report: &ProbeReport) -> String {
    let spent = report.spend.spent;
    match report.currency.parse() {
        Ok(currency) => money_at_most(spent, currency),
        Err(_) => format!("{} {}", amount(spent), report.currency),
    }
}

/// What holds: each check, or how many there are.
fn holding(output: &mut Output, report: &ProbeReport, verbose: bool) -> Result<()> {
    let holds = report.rows.iter().filter(|row| row.verdict.outcome == Verdict::Holds);
    let ids: Vec<_> = holds.map(|row| row.id.as_str()).collect();
    if verbose {
        for id in ids {
            output.line(&format!("{}{}", word(Verdict::Holds), clean(id)))?;
        }
        return Ok(());
    }
    match ids.as_slice() {
        [] => Ok(()),
        [id] => output.line(&format!("{}{}", word(Verdict::Holds), clean(id))),
        many => {
            let count = styled(GREEN, &format!("{} hold", many.len()));
            output.line(&format!("{count} (-v lists them)"))
        }
    }
}

/// The colour of a verdict.
pub(crate) fn verdict_style(outcome: Verdict) -> Style {
    match outcome {
        Verdict::Broken => RED,
        Verdict::Holds => GREEN,
        Verdict::Looser | Verdict::Inconclusive | Verdict::Skipped => YELLOW,
    }
}

/// A verdict in its colour, as wide as the column of all verdicts.
fn word(outcome: Verdict) -> String {
    styled(verdict_style(outcome), &format!("{:<13}", outcome.word()))
}

/// A cause: its checks, why, and who promised.
fn of_cause(output: &mut Output, cause: &ProbeCause<'_>) -> Result<()> {
    const INDENT: &str = "             ";
    let ids = cause.ids(cause.outcome);
    output.line(&format!("{}{}", word(cause.outcome), clean(ids[0])))?;
    if ids.len() > 1 {
        output.wrapped(INDENT, INDENT, &ids[1..].join(", "))?;
    }
    for outcome in [Verdict::Looser, Verdict::Inconclusive, Verdict::Skipped] {
        let others = cause.ids(outcome);
        if outcome != cause.outcome && !others.is_empty() {
            let text = format!("{}: {}", outcome.word(), others.join(", "));
            output.wrapped(INDENT, INDENT, &text)?;
        }
    }
    let evidence = &cause.first().evidence;
    let place = format!("{} ({}:{})", evidence.source, evidence.path, evidence.line);
    let observed = cause.observed();
    let why: Vec<_> =
        [cause.reason(), &observed].into_iter().filter(|part| !part.is_empty()).collect();
    let promised = match cause.rows.len() {
        1 => "promised by",
        _ => "the first is promised by",
    };
    output.wrapped(INDENT, INDENT, &format!("{}; {promised} {place}", why.join("; ")))
}
