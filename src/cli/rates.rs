//! Exchange rates below the figures that rest on them; an old one says so.

use anstyle::Style;
use anyhow::Result;
use jiff::civil::Date;

use super::output::{Output, YELLOW};
use cogdex::pricing::UsedRate;

/// `1 CNY = 0.14 USD (--rate)`, or with a source and its day.
pub(crate) fn describe(rate: &UsedRate) -> String {
    let of = rate.date.map_or_else(String::new, |date| format!(" of {date}"));
    format!("{} ({}{of})", rate.stated, rate.source)
}

/// The same, with the age of a rate that is old on a day.
pub(crate) fn describe_on(rate: &UsedRate, day: Date) -> String {
    match rate.old_days(day) {
        Some(days) => format!("{}, {days} days old", describe(rate)),
        None => describe(rate),
    }
}

/// Prints the rates that figures of a day rest on, the old ones so that they are seen.
pub(crate) fn print(output: &mut Output, rates: &[UsedRate], day: Date) -> Result<()> {
    for rate in rates {
        let style = if rate.old_days(day).is_some() { YELLOW } else { Style::new() };
        output.wrapped_in(style, "Rate: ", "  ", &describe_on(rate, day))?;
    }
    Ok(())
}
