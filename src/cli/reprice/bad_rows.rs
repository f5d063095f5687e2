//! Rows that can't be read, in words: how many for what reason, where the first of each stand, and
//! what stands there instead of what is accepted.

use crate::cli::output::{clean, plural};
use cogdex::reprice::{BadRow, BadRows, LeftOut, RowErrorKind};

/// So many places are named in one sentence.
const FEW: usize = 3;

/// Where the first rows of a kind stand, and what stands there; `None` where no place is known.
pub(super) fn places(bad: &BadRows, kind: RowErrorKind, most: usize) -> Option<String> {
    let of_kind = bad.first.iter().filter(|row| row.kind == kind);
    let value = |row: &BadRow| row.value.as_ref().map(|value| format!(" `{value}`"));
    let place = |row: &BadRow| {
        let file = row.file.as_ref().map_or_else(String::new, |file| format!("{}:", clean(file)));
        format!("{file}{}{}", row.line, value(row).unwrap_or_default())
    };
    let places: Vec<_> = of_kind.take(most).map(place).collect();
    (!places.is_empty()).then(|| format!("line {}", places.join(", ")))
}

/// Which rows can't be read, and what is accepted instead.
pub(super) fn describe(bad: &BadRows) -> String {
    let each = bad.by_kind().map(|(kind, count)| {
        let at = places(bad, kind, FEW).map_or_else(String::new, |at| format!(" ({at})"));
        format!("{count} {}{at}", kind.as_str())
    });
    let each: Vec<_> = each.collect();
    let (rows, verb) = (plural(bad.count, "row"), if bad.count == 1 { "was" } else { "were" });
    let accepted = bad.by_kind().filter_map(|(kind, _)| kind.accepted());
    let told = format!("{rows} could not be read and {verb} left out: {}", each.join(", "));
    [told.as_str()].into_iter().chain(accepted).collect::<Vec<_>>().join("; ")
}

/// Says that no row counts, and what the filtered columns have.
pub(super) fn describe_left_out(left_out: &LeftOut) -> String {
    let values = left_out.values.iter();
    let values: Vec<_> =
        values.map(|(column, value)| format!("{}={}", clean(column), clean(value))).collect();
    let rows = plural(left_out.count, "row");
    format!("no row is left: --where leaves out {rows}, which have {}", values.join(", "))
}
