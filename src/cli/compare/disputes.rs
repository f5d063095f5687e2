//! What a disputed total hangs on, in one sentence that is the same for all listings it reaches.

use rust_decimal::Decimal;

use cogdex::catalog::{Currency, quotient};
use cogdex::pricing::{LineKind, Quote, QuoteLine, QuoteReading, money};

/// Says on what the sources of a quote differ, and which of them says what.
pub(crate) fn cause(quote: &Quote) -> String {
    let readings = &quote.readings;
    if let Some(worths) = credit_worths(readings) {
        let sides = readings.iter().zip(worths);
        let sides = sides.map(|(reading, (worth, currency))| {
            format!("{} ({})", money(worth, currency), names(reading))
        });
        return format!("a credit is {}", sides.collect::<Vec<_>>().join(" or "));
    }
    let side = |reading: &QuoteReading| format!("{} ({})", reading.reason, names(reading));
    readings.iter().map(side).collect::<Vec<_>>().join(" or ")
}

/// The pages that say so, each once.
fn names(reading: &QuoteReading) -> String {
    let mut names: Vec<&str> = reading.sources.iter().map(|place| place.source.as_str()).collect();
    names.dedup();
    names.join(", ")
}

/// What a credit is worth in each reading, where that alone is what the readings differ on.
fn credit_worths(readings: &[QuoteReading]) -> Option<Vec<(Decimal, Currency)>> {
    let worths: Option<Vec<_>> = readings.iter().map(credit_worth).collect();
    let worths = worths?;
    let in_credits: Vec<_> =
        readings.iter().map(|it| credit_line(it).map(|line| line.quantity)).collect();
    let is_distinct = (1..worths.len()).all(|at| !worths[..at].contains(&worths[at]));
    (is_distinct && in_credits.windows(2).all(|pair| pair[0] == pair[1])).then_some(worths)
}

/// The line that turns credits into money.
fn credit_line(reading: &QuoteReading) -> Option<&QuoteLine> {
    reading.lines.iter().find(|line| line.kind == LineKind::Credits)
}

/// What one credit is taken for.
fn credit_worth(reading: &QuoteReading) -> Option<(Decimal, Currency)> {
    let line = credit_line(reading)?;
    Some((quotient(line.amount, line.quantity).ok()?, line.currency))
}
