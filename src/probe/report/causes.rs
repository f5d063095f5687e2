//! What checks hang on: a cause is told once, with all checks that it decides.

use serde_json::{Value, json};

use super::{CheckResult, joined, plain};
use crate::catalog::Condition;
use crate::contract::{AnswerClass, Classification, Verdict};

/// One cause with its checks; what a single promise decides is a cause of its own.
#[derive(Debug, Clone)]
pub struct ProbeCause<'r> {
    /// The worst verdict of its checks.
    pub outcome: Verdict,
    /// What the answers were, where that decides, and not what stood in them.
    class: Option<&'r Classification>,
    /// Its checks, the worst first.
    pub rows: Vec<&'r CheckResult>,
}

/// The causes of all that does not hold, the worst first; checks that nobody looked at have none.
pub fn causes(rows: &[CheckResult]) -> Vec<ProbeCause<'_>> {
    let mut causes: Vec<ProbeCause<'_>> = Vec::new();
    for row in rows {
        let class = row.verdict.cause.as_deref();
        let is_told = match row.verdict.outcome {
            Verdict::Broken | Verdict::Looser | Verdict::Inconclusive => true,
            Verdict::Skipped => class.is_some(),
            Verdict::Holds => false,
        };
        if !is_told {
            continue;
        }
        match causes.iter_mut().find(|cause| cause.decides(row)) {
            Some(cause) => cause.rows.push(row),
            None => {
                causes.push(ProbeCause { outcome: row.verdict.outcome, class, rows: vec![row] });
            }
        }
    }
    for cause in &mut causes {
        cause.rows.sort_by_key(|row| row.verdict.outcome);
        cause.outcome = cause.rows[0].verdict.outcome;
    }
    causes.sort_by_key(|cause| cause.outcome);
    causes
}

impl<'r> ProbeCause<'r> {
    /// Whether a check hangs on it, too.
    fn decides(&self, row: &CheckResult) -> bool {
        match (self.class, row.verdict.cause.as_deref()) {
            (Some(own), Some(other)) => {
                own.class == other.class
                    && own.status == other.status
                    && own.code == other.code
                    && own.message == other.message
            }
            (None, None) => {
                let first = &self.rows[0].verdict;
                first.outcome == row.verdict.outcome && first.reason == row.verdict.reason
            }
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// The first of its checks, which stands for it.
    pub fn first(&self) -> &'r CheckResult {
        self.rows[0]
    }

    /// The names of its checks with a verdict.
    pub fn ids(&self, outcome: Verdict) -> Vec<&'r str> {
        let rows = self.rows.iter().filter(|row| row.verdict.outcome == outcome);
        rows.map(|row| row.id.as_str()).collect()
    }

    /// The names of all its checks, each with its verdict where that is not the worst one.
    pub fn all_ids(&self) -> String {
        let id = |row: &&CheckResult| match row.verdict.outcome {
            outcome if outcome == self.outcome => row.id.clone(),
            outcome => format!("{} ({})", row.id, outcome.word()),
        };
        self.rows.iter().map(id).collect::<Vec<_>>().join(", ")
    }

    /// Why, in a line.
    pub fn reason(&self) -> &'r str {
        &self.first().verdict.reason
    }

    /// What was seen, in a line: what the answers had in common, or what the first check saw.
    pub fn observed(&self) -> String {
        let Some(class) = self.class else {
            let seen = plain(&self.first().verdict.observed);
            return match self.rows.len() {
                1 => seen,
                many if seen.is_empty() => format!("{many} times"),
                many => format!("{seen}, and {} more", many - 1),
            };
        };
        let mut parts = vec![self.first().verdict.observed.clone()];
        let is_new = |text: &&String| !parts[0].contains(text.as_str());
        let message = class.message.as_ref().filter(|text| **text != class.reason);
        let message = message.filter(is_new).map(|text| format!("`{text}`"));
        parts.extend(message);
        parts.extend(class.location.as_ref().map(|place| format!("location {place}")));
        parts.extend(class.request_id.as_ref().map(|id| format!("request id {id}")));
        parts.retain(|part| !part.is_empty());
        plain(&parts.join(", "))
    }

    /// Why and what was seen, on one line.
    pub fn text(&self) -> String {
        joined(&[self.reason(), &self.observed()])
    }

    /// What was answered, in the form of the JSON document.
    pub(super) fn document(&self) -> Value {
        let text = |text: &String| plain(text);
        let class = self.class.map_or(AnswerClass::Accepted, |class| class.class);
        let message = match self.class {
            Some(class) => class.message.as_ref().map(text),
            None => Some(plain(self.reason())),
        };
        json!({
            "class": class.as_str(),
            "status": self.class.and_then(|class| class.status),
            "code": self.class.and_then(|class| class.code.as_ref()).map(text),
            "message": message,
            "condition": self.class.and_then(|class| class.condition).map(Condition::as_str),
            "request_id": self.class.and_then(|class| class.request_id.as_ref()).map(text),
            "location": self.class.and_then(|class| class.location.as_ref()).map(text),
            "verdict": self.outcome.word(),
            "reason": plain(self.reason()),
            "observed": self.observed(),
            "checks": self.rows.iter().map(|row| plain(&row.id)).collect::<Vec<_>>(),
        })
    }

    /// Class, status and code, as labels have them.
    pub(super) fn labels(&self) -> [String; 3] {
        let class = self.class.map_or(AnswerClass::Accepted, |class| class.class);
        let status = self.class.and_then(|class| class.status).map(|status| status.to_string());
        let code = self.class.and_then(|class| class.code.clone());
        [class.to_string(), status.unwrap_or_default(), code.unwrap_or_default()]
    }
}
