//! Prices as bars from the lowest to the highest that the sources allow, on a logarithmic axis:
//! one that costs ten times as much stands as far to the right as any other such. Whole numbers
//! alone, so that every machine draws the same.

use std::fmt;

use rust_decimal::Decimal;

use crate::catalog::Currency;
use crate::pricing::{PriceRange, money, money_range};

/// How far one bar stands below the other, and the room of the axis, in pixels; the script of the
/// home page draws with the same.
const STEP: u32 = 40;
const AXIS: u32 = 24;

/// The most bars that one drawing has.
const MAX_BARS: usize = 24;

/// With more figures than these at the axis, only powers of ten are named.
const MAX_TICKS: usize = 6;

/// What to draw.
#[derive(Debug)]
pub(crate) struct RangeFigure {
    pub(crate) label: String,
    pub(crate) range: PriceRange,
    /// Whether it is converted from another currency.
    pub(crate) is_converted: bool,
    pub(crate) look: RangeLook,
}

/// How a bar looks, by what is to be known of its price first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum RangeLook {
    Sure,
    /// Its sources disagree.
    Disputed,
    /// It was last checked long ago.
    Old,
    /// It is the listing that the page is about.
    Own,
}

impl RangeLook {
    /// The class of the bar.
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A place along the axis, or a length: `12.5%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Permille(u32);

impl fmt::Display for Permille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}%", self.0 / 10, self.0 % 10)
    }
}

/// One bar.
#[derive(Debug)]
pub(crate) struct RangeBar {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) class: &'static str,
    pub(crate) x: Permille,
    pub(crate) width: Permille,
    pub(crate) text_y: u32,
    pub(crate) y: u32,
}

/// A figure at the axis.
#[derive(Debug)]
pub(crate) struct RangeTick {
    pub(crate) x: Permille,
    pub(crate) text: String,
    /// `start`, `middle` or `end`.
    pub(crate) anchor: &'static str,
}

/// A drawing, as wide as its place.
#[derive(Debug)]
pub(crate) struct RangeChart {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) bars: Vec<RangeBar>,
    pub(crate) ticks: Vec<RangeTick>,
    pub(crate) height: u32,
    /// Where the bars end and the axis begins.
    pub(crate) foot: u32,
}

/// Draws prices in their order; nothing where none is above zero.
pub(crate) fn ranges(
    id: &'static str,
    title: &str,
    mut figures: Vec<RangeFigure>,
    currency: Currency,
) -> Option<RangeChart> {
    figures.truncate(MAX_BARS);
    let ends = figures.iter().flat_map(|figure| [figure.range.low, figure.range.high]);
    let paid: Vec<_> = ends.filter(|end| *end > Decimal::ZERO).collect();
    let (ticks, axis) = axis(*paid.iter().min()?, *paid.iter().max()?);
    let mut bars = Vec::new();
    let mut words = Vec::new();
    let mut top = 0;
    for figure in figures {
        let sign = if figure.is_converted { "≈ " } else { "" };
        let value = format!("{sign}{}", money_range(figure.range, currency));
        words.push(format!("{} {value}", figure.label));
        let (from, to) = (axis.place(figure.range.low), axis.place(figure.range.high));
        bars.push(RangeBar {
            label: figure.label,
            value,
            class: figure.look.as_str(),
            x: Permille(from),
            width: Permille(to - from),
            text_y: top + 15,
            y: top + 22,
        });
        top += STEP;
    }
    let last = ticks.len() - 1;
    let tick = |(at, value): (usize, &Decimal)| RangeTick {
        x: Permille(axis.place(*value)),
        text: money(*value, currency),
        anchor: if at == 0 {
            "start"
        } else if at == last {
            "end"
        } else {
            "middle"
        },
    };
    Some(RangeChart {
        id,
        title: format!("{title}: {}", words.join(", ")),
        ticks: ticks.iter().enumerate().map(tick).collect(),
        bars,
        height: top + AXIS,
        foot: top,
    })
}

/// From where to where the axis goes, as logarithms.
struct Axis {
    from: i64,
    to: i64,
}

impl Axis {
    /// How far along a value stands; what is free stands at the beginning.
    fn place(&self, value: Decimal) -> u32 {
        if value <= Decimal::ZERO {
            return 0;
        }
        let along = (log2(value) - self.from) * 1000 / (self.to - self.from).max(1);
        u32::try_from(along.clamp(0, 1000)).unwrap_or_default()
    }
}

/// The figures of the axis, 1, 2, 5 and 10 of each power of ten, around the least and the most.
fn axis(least: Decimal, most: Decimal) -> (Vec<Decimal>, Axis) {
    let powers = (0..=24).filter_map(|at| match 12_u32.checked_sub(at) {
        Some(scale) => Some(Decimal::new(1, scale)),
        None => 10_i64.checked_pow(at - 12).map(Decimal::from),
    });
    let steps: Vec<_> =
        powers.flat_map(|power| [1, 2, 5].map(|by| power * Decimal::from(by))).collect();
    let from = steps.iter().rposition(|step| *step <= least).unwrap_or(0).min(steps.len() - 2);
    let to = steps.iter().position(|step| *step >= most).unwrap_or(steps.len() - 1);
    let to = to.max(from + 1).min(steps.len() - 1);
    let mut ticks = steps[from..=to].to_vec();
    let axis = Axis { from: log2(ticks[0]), to: log2(steps[to]) };
    if ticks.len() > MAX_TICKS {
        let ends = [ticks[0], steps[to]];
        ticks.retain(|tick| ends.contains(tick) || log2_is_of_ten(*tick));
        // A power of ten right beside an end would stand in its figure.
        let far = |tick: &Decimal| {
            let place = axis.place(*tick);
            ends.contains(tick) || (100..900).contains(&place)
        };
        ticks.retain(far);
    }
    (ticks, axis)
}

/// Whether a value is a power of ten.
fn log2_is_of_ten(value: Decimal) -> bool {
    let mantissa = value.normalize().mantissa();
    mantissa == 1 || (mantissa > 0 && 10_i128.pow(mantissa.ilog10()) == mantissa)
}

/// The logarithm of a value above zero to the base of two, in parts of 4,096.
fn log2(value: Decimal) -> i64 {
    const OF_TEN: i64 = 13_607;
    let mantissa = value.mantissa().unsigned_abs();
    let whole = mantissa.max(1).ilog2();
    let mut rest = if whole > 63 { mantissa >> (whole - 63) } else { mantissa << (63 - whole) };
    let mut log = i64::from(whole) << 12;
    for bit in (0..12).rev() {
        rest = (rest * rest) >> 63;
        if rest >> 64 != 0 {
            rest >>= 1;
            log += 1 << bit;
        }
    }
    log - i64::from(value.scale()) * OF_TEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_near_the_true_ones() {
        for (value, expected) in
            [("1", 0), ("2", 4096), ("8", 12288), ("0.5", -4096), ("10", 13607)]
        {
            let log = log2(value.parse().unwrap());
            assert!((log - expected).abs() <= 2, "{value}: {log}, not {expected}");
        }
        let ratio = log2("0.0000012".parse().unwrap()) - log2("0.00012".parse().unwrap());
        assert!((ratio + 2 * 13607).abs() <= 4, "{ratio}");
    }

    #[test]
    fn the_axis_goes_from_a_round_figure_below_to_one_above() {
        let ends = |least: &str, most: &str| {
            let (ticks, _) = axis(least.parse().unwrap(), most.parse().unwrap());
            ticks.iter().map(|tick| tick.normalize().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(ends("8", "40"), ["5", "10", "20", "50"]);
        assert_eq!(ends("10", "10"), ["10", "20"]);
        let wide = ends("0.008", "200");
        assert_eq!(
            (wide.first().unwrap().as_str(), wide.last().unwrap().as_str()),
            ("0.005", "200")
        );
        assert!(wide.len() <= MAX_TICKS + 2, "{wide:?}");
    }
}
