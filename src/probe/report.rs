//! What a run found, as one value from which every form of report is made. All text in it is
//! redacted before; a form cleans and quotes it, for a catalog's text may be a stranger's too.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::redactor::clean;
use super::report_text::plain;
use super::runner::{RunResult, Spend};
use crate::contract::{
    AnswerClass, Assessment, Check, Citation, Classification, Contract, Credential, Exchange,
    Judge, Plan, SkipCause, Verdict, absent_fields, is_json_type, lacks_retry_after, odd_images,
    other_codes, unpaired,
};
use crate::history::{ClauseHistory, TimedVerdict};
use crate::pricing::{amount, catalog_stamp};

mod causes;
mod github;
mod junit;
mod markdown;
mod prometheus;
mod sarif;

pub use causes::{ProbeCause, causes};
pub use github::github;
pub use junit::junit;
pub use markdown::markdown;
pub use prometheus::prometheus;
pub use sarif::sarif;

/// The longest line that a person still reads.
const MAX_LINE_LEN: usize = 500;

/// One check with what came of it.
#[derive(Debug, Clone)]
pub struct CheckResult {
    pub id: String,
    pub evidence: Citation,
    pub verdict: Assessment,
    /// Whether a request that it needs may bill.
    pub may_bill: bool,
    /// What its requests could cost, where they bill.
    pub cost: Option<Decimal>,
    pub latency_ms: Option<u64>,
    /// What an earlier run at this address saw, where this one did not look.
    pub earlier: Option<TimedVerdict>,
}

/// A run of one listing.
#[derive(Debug, Clone)]
pub struct ProbeReport {
    /// The run's number in the history.
    pub run: String,
    /// Edition and digest of the catalog.
    pub catalog: Value,
    pub listing: String,
    pub base_url: String,
    /// When the run began, in milliseconds since 1970.
    pub started_ms: i64,
    /// The day whose facts counted.
    pub as_of: String,
    /// The limit, and its currency.
    pub limit: Option<Decimal>,
    pub currency: String,
    pub spend: Spend,
    pub rows: Vec<CheckResult>,
    /// What no source promises, and was seen.
    pub observations: Vec<String>,
    /// The folder of the catalog, for a report that names a line in it.
    pub folder: String,
}

/// How many checks came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProbeSummary {
    pub holds: usize,
    /// Not as promised.
    pub broken: usize,
    /// More is let through.
    pub looser: usize,
    /// Could not be told.
    pub inconclusive: usize,
    /// Not looked at.
    pub skipped: usize,
}

/// Judges every check of a plan.
pub fn rows(contract: &Contract<'_>, plan: &Plan<'_>, ran: &RunResult) -> Vec<CheckResult> {
    let judge = Judge::new(contract, plan, &ran.exchanges);
    let row = |check: &Check<'_>| {
        let first = check.requests.first().and_then(|ask| ran.exchanges[*ask].as_ref());
        let asked = |ask: &usize| {
            ran.exchanges[*ask].as_ref().is_some_and(|exchange| exchange.not_sent.is_none())
        };
        let sent = first.filter(|_| check.requests.iter().all(asked));
        let costs = check.requests.iter().filter_map(|ask| ran.costs[*ask]);
        let cost = costs.reduce(|a, b| crate::catalog::sum(a, b).unwrap_or(a));
        CheckResult {
            id: check.id.clone(),
            evidence: check.evidence.clone(),
            verdict: cleaned(&judge.assess(check)),
            may_bill: (check.requests.iter())
                .any(|ask| plan.requests[*ask].credential == Credential::Operator),
            cost: cost.filter(|_| sent.is_some()),
            latency_ms: sent.map(|exchange| exchange.latency_ms),
            earlier: None,
        }
    };
    plan.checks.iter().map(row).collect()
}

/// What a server put into an answer is one short line without control characters from here on.
fn cleaned(verdict: &Assessment) -> Assessment {
    let line = |text: &str| clean(text, MAX_LINE_LEN);
    Assessment {
        reason: line(&verdict.reason),
        observed: line(&verdict.observed),
        outcome: verdict.outcome,
        skip: verdict.skip,
        cause: verdict.cause.clone(),
    }
}

/// What was seen and no source promises: fields, an echoed key, codes without a stated pair; and
/// what sources describe and nobody saw.
pub fn observations(contract: &Contract<'_>, ran: &RunResult) -> Vec<String> {
    let mut seen: Vec<(String, Vec<&str>)> = Vec::new();
    let mut accepted = Vec::new();
    for exchange in ran.exchanges.iter().flatten() {
        let class = Classification::new(contract, exchange).class;
        let is_accepted = class == AnswerClass::Accepted && exchange.body.is_object();
        accepted.extend(Some(exchange).filter(|_| is_accepted));
        let echoed =
            exchange.key_echoed.then(|| "the key stood in the answer, and was redacted".to_owned());
        let all = [
            echoed,
            super::image_links::unstated(contract, exchange),
            undocumented(contract, exchange),
            unpaired(contract, exchange),
            lacks_retry_after(contract, exchange),
            other_type(contract, exchange),
            is_accepted.then(|| other_codes(contract, exchange)).flatten(),
        ];
        for text in all.into_iter().flatten().chain(odd_images(contract, exchange)) {
            match seen.iter_mut().find(|(known, _)| *known == text) {
                Some((_, asks)) => asks.push(&exchange.ask),
                None => seen.push((text, vec![&exchange.ask])),
            }
        }
    }
    let told = |(text, asks): (String, Vec<&str>)| match asks.len() {
        1..4 => clean(&format!("{text} ({})", asks.join(", ")), MAX_LINE_LEN),
        many => clean(&format!("{text} ({} and {} more)", asks[0], many - 1), MAX_LINE_LEN),
    };
    let absent = absent_fields(contract, &accepted);
    let absent = absent.iter().map(|text| clean(text, MAX_LINE_LEN));
    seen.into_iter().map(told).chain(absent).collect()
}

/// JSON that does not say that it is JSON; where common clients then don't read it, a check of its
/// own says so.
fn other_type(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    let declared = exchange.header("content-type")?;
    let is_other = exchange.is_json && !contract.has_common_shape() && !is_json_type(declared);
    is_other.then(|| format!("JSON is declared as `{declared}`"))
}

fn undocumented(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    let fields = exchange.body.as_object()?;
    if !exchange.status.is_some_and(|status| (200..300).contains(&status)) {
        return None;
    }
    let known = |key: &str| {
        let mut answers = contract.clauses::<crate::catalog::AnswerClause>();
        answers.any(|answer| answer.path.split(['.', '[']).next() == Some(key))
    };
    let strange: Vec<_> = fields.keys().filter(|key| !known(key)).take(8).collect();
    let names: Vec<_> = strange.iter().map(|key| format!("`{key}`")).collect();
    (!names.is_empty()).then(|| format!("no source has {}", names.join(", ")))
}

impl ProbeReport {
    /// How many checks came to what.
    pub fn summary(&self) -> ProbeSummary {
        let mut summary = ProbeSummary::default();
        for row in &self.rows {
            match row.verdict.outcome {
                Verdict::Holds => summary.holds += 1,
                Verdict::Broken => summary.broken += 1,
                Verdict::Looser => summary.looser += 1,
                Verdict::Inconclusive => summary.inconclusive += 1,
                Verdict::Skipped => summary.skipped += 1,
            }
        }
        summary
    }

    /// Puts beside each check that was skipped what earlier runs at this address saw of it.
    pub fn remember(&mut self, earlier: &[ClauseHistory]) {
        for row in self.rows.iter_mut().filter(|row| row.verdict.outcome == Verdict::Skipped) {
            let clause = earlier.iter().find(|clause| clause.id == row.id);
            row.earlier = clause.and_then(ClauseHistory::newest).cloned();
        }
    }

    /// Whether anything was sent and answered.
    pub fn anything_seen(&self) -> bool {
        self.rows.iter().any(|row| row.verdict.outcome != Verdict::Skipped)
    }

    /// Whether nothing was due of what may be sent: what was not left for another day, had no limit.
    pub fn nothing_due(&self) -> bool {
        let left = |row: &CheckResult| row.verdict.skip == Some(SkipCause::NotRequested);
        !self.anything_seen()
            && self.rows.iter().any(left)
            && (self.limit.is_none() || self.rows.iter().all(left))
    }

    /// Whether a check was skipped for money, a key or a price.
    pub fn saved_money(&self) -> bool {
        self.rows.iter().any(|row| row.verdict.skip.is_some_and(SkipCause::is_of_money))
    }

    /// Whether it was to be paid for, and nothing that may bill came to a verdict.
    pub fn no_paid_verdict(&self) -> bool {
        let told = |row: &CheckResult| match row.verdict.outcome {
            Verdict::Holds | Verdict::Broken | Verdict::Looser => row.may_bill,
            Verdict::Inconclusive | Verdict::Skipped => false,
        };
        let asked = |row: &CheckResult| row.verdict.skip.is_some_and(SkipCause::is_despite_limit);
        self.rows.iter().any(asked) && !self.rows.iter().any(told)
    }

    /// The document of `probe --format json`.
    pub fn document(&self) -> Value {
        let row = |row: &CheckResult| {
            json!({
                "id": plain(&row.id),
                "clause": plain(&row.evidence.text),
                "source": plain(&row.evidence.source),
                "path": plain(&row.evidence.path),
                "line": row.evidence.line,
                "verdict": row.verdict.outcome.word(),
                "reason": plain(&row.verdict.reason),
                "cost": row.cost.map(amount),
                "latency_ms": row.latency_ms,
                "expected": plain(&row.evidence.text),
                "observed": plain(&row.verdict.observed),
            })
        };
        let summary = self.summary();
        json!({
            "format": 1,
            "run": self.run.parse::<i64>().ok(),
            "catalog": self.catalog,
            "listing": plain(&self.listing),
            "base_url": plain(&self.base_url),
            "as_of": self.as_of,
            "spend": {
                "limit": self.limit.map(|limit| format!("{} {}", amount(limit), self.currency)),
                "reserved": amount(self.spend.reserved),
                "spent": amount(self.spend.spent),
                "calls_billable": self.spend.calls_billable,
            },
            "causes": causes(&self.rows).iter().map(ProbeCause::document).collect::<Vec<_>>(),
            "checks": self.rows.iter().map(row).collect::<Vec<_>>(),
            "observations": self.observations.iter().map(|text| plain(text)).collect::<Vec<_>>(),
            "summary": {
                "holds": summary.holds,
                "broken": summary.broken,
                "looser": summary.looser,
                "inconclusive": summary.inconclusive,
                "skipped": summary.skipped,
            },
        })
    }

    /// Edition and digest of a catalog, for the report.
    pub fn stamp(contract: &Contract<'_>) -> Value {
        json!(catalog_stamp(contract.catalog))
    }

    /// The path of a row's line from where the reports are read.
    fn path(&self, row: &CheckResult) -> String {
        plain(&format!("{}/{}", self.folder.trim_end_matches('/'), row.evidence.path))
    }
}

/// Texts as one, on one line: what is empty leaves no gap.
fn joined(texts: &[&str]) -> String {
    let texts = texts.iter().map(|text| plain(text));
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}
