//! Figures as bars: a drawing from zero, with each figure written beside its bar.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::catalog::{decimal, product, quotient};

/// How wide the longest bar is.
const WIDE: u32 = 400;

/// How far one bar stands below the other.
const STEP: u32 = 40;

/// A figure to draw.
#[derive(Debug)]
pub(crate) struct BarFigure {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) own: bool,
}

/// One bar.
#[derive(Debug)]
pub(crate) struct BarRow {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) width: u32,
    pub(crate) text_y: u32,
    pub(crate) top: u32,
    pub(crate) own: bool,
}

/// A drawing of bars.
#[derive(Debug)]
pub(crate) struct BarChart {
    pub(crate) height: u32,
    pub(crate) width: u32,
    pub(crate) words: String,
    pub(crate) rows: Vec<BarRow>,
}

/// The figures from the highest; nothing where one is no plain number, or all are zero.
pub(crate) fn bars(name: &str, figures: Vec<BarFigure>) -> Option<BarChart> {
    let read = |figure: BarFigure| Some((decimal(&figure.value).ok()?, figure));
    let mut read: Vec<(Decimal, BarFigure)> =
        figures.into_iter().map(read).collect::<Option<_>>()?;
    read.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.label.cmp(&other.label)));
    let most = read.first().map(|(most, _)| *most).filter(|most| !most.is_zero())?;
    let words: Vec<_> =
        read.iter().map(|(_, figure)| format!("{} {}", figure.label, figure.value)).collect();
    let mut rows = Vec::new();
    let mut top = 0;
    for (value, figure) in read {
        let share = quotient(value, most).and_then(|it| product(it, WIDE.into())).ok()?;
        rows.push(BarRow {
            label: figure.label,
            value: figure.value,
            width: share.round().to_u32()?,
            text_y: top + 14,
            top: top + 20,
            own: figure.own,
        });
        top += STEP;
    }
    Some(BarChart {
        height: top,
        width: WIDE,
        words: format!("{name}: {}", words.join(", ")),
        rows,
    })
}
