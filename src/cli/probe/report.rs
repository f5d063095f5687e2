//! What a run leaves behind: reports in every form that was asked for, and an exit code.

use anyhow::{Context, Result, anyhow};
use jiff::civil::Date;

use super::settings::{ReportKind, ReportTarget};
use super::{ProbeArgs, table};
use crate::cli::output::Output;
use crate::cli::{Exit, Format, Global};
use cogdex::contract::{Contract, Plan, Verdict};
use cogdex::history::{RunId, VerdictRecord};
use cogdex::pricing::UsedRate;
use cogdex::probe::{
    CheckResult, ProbeReport, RunResult, SpendLimit, github, junit, markdown, observations,
    prometheus, rows, sarif,
};

pub(super) fn report(
    (contract, plan): (&Contract<'_>, &Plan<'_>),
    ran: &RunResult,
    (number, base_url, started_ms): (RunId, String, i64),
    spend_limit: &SpendLimit,
    global: &Global,
) -> ProbeReport {
    let folder = global.catalog.as_ref().map_or("catalog".into(), |p| p.display().to_string());
    ProbeReport {
        run: number.to_string(),
        catalog: ProbeReport::stamp(contract),
        listing: contract.listing.id.to_string(),
        base_url,
        started_ms,
        as_of: contract.as_of.to_string(),
        limit: spend_limit.limit,
        currency: spend_limit.currency.code().to_owned(),
        spend: ran.spend,
        rows: rows(contract, plan, ran),
        observations: observations(contract, ran),
        folder,
    }
}

pub(super) fn write(
    reports: &[ProbeReport],
    targets: &[ReportTarget],
    global: &Global,
    output: &mut Output,
    (rates_of, today): (impl Fn(&ProbeReport) -> Result<Vec<UsedRate>>, Date),
) -> Result<()> {
    for report in targets {
        let text = match report.kind {
            ReportKind::Json => {
                let all: Vec<_> = reports.iter().map(|r| format!("{}\n", r.document())).collect();
                all.concat()
            }
            ReportKind::Junit => junit(reports).map_err(|why| anyhow!("junit: {why}"))?,
            ReportKind::Sarif => format!("{}\n", serde_json::to_string_pretty(&sarif(reports))?),
            ReportKind::Github => github(reports),
            ReportKind::Markdown => markdown(reports),
            ReportKind::Prometheus => prometheus(reports),
        };
        if report.file == "-" {
            output.text(&text)?;
        } else {
            std::fs::write(&report.file, text)
                .with_context(|| format!("can't write {}", report.file))?;
        }
    }
    if targets.iter().any(|report| report.file == "-") {
        return Ok(());
    }
    for report in reports {
        match global.format {
            Format::Json => output.json(&report.document(), reports.len() > 1)?,
            Format::Markdown => output.text(&markdown(std::slice::from_ref(report)))?,
            Format::Table | Format::Csv | Format::Parquet if global.quiet => {
                table::broken(output, report)?;
            }
            Format::Table | Format::Csv | Format::Parquet => {
                let rates = rates_of(report).unwrap_or_else(|why| {
                    output.warn(&format!("{why:#}"));
                    Vec::new()
                });
                table::report(output, report, (&rates, today), global.verbose)?;
            }
        }
    }
    Ok(())
}

pub(super) fn exit(args: &ProbeArgs, reports: &[ProbeReport], failed: bool) -> Exit {
    let any = |outcome: Verdict| {
        reports.iter().flat_map(|report| &report.rows).any(|r| r.verdict.outcome == outcome)
    };
    let saved = reports.iter().any(ProbeReport::saved_money);
    let unchecked = reports.iter().any(ProbeReport::no_paid_verdict);
    if args.due.is_some() && !failed && reports.iter().all(ProbeReport::nothing_due) {
        Exit::Done
    } else if !reports.iter().any(ProbeReport::anything_seen) {
        if reports.iter().any(ProbeReport::no_paid_verdict) { Exit::Unsure } else { Exit::Failed }
    } else if any(Verdict::Broken) || (args.strict && any(Verdict::Looser)) {
        Exit::No
    } else if failed || any(Verdict::Inconclusive) || unchecked || (args.strict && saved) {
        Exit::Unsure
    } else {
        Exit::Done
    }
}

pub(super) fn verdicts(report: &ProbeReport) -> Vec<VerdictRecord> {
    let verdict = |row: &CheckResult| VerdictRecord {
        id: row.id.clone(),
        verdict: row.verdict.outcome.word().to_owned(),
        reason: row.verdict.reason.clone(),
        observed: row.verdict.observed.clone(),
        latency_ms: row.latency_ms,
        cost: row.cost,
    };
    report.rows.iter().map(verdict).collect()
}
