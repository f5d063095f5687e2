//! A report for CI servers that read `JUnit`.

use quick_junit::{NonSuccessKind, Report as Suites, TestCase, TestCaseStatus, TestSuite};

use super::{ProbeReport, joined, plain};
use crate::contract::Verdict;

/// One suite a listing, one case a check.
pub fn junit(reports: &[ProbeReport]) -> Result<String, String> {
    let mut suites = Suites::new("cogdex probe");
    for report in reports {
        let mut suite = TestSuite::new(plain(&report.listing));
        for row in &report.rows {
            let text = joined(&[&row.verdict.reason, &row.verdict.observed]);
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
