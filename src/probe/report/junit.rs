//! A report for CI servers that read `JUnit`.

use quick_junit::{NonSuccessKind, Report as Suites, TestCase, TestCaseStatus, TestSuite};

use super::{CheckResult, ProbeCause, ProbeReport, causes, joined, plain};
use crate::contract::Verdict;

/// One suite a listing, one case a check; a cause is told at the first check that hangs on it.
pub fn junit(reports: &[ProbeReport]) -> Result<String, String> {
    let mut suites = Suites::new("cogdex probe");
    for report in reports {
        let mut suite = TestSuite::new(plain(&report.listing));
        let causes = causes(&report.rows);
        for row in &report.rows {
            let text = text(row, &causes);
            let mut status = match row.verdict.outcome {
                Verdict::Holds => TestCaseStatus::success(),
                Verdict::Broken | Verdict::Looser => {
                    TestCaseStatus::non_success(NonSuccessKind::Failure)
                }
                Verdict::Inconclusive => TestCaseStatus::non_success(NonSuccessKind::Error),
                Verdict::Skipped => TestCaseStatus::skipped(),
            };
            status.set_message(text);
            status.set_type(row.verdict.outcome.word());
            let mut case = TestCase::new(plain(&row.id), status);
            case.set_classname(plain(&report.listing));
            if let Some(ms) = row.latency_ms {
                case.set_time(std::time::Duration::from_millis(ms));
            }
            let place = format!("{}:{}", report.path(row), row.evidence.line);
            case.set_system_out(format!("{} ({place})", plain(&row.evidence.source)));
            suite.add_test_case(case);
        }
        suites.add_test_suite(suite);
    }
    let xml = suites.to_string().map_err(|why| why.to_string())?;
    // The writer lets these two through, and no XML may hold them.
    Ok(xml.replace(['\u{fffe}', '\u{ffff}'], ""))
}

/// What a case says: the cause, or which case says it.
fn text(row: &CheckResult, causes: &[ProbeCause<'_>]) -> String {
    let hangs = |cause: &&ProbeCause<'_>| cause.rows.iter().any(|known| std::ptr::eq(*known, row));
    match causes.iter().find(hangs) {
        None => joined(&[&row.verdict.reason, &row.verdict.observed]),
        Some(cause) if cause.rows.len() == 1 => cause.text(),
        Some(cause) if std::ptr::eq(cause.first(), row) => {
            format!("{}; checks: {}", cause.text(), joined(&[&cause.all_ids()]))
        }
        Some(cause) => {
            let first = plain(&cause.first().id);
            format!("{} (as told at {first})", plain(&row.verdict.reason))
        }
    }
}
