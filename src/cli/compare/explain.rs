//! A quote line by line, exact to the last digit: where each figure of a total comes from.

use anyhow::Result;

use crate::cli::output::{BOLD, Output, YELLOW, clean, styled};
use crate::cli::text_table::{Column, TextTable};
use cogdex::catalog::{Currency, SourcePlace};
use cogdex::pricing::{PriceRange, Quote, QuoteLine, grouped, span};

/// Prints every reading of a quote.
pub(super) fn print(output: &mut Output, currency: Currency, quote: &Quote) -> Result<()> {
    output.heading(&quote.listing)?;
    for reading in &quote.readings {
        if quote.readings.len() > 1 {
            let sides =
                format!("If {} is right: {}", SourcePlace::list(&reading.sources), reading.reason);
            output.wrapped_in(YELLOW, "", "  ", &sides)?;
        }
        if reading.total.is_none() && quote.readings.len() == 1 {
            output.wrapped("  ", "  ", &reading.reason)?;
        }
        if !reading.low_lines.is_empty() {
            output.line("  at the lowest")?;
            lines(output, &reading.low_lines)?;
            output.line("  at the highest")?;
        }
        lines(output, &reading.lines)?;
        if let Some(total) = reading.total {
            let ends =
                if total.low == total.high { "total" } else { "total, from lowest to highest" };
            let sum = format!("{} {}", amounts(total), currency);
            output.figure(&format!("  {ends} "), &styled(BOLD, &sum))?;
        }
    }
    Ok(())
}

/// `8–40`, or one amount.
fn amounts(range: PriceRange) -> String {
    span(grouped(range.low), &grouped(range.high))
}

fn lines(output: &mut Output, lines: &[QuoteLine]) -> Result<()> {
    let mut rows = TextTable::new([
        Column::left("What").title().wrapping(),
        Column::left("At").named("at", ""),
        Column::right("Amount"),
        Column::left("Source").wrapping(),
    ]);
    for line in lines {
        rows.add_row([
            clean(&line.what),
            clean(&line.unit_price),
            format!("{} {}", grouped(line.amount), line.currency),
            clean(&SourcePlace::list(&line.sources)),
        ]);
    }
    rows.print(output, 2)
}
