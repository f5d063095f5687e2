//! A report as flat records, for spreadsheets and data frames.

use super::listing_sum::Sum;
use super::report::{GroupBy, RepriceReport};
use super::total::Total;
use crate::catalog::Listing;

/// One line of a report: a listing, or what a part of the log costs there.
#[derive(Debug)]
pub struct ReportRecord {
    /// What the rows have in common, in the order of [`GroupBy::keys`].
    pub by: Vec<String>,
    pub listing: String,
    pub provider: String,
    pub state: &'static str,
    pub images: i64,
    pub rows_priced: u64,
    pub rows_refused: u64,
    /// Why, with how many rows each.
    pub reasons: String,
    pub total: Option<(Total, Total)>,
    /// Whether rows are missing in it.
    pub floor: bool,
}

/// The lines of a report; its parts, where it has any.
pub fn records(report: &RepriceReport<'_>, by: GroupBy) -> Vec<ReportRecord> {
    if by.any() {
        let part = |(part, listing, sum): (&super::Breakdown, &Listing, &Sum)| {
            let by = part.keys().into_iter().map(|(_, value)| value).collect();
            record(report, by, listing, sum)
        };
        return report.sums_of_parts().map(part).collect();
    }
    report.lines.iter().map(|line| record(report, Vec::new(), line.listing, &line.sum)).collect()
}

fn record(
    report: &RepriceReport<'_>,
    by: Vec<String>,
    listing: &Listing,
    sum: &Sum,
) -> ReportRecord {
    let reasons: Vec<_> =
        report.refused(sum).map(|(reason, rows)| format!("{rows} {}", reason.log_text())).collect();
    ReportRecord {
        by,
        listing: listing.id.to_string(),
        provider: listing.provider.as_str().to_owned(),
        state: sum.state().as_str(),
        images: sum.priced.images,
        rows_priced: sum.priced.rows,
        rows_refused: sum.refused.values().sum(),
        reasons: reasons.join("; "),
        total: sum.total(),
        floor: sum.is_floor(),
    }
}
