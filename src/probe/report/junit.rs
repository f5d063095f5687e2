//! A report for CI servers that read `JUnit`.

use quick_junit::{NonSuccessKind, Report as Suites, TestCase, TestCaseStatus, TestSuite};

use super::Report;
use crate::contract::Outcome;

/// One suite a listing, one case a check.
pub fn junit(reports: &[Report]) -> Result<String, String> {
    let mut suites = Suites::new("cogdex probe");
    for report in reports {
        let mut suite = TestSuite::new(report.listing.as_str());
        for row in &report.rows {
            let text = format!("{} {}", row.verdict.reason, row.verdict.observed);
            let mut status = match row.verdict.outcome {
                Outcome::Holds => TestCaseStatus::success(),
                Outcome::Broken | Outcome::Looser => {
                    TestCaseStatus::non_success(NonSuccessKind::Failure)
                }
                Outcome::Inconclusive => TestCaseStatus::non_success(NonSuccessKind::Error),
                Outcome::Skipped => TestCaseStatus::skipped(),
            };
            status.set_message(text.trim());
            status.set_type(row.verdict.outcome.word());
            let mut case = TestCase::new(row.id.as_str(), status);
            case.set_classname(report.listing.as_str());
            if let Some(ms) = row.latency_ms {
                case.set_time(std::time::Duration::from_millis(ms));
            }
            let place = format!("{}:{}", report.path(row), row.evidence.line);
            case.set_system_out(format!("{} ({place})", row.evidence.source));
            suite.add_test_case(case);
        }
        suites.add_test_suite(suite);
    }
    suites.to_string().map_err(|why| why.to_string())
}
