//! The ledger within one process: exact sums, the window's edges, and what counts.

use cogdex::catalog::Currency;
use cogdex::history::{History, ReservationEnd, ReservationId, ReservationResult, RunId};
use proptest::prelude::*;
use rust_decimal::Decimal;
use tempfile::TempDir;

use super::{NOW, new_run, place, reservation};
use crate::support::usd;

/// 24 hours.
const DAY: i64 = 86_400_000;

fn ledger() -> (TempDir, History, RunId) {
    let (folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let run = history.begin(&new_run("p/l", NOW)).unwrap();
    (folder, history, run)
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn reserve(
    history: &mut History,
    run: RunId,
    amount: &str,
    limit: &str,
    now: i64,
) -> ReservationResult {
    history.reserve(&reservation(run, amount, limit, now)).unwrap()
}

fn reserved(
    history: &mut History,
    run: RunId,
    amount: &str,
    limit: &str,
    now: i64,
) -> ReservationId {
    match reserve(history, run, amount, limit, now) {
        ReservationResult::Yes(id) => id,
        other => panic!("{amount} of {limit}: {other:?}"),
    }
}

fn over(used: &str) -> ReservationResult {
    ReservationResult::OverLimit { used: decimal(used) }
}

#[test]
fn sums_are_exact_to_the_last_decimal_at_the_limit() {
    let (_folder, mut history, run) = ledger();
    reserved(&mut history, run, "0.1", "0.3", NOW);
    reserved(&mut history, run, "0.2", "0.3", NOW);
    assert_eq!(history.used(None, usd(), NOW).unwrap(), decimal("0.3"));
    assert_eq!(reserve(&mut history, run, "0.000000000001", "0.3", NOW), over("0.3"));
    reserved(&mut history, run, "0", "0.3", NOW);
    reserved(&mut history, run, "0.000000000001", "0.300000000001", NOW);
    let least = reserve(&mut history, run, "0.000000000001", "0.300000000001", NOW);
    assert_eq!(least, over("0.300000000001"));
}

#[test]
fn what_is_over_the_limit_leaves_nothing_behind() {
    let (_folder, mut history, run) = ledger();
    assert_eq!(reserve(&mut history, run, "0.51", "0.50", NOW), over("0"));
    assert_eq!(reserve(&mut history, run, "0.01", "-1", NOW), over("0"));
    assert!(history.used(None, usd(), NOW).unwrap().is_zero());
    assert!(history.spend_by_day().unwrap().is_empty());
    reserved(&mut history, run, "0.50", "0.50", NOW);
}

#[test]
fn an_amount_that_is_negative_or_beyond_the_range_is_an_error_and_reserves_nothing() {
    let (_folder, mut history, run) = ledger();
    history.reserve(&reservation(run, "-0.1", "1", NOW)).unwrap_err();
    let most = Decimal::MAX.to_string();
    let limit = &most;
    reserved(&mut history, run, "0.000000000001", limit, NOW);
    history.reserve(&reservation(run, &most, limit, NOW)).unwrap_err();
    assert_eq!(history.used(None, usd(), NOW).unwrap(), decimal("0.000000000001"));
}

#[test]
fn a_time_that_no_date_can_hold_is_an_error_and_moves_no_clock() {
    let (_folder, mut history, run) = ledger();
    for now in [i64::MAX, i64::MIN, -1] {
        history.reserve(&reservation(run, "0.1", "1", now)).unwrap_err();
    }
    reserved(&mut history, run, "0.1", "0.1", NOW);
    assert!(history.used(None, usd(), NOW + DAY + 1).unwrap().is_zero());
    assert!(history.used(None, usd(), i64::MAX).unwrap().is_zero());
}

#[test]
fn a_reservation_counts_for_24_hours_to_the_millisecond() {
    let (_folder, mut history, run) = ledger();
    reserved(&mut history, run, "0.3", "0.3", NOW);
    assert_eq!(history.used(None, usd(), NOW + DAY).unwrap(), decimal("0.3"));
    assert_eq!(reserve(&mut history, run, "0.1", "0.3", NOW + DAY), over("0.3"));
    assert!(history.used(None, usd(), NOW + DAY + 1).unwrap().is_zero());
    reserved(&mut history, run, "0.3", "0.3", NOW + DAY + 1);
    assert_eq!(history.used(None, usd(), NOW + DAY + 1).unwrap(), decimal("0.3"));
}

#[test]
fn a_clock_that_goes_back_frees_nothing() {
    let (_folder, mut history, run) = ledger();
    reserved(&mut history, run, "0.2", "0.3", NOW);
    for back in [1, DAY, 400 * DAY] {
        assert_eq!(reserve(&mut history, run, "0.2", "0.3", NOW - back), over("0.2"));
        assert_eq!(history.used(None, usd(), NOW - back).unwrap(), decimal("0.2"));
    }
    // Booked at the ledger's now, not at the clock's.
    reserved(&mut history, run, "0.1", "0.3", NOW - 400 * DAY);
    assert_eq!(history.used(None, usd(), NOW + DAY).unwrap(), decimal("0.3"));
}

#[test]
fn released_rows_do_not_count_and_spent_ones_do() {
    let (_folder, mut history, run) = ledger();
    let free = reserved(&mut history, run, "0.3", "0.3", NOW);
    history.settle(free, ReservationEnd::Released).unwrap();
    assert!(history.used(None, usd(), NOW).unwrap().is_zero());
    let paid = reserved(&mut history, run, "0.2", "0.3", NOW);
    history.settle(paid, ReservationEnd::Spent).unwrap();
    assert_eq!(reserve(&mut history, run, "0.2", "0.3", NOW), over("0.2"));
    // Its time stays known: the clock may not go back behind it.
    let (_folder, mut history, run) = ledger();
    let free = reserved(&mut history, run, "0.3", "0.3", NOW + 2 * DAY);
    history.settle(free, ReservationEnd::Released).unwrap();
    reserved(&mut history, run, "0.3", "0.3", NOW);
    assert_eq!(history.used(None, usd(), NOW + 3 * DAY).unwrap(), decimal("0.3"));
}

#[test]
fn a_reservation_is_settled_once() {
    let (_folder, mut history, run) = ledger();
    let id = reserved(&mut history, run, "0.1", "1", NOW);
    history.settle(id, ReservationEnd::Spent).unwrap();
    for how in [ReservationEnd::Released, ReservationEnd::Spent] {
        let error = history.settle(id, how).unwrap_err().to_string();
        assert!(error.contains("is spent already"), "{error}");
    }
    assert_eq!(history.used(None, usd(), NOW).unwrap(), decimal("0.1"));
    let (_other_folder, mut other, _) = ledger();
    let error = other.settle(id, ReservationEnd::Spent).unwrap_err().to_string();
    assert!(error.contains("there is no reservation 1"), "{error}");
}

#[test]
fn what_is_never_settled_stays_spent_for_the_next_run() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let run = history.begin(&new_run("p/l", NOW)).unwrap();
    reserved(&mut history, run, "0.4", "0.5", NOW);
    drop(history);
    let mut history = History::open(&path).unwrap();
    let run = history.begin(&new_run("p/m", NOW)).unwrap();
    assert_eq!(reserve(&mut history, run, "0.2", "0.5", NOW + 1), over("0.4"));
}

#[test]
fn another_currency_in_the_window_stops_a_reservation() {
    let (_folder, mut history, run) = ledger();
    let cny: Currency = "CNY".parse().unwrap();
    let yuan = |now| {
        let dollars = reservation(run, "0.1", "100", now);
        cogdex::history::Reservation { currency: cny, ..dollars }
    };
    let id = reserved(&mut history, run, "0.1", "100", NOW);
    assert_eq!(history.reserve(&yuan(NOW)).unwrap(), ReservationResult::OtherCurrency(usd()));
    assert!(history.used(None, cny, NOW).unwrap().is_zero());
    history.settle(id, ReservationEnd::Released).unwrap();
    assert!(matches!(history.reserve(&yuan(NOW)).unwrap(), ReservationResult::Yes(_)));
    assert_eq!(
        reserve(&mut history, run, "0.1", "100", NOW + DAY),
        ReservationResult::OtherCurrency(cny)
    );
    reserved(&mut history, run, "0.1", "100", NOW + DAY + 1);
    let credits = cogdex::history::Reservation {
        currency: Currency::Credits,
        ..reservation(run, "4", "500", NOW + 3 * DAY)
    };
    assert!(matches!(history.reserve(&credits).unwrap(), ReservationResult::Yes(_)));
    assert_eq!(history.used(None, Currency::Credits, NOW).unwrap(), decimal("4"));
}

#[test]
fn spend_is_summed_by_day_listing_and_currency() {
    let (_folder, mut history, run) = ledger();
    let midnight = NOW - NOW % DAY + DAY;
    reserved(&mut history, run, "0.1", "9", midnight - 1);
    let id = reserved(&mut history, run, "0.2", "9", midnight - 1);
    history.settle(id, ReservationEnd::Spent).unwrap();
    let id = reserved(&mut history, run, "5", "9", midnight);
    history.settle(id, ReservationEnd::Released).unwrap();
    reserved(&mut history, run, "0.5", "9", midnight);
    let mut elsewhere = reservation(run, "0.7", "9", midnight);
    "p/m".clone_into(&mut elsewhere.listing);
    history.reserve(&elsewhere).unwrap();
    let days = history.spend_by_day().unwrap();
    let lines: Vec<_> = days
        .iter()
        .map(|d| format!("{} {} {} {}", d.day, d.listing, d.amount, d.currency))
        .collect();
    let expected = ["2026-11-21 p/l 0.3 USD", "2026-11-22 p/l 0.5 USD", "2026-11-22 p/m 0.7 USD"];
    assert_eq!(lines, expected);
}

/// What a ledger should do, in whole units of 1e-12.
#[derive(Debug, Default)]
struct Model {
    /// Amount, time, and whether it counts.
    rows: Vec<(u64, i64, bool)>,
    now: i64,
}

impl Model {
    fn used(&self, now: i64) -> u64 {
        let counts = |row: &&(u64, i64, bool)| row.2 && row.1 >= now - DAY;
        self.rows.iter().filter(counts).map(|row| row.0).sum()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn no_order_of_calls_and_clocks_lets_a_day_exceed_the_limit(
        steps in prop::collection::vec((0..1_000_000_u64, 0..40_i64, prop::bool::ANY), 1..25),
        limit in 1..3_000_000_u64,
    ) {
        let (_folder, mut history, run) = ledger();
        let mut model = Model::default();
        for (amount, hour, is_released) in steps {
            let units = |n: u64| Decimal::from_i128_with_scale(n.into(), 12).to_string();
            let now = NOW + hour * 3_600_000;
            model.now = if model.rows.is_empty() { now } else { model.now.max(now) };
            let used = model.used(model.now);
            match reserve(&mut history, run, &units(amount), &units(limit), now) {
                ReservationResult::Yes(id) => {
                    prop_assert!(used + amount <= limit);
                    model.rows.push((amount, model.now, !is_released));
                    if is_released {
                        history.settle(id, ReservationEnd::Released).unwrap();
                    }
                }
                ReservationResult::OverLimit { used: said } => {
                    prop_assert!(used + amount > limit);
                    prop_assert_eq!(said, decimal(&units(used)));
                    // What was refused moved no clock.
                    model.now = model.rows.iter().map(|row| row.1).max().unwrap_or_default();
                }
                ReservationResult::OtherCurrency(currency) => prop_assert!(false, "{}", currency),
            }
        }
    }
}
