//! The ledger: before a call that may cost money leaves, its worst case is reserved here.
//!
//! One transaction reads what was reserved and adds to it, so that processes that share the file
//! share the limit. What is never settled counts as spent.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use rusqlite::{Connection, OptionalExtension, params};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

use super::address::origin;
use super::error::HistoryFault;
use super::id::{ReservationId, RunId};
use crate::catalog::{Currency, sum};

/// How far back a limit looks.
const DAY_MS: i64 = 86_400_000;

/// What a call may cost at worst, and the limit that must hold with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The run that sends the call.
    pub run: RunId,
    pub listing: String,
    /// What the call is.
    pub what: String,
    /// The worst case, not negative.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
    /// The most that may be reserved within 24 hours, this call included.
    pub limit: Decimal,
    /// Now, in milliseconds since 1970.
    pub now_ms: i64,
}

/// Whether an amount was reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationResult {
    /// It was, and the call may leave.
    Yes(ReservationId),
    /// It does not fit beside what was used in the last 24 hours; nothing is reserved.
    OverLimit { used: Decimal },
    /// Money of another currency was used in the last 24 hours; nothing is reserved.
    OtherCurrency(Currency),
}

/// How a reservation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationEnd {
    /// The money is gone, or may be.
    Spent,
    /// The answer was one that is not charged.
    Released,
}

impl ReservationEnd {
    fn state(self) -> &'static str {
        match self {
            Self::Spent => "spent",
            Self::Released => "released",
        }
    }
}

/// What was spent, or may be, on a listing within a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySpend {
    /// The day, in UTC.
    pub day: Date,
    pub listing: String,
    /// Where the calls went.
    pub base_url: String,
    /// Of what.
    pub currency: Currency,
    pub amount: Decimal,
}

pub(super) fn reserve(
    connection: &mut Connection,
    r: &Reservation,
) -> Result<ReservationResult, HistoryFault> {
    if r.amount < Decimal::ZERO {
        return Err(HistoryFault::refused(format!("the amount {} is negative", r.amount)));
    }
    let transaction = connection.transaction()?;
    let sql = "SELECT base_url FROM runs WHERE id = ?1";
    let address: Option<String> =
        transaction.query_row(sql, [r.run], |row| row.get(0)).optional()?;
    let now = now(&transaction, address.as_deref(), r.now_ms)?;
    let mut used = Decimal::ZERO;
    for (amount, currency) in window(&transaction, address.as_deref(), now)? {
        if currency != r.currency {
            return Ok(ReservationResult::OtherCurrency(currency));
        }
        used = sum(used, amount)?;
    }
    if sum(used, r.amount)? > r.limit {
        return Ok(ReservationResult::OverLimit { used });
    }
    transaction.execute(
        "INSERT INTO reservations (run, listing, what, amount, currency, at_ms, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'reserved')",
        params![r.run, r.listing, r.what, r.amount.to_string(), r.currency.code(), now],
    )?;
    let id = ReservationId(transaction.last_insert_rowid());
    transaction.commit()?;
    Ok(ReservationResult::Yes(id))
}

pub(super) fn settle(
    connection: &mut Connection,
    id: ReservationId,
    how: ReservationEnd,
) -> Result<(), HistoryFault> {
    let transaction = connection.transaction()?;
    let sql = "SELECT state FROM reservations WHERE id = ?1";
    let state: Option<String> = transaction.query_row(sql, [id], |row| row.get(0)).optional()?;
    match state.as_deref() {
        Some("reserved") => {}
        Some(state) => {
            return Err(HistoryFault::refused(format!("reservation {id} is {state} already")));
        }
        None => return Err(HistoryFault::refused(format!("there is no reservation {id}"))),
    }
    let sql = "UPDATE reservations SET state = ?2 WHERE id = ?1";
    transaction.execute(sql, params![id, how.state()])?;
    Ok(transaction.commit()?)
}

pub(super) fn used(
    connection: &Connection,
    address: Option<&str>,
    currency: Currency,
    now_ms: i64,
) -> Result<Decimal, HistoryFault> {
    let rows = window(connection, address, now(connection, address, now_ms)?)?;
    let mut same = rows.into_iter().filter(|(_, other)| *other == currency);
    Ok(same.try_fold(Decimal::ZERO, |used, (amount, _)| sum(used, amount))?)
}

pub(super) fn spend_by_day(connection: &Connection) -> Result<Vec<DaySpend>, HistoryFault> {
    let mut statement = connection.prepare(
        "SELECT at_ms, reservations.listing, amount, currency, base_url
         FROM reservations JOIN runs ON runs.id = run WHERE state <> 'released'",
    )?;
    let mut rows = statement.query([])?;
    let mut spends: BTreeMap<(Date, String, String, Currency), Decimal> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (at_ms, listing): (i64, String) = (row.get(0)?, row.get(1)?);
        let (amount, currency) = read_money(&row.get::<_, String>(2)?, &row.get::<_, String>(3)?)?;
        let spend = spends.entry((day(at_ms)?, listing, row.get(4)?, currency)).or_default();
        *spend = sum(*spend, amount)?;
    }
    let day_spend = |((day, listing, base_url, currency), amount)| DaySpend {
        day,
        listing,
        base_url,
        currency,
        amount,
    };
    Ok(spends.into_iter().map(day_spend).collect())
}

/// Whether an address is the one that is asked for, if one is; the path makes no difference, since
/// whoever bills is the same.
fn is_at(address: Option<&str>, other: &str) -> bool {
    address.is_none_or(|address| origin(address) == origin(other))
}

/// The ledger's now at an address, which never goes back: an operator who sets the clock back gains
/// no money.
fn now(connection: &Connection, address: Option<&str>, now_ms: i64) -> Result<i64, HistoryFault> {
    let mut statement = connection.prepare(
        "SELECT base_url, max(at_ms) FROM reservations JOIN runs ON runs.id = run
         GROUP BY base_url",
    )?;
    let mut rows = statement.query([])?;
    let mut now = now_ms;
    while let Some(row) = rows.next()? {
        if is_at(address, &row.get::<_, String>(0)?) {
            now = now.max(row.get(1)?);
        }
    }
    Ok(now)
}

/// All that counts at `now`: not released, and at most 24 hours old to the millisecond.
fn window(
    connection: &Connection,
    address: Option<&str>,
    now: i64,
) -> Result<Vec<(Decimal, Currency)>, HistoryFault> {
    let mut statement = connection.prepare(
        "SELECT amount, currency, base_url FROM reservations JOIN runs ON runs.id = run
         WHERE state <> 'released' AND at_ms >= ?1 ORDER BY reservations.id",
    )?;
    let mut rows = statement.query([now.saturating_sub(DAY_MS)])?;
    let mut counted = Vec::new();
    while let Some(row) = rows.next()? {
        if !is_at(address, &row.get::<_, String>(2)?) {
            continue;
        }
        counted.push(read_money(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?)?);
    }
    Ok(counted)
}

fn read_money(amount: &str, currency: &str) -> Result<(Decimal, Currency), HistoryFault> {
    Ok((read_amount(amount)?, currency.parse().map_err(HistoryFault::Refused)?))
}

/// Reads an amount that [`Decimal`] wrote; anything else is a damaged file, never 0.
pub(super) fn read_amount(text: &str) -> Result<Decimal, HistoryFault> {
    let amount = Decimal::from_str_exact(text).ok().filter(|amount| *amount >= Decimal::ZERO);
    amount.ok_or_else(|| HistoryFault::refused(format!("`{text}` is not an amount")))
}

fn day(at_ms: i64) -> Result<Date, HistoryFault> {
    let at = Timestamp::from_millisecond(at_ms);
    let at = at.map_err(|_| HistoryFault::refused(format!("`{at_ms}` is not a time")))?;
    Ok(Offset::UTC.to_datetime(at).date())
}
