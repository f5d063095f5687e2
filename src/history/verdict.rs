//! Verdicts, and what becomes of a clause over time.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use rust_decimal::Decimal;

use super::address::is_loopback;
use super::error::HistoryFault;
use super::id::RunId;
use super::ledger::read_amount;

/// The verdicts that tell something of the provider; the others tell of the network or the limit.
const CONCLUSIVE: [&str; 3] = ["holds", "broken", "looser"];

/// What a run saw of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictRecord {
    pub id: String,
    /// `holds`, `broken`, `looser`, `inconclusive` or `skipped`.
    pub verdict: String,
    pub reason: String,
    pub observed: String,
    pub latency_ms: Option<u64>,
    /// What the call cost at worst, in the currency of its reservation.
    pub cost: Option<Decimal>,
}

/// A verdict with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedVerdict {
    pub run: RunId,
    /// When the run began, in milliseconds since 1970.
    pub at_ms: i64,
    /// The verdict's word.
    pub verdict: String,
}

impl TimedVerdict {
    /// Whether it tells something of the provider.
    pub fn is_conclusive(&self) -> bool {
        CONCLUSIVE.contains(&self.verdict.as_str())
    }
}

/// A clause over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseHistory {
    pub id: String,
    /// When it was first looked at; when it was first skipped, where it never was.
    pub first_seen_ms: i64,
    /// When it was last looked at, or skipped where it never was.
    pub last_seen_ms: i64,
    /// How often a conclusive verdict differs from the conclusive one before.
    pub flips: u32,
    /// The newest verdict that is not `skipped`, if there is one: a run that leaves a clause out
    /// takes nothing back of what was seen.
    pub last: String,
    /// Every verdict, in the order of the runs.
    pub all: Vec<TimedVerdict>,
}

impl ClauseHistory {
    /// The newest verdict of a run that looked at it.
    pub fn newest(&self) -> Option<&TimedVerdict> {
        self.all.iter().rfind(|judged| judged.verdict != "skipped")
    }
}

pub(super) fn judge(
    connection: &mut Connection,
    run: RunId,
    verdicts: &[VerdictRecord],
) -> Result<(), HistoryFault> {
    let transaction = connection.transaction()?;
    for verdict in verdicts {
        let latency = verdict.latency_ms.map(i64::try_from).transpose();
        let latency =
            latency.map_err(|_| HistoryFault::refused("the latency is beyond all range"))?;
        transaction.execute(
            "INSERT INTO verdicts (run, clause, verdict, reason, observed, latency_ms, cost)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                run,
                verdict.id,
                verdict.verdict,
                verdict.reason,
                verdict.observed,
                latency,
                verdict.cost.map(|cost| cost.to_string())
            ],
        )?;
    }
    Ok(transaction.commit()?)
}

pub(super) fn load(
    connection: &Connection,
    run: RunId,
) -> Result<Vec<VerdictRecord>, HistoryFault> {
    let mut statement = connection.prepare(
        "SELECT clause, verdict, reason, observed, latency_ms, cost FROM verdicts
         WHERE run = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([run])?;
    let mut verdicts = Vec::new();
    while let Some(row) = rows.next()? {
        let (latency, cost): (Option<i64>, Option<String>) = (row.get(4)?, row.get(5)?);
        let latency_ms = latency.map(u64::try_from).transpose();
        verdicts.push(VerdictRecord {
            id: row.get(0)?,
            verdict: row.get(1)?,
            reason: row.get(2)?,
            observed: row.get(3)?,
            latency_ms: latency_ms.map_err(|_| HistoryFault::refused("a latency is negative"))?,
            cost: cost.as_deref().map(read_amount).transpose()?,
        });
    }
    Ok(verdicts)
}

pub(super) fn newest(
    connection: &Connection,
    listing: &str,
) -> Result<BTreeMap<String, (RunId, VerdictRecord)>, HistoryFault> {
    let mut statement = connection.prepare(
        "SELECT clause, verdict, reason, observed, runs.id, base_url
         FROM verdicts JOIN runs ON runs.id = run
         WHERE listing = ?1 AND verdict IN ('holds', 'broken', 'looser') ORDER BY runs.id",
    )?;
    let mut rows = statement.query([listing])?;
    let mut newest: BTreeMap<String, (bool, (RunId, VerdictRecord))> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (id, verdict) = (row.get::<_, String>(0)?, row.get(1)?);
        let (reason, observed) = (row.get(2)?, row.get(3)?);
        let (latency_ms, cost) = (None, None);
        let is_own = is_loopback(&row.get::<_, String>(5)?);
        if newest.get(&id).is_some_and(|(known_is_own, _)| is_own && !known_is_own) {
            continue;
        }
        let verdict = VerdictRecord { id: id.clone(), verdict, reason, observed, latency_ms, cost };
        newest.insert(id, (is_own, (row.get(4)?, verdict)));
    }
    Ok(newest.into_iter().map(|(id, (_, verdict))| (id, verdict)).collect())
}

pub(super) fn timeline(
    connection: &Connection,
    listing: &str,
    base_url: Option<&str>,
) -> Result<Vec<ClauseHistory>, HistoryFault> {
    let clauses = judged(connection, listing, base_url)?;
    Ok(clauses.into_iter().filter_map(|(id, all)| clause(id, all)).collect())
}

pub(super) fn last_checked(
    connection: &Connection,
    listing: &str,
    base_url: Option<&str>,
) -> Result<BTreeMap<String, i64>, HistoryFault> {
    // What was looked at and has nothing to show is skipped with a latency; it was looked at.
    let mut statement = connection.prepare(
        "SELECT clause, max(started_ms) FROM verdicts JOIN runs ON runs.id = run
         WHERE listing = ?1 AND (?2 IS NULL OR base_url = ?2)
         AND (verdict IN ('holds', 'broken', 'looser')
              OR (verdict = 'skipped' AND latency_ms IS NOT NULL))
         GROUP BY clause",
    )?;
    let rows = statement.query_map((listing, base_url), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every verdict on a listing by clause, in the order of the runs: clocks go back, numbers do not.
fn judged(
    connection: &Connection,
    listing: &str,
    base_url: Option<&str>,
) -> Result<BTreeMap<String, Vec<TimedVerdict>>, HistoryFault> {
    let mut statement = connection.prepare(
        "SELECT clause, runs.id, started_ms, verdict FROM verdicts JOIN runs ON runs.id = run
         WHERE listing = ?1 AND (?2 IS NULL OR base_url = ?2) ORDER BY runs.id",
    )?;
    let mut rows = statement.query((listing, base_url))?;
    let mut clauses: BTreeMap<String, Vec<TimedVerdict>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let judged = TimedVerdict { run: row.get(1)?, at_ms: row.get(2)?, verdict: row.get(3)? };
        clauses.entry(row.get(0)?).or_default().push(judged);
    }
    Ok(clauses)
}

fn clause(id: String, all: Vec<TimedVerdict>) -> Option<ClauseHistory> {
    let looked_at = all.iter().any(|judged| judged.verdict != "skipped");
    let seen = || all.iter().filter(|judged| !looked_at || judged.verdict != "skipped");
    let first_seen_ms = seen().map(|judged| judged.at_ms).min()?;
    let last_seen_ms = seen().map(|judged| judged.at_ms).max()?;
    let last = seen().next_back()?.verdict.clone();
    let (mut flips, mut before) = (0, None);
    for judged in all.iter().filter(|judged| judged.is_conclusive()) {
        flips += u32::from(before.is_some_and(|before| before != judged.verdict.as_str()));
        before = Some(judged.verdict.as_str());
    }
    Some(ClauseHistory { id, first_seen_ms, last_seen_ms, flips, last, all })
}
