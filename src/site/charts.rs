//! Charts as values: lines, dots and words in whole pixels, which a template prints as SVG.
//! Every chart has a title, and stands beside a table that says the same.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::catalog::{product, quotient};
use crate::pricing::amount;

pub(crate) mod bars;
pub(crate) mod ranges;

/// The drawing's size, and the edges of the part that holds data.
const WIDTH: u32 = 640;
const HEIGHT: u32 = 220;
const LEFT: u32 = 64;
const RIGHT: u32 = 624;
const TOP: u32 = 16;
const BOTTOM: u32 = 186;

/// What one voice said, as lines.
#[derive(Debug)]
pub(crate) struct ChartTrace {
    /// A style that tells it from the others: `trace-0`.
    pub(crate) class: String,
    pub(crate) name: String,
    /// The points of each line.
    pub(crate) lines: Vec<String>,
}

/// A dot.
#[derive(Debug)]
pub(crate) struct ChartMark {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) title: String,
}

/// A text in the drawing.
#[derive(Debug)]
pub(crate) struct ChartLabel {
    pub(crate) x: u32,
    pub(crate) y: u32,
    /// `start`, `middle` or `end`.
    pub(crate) anchor: &'static str,
    pub(crate) text: String,
}

/// A drawing.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The two straight lines of the frame by their height, and where both begin and end.
    pub(crate) rules: [u32; 2],
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) traces: Vec<ChartTrace>,
    pub(crate) marks: Vec<ChartMark>,
    pub(crate) labels: Vec<ChartLabel>,
}

/// A value from a day on; none where it vanished.
#[derive(Debug, Clone)]
pub(crate) struct ChartStep {
    pub(crate) day: Date,
    pub(crate) value: Option<Decimal>,
}

/// What one voice said over time, oldest first.
#[derive(Debug)]
pub(crate) struct ChartSeries {
    pub(crate) name: String,
    pub(crate) steps: Vec<ChartStep>,
}

/// Draws what each voice said until a day. `None` where all was said on one day.
pub(crate) fn steps(
    id: &'static str,
    title: String,
    voices: &[ChartSeries],
    until: Date,
) -> Option<Chart> {
    let all = || voices.iter().flat_map(|voice| &voice.steps);
    let first = all().map(|step| step.day).min()?;
    if all().all(|step| step.day == first) {
        return None;
    }
    let highest = all().filter_map(|step| step.value).max()?;
    let span = days(first, until).max(1);
    let x = |day: Date| LEFT + scaled(days(first, day), span, RIGHT - LEFT);
    let mut chart = frame(id, title, &amount(highest));
    chart.labels.push(below(LEFT, "start", first.to_string()));
    chart.labels.push(below(RIGHT, "end", until.to_string()));
    for (number, voice) in voices.iter().enumerate() {
        let mut lines = Vec::new();
        for (at, step) in voice.steps.iter().enumerate() {
            let Some(value) = step.value else { continue };
            let end = voice.steps.get(at + 1).map_or(until, |next| next.day);
            let (from, to, y) = (x(step.day), x(end), height(value, highest));
            let next = voice.steps.get(at + 1).and_then(|next| next.value);
            let down = next.map_or_else(String::new, |v| format!(" {to},{}", height(v, highest)));
            lines.push(format!("{from},{y} {to},{y}{down}"));
            let title = format!("{}: {} from {}", voice.name, amount(value), step.day);
            chart.marks.push(ChartMark { x: from, y, title });
        }
        let class = format!("trace-{}", number % 6);
        chart.traces.push(ChartTrace { class, name: voice.name.clone(), lines });
    }
    Some(chart)
}

/// Draws durations in milliseconds at their moments, in milliseconds since 1970, oldest first.
pub(crate) fn dots(
    id: &'static str,
    title: String,
    seen: &[(i64, u64)],
    day: impl Fn(i64) -> String,
) -> Option<Chart> {
    let ((first, _), (last, _)) = (seen.first()?, seen.last()?);
    let highest = seen.iter().map(|(_, took)| *took).max()?.max(1);
    let span = last.saturating_sub(*first).unsigned_abs().max(1);
    let mut chart = frame(id, title, &format!("{highest} ms"));
    chart.labels.push(below(LEFT, "start", day(*first)));
    if day(*first) != day(*last) {
        chart.labels.push(below(RIGHT, "end", day(*last)));
    }
    chart.marks.extend(seen.iter().map(|(at, took)| ChartMark {
        x: LEFT + scaled(at.saturating_sub(*first).unsigned_abs(), span, RIGHT - LEFT),
        y: BOTTOM - scaled(*took, highest, BOTTOM - TOP),
        title: format!("{took} ms, {}", day(*at)),
    }));
    Some(chart)
}

/// The frame with nothing at its foot and the highest value at its top.
fn frame(id: &'static str, title: String, highest: &str) -> Chart {
    let beside =
        |y, text: &str| ChartLabel { x: LEFT - 8, y, anchor: "end", text: text.to_owned() };
    Chart {
        id,
        title,
        width: WIDTH,
        height: HEIGHT,
        rules: [TOP, BOTTOM],
        left: LEFT,
        right: RIGHT,
        traces: Vec::new(),
        marks: Vec::new(),
        labels: vec![beside(TOP + 4, highest), beside(BOTTOM + 4, "0")],
    }
}

fn below(x: u32, anchor: &'static str, text: String) -> ChartLabel {
    ChartLabel { x, y: BOTTOM + 22, anchor, text }
}

/// A share of a length; at most the whole.
fn scaled(part: u64, whole: u64, length: u32) -> u32 {
    let pixels = u128::from(part.min(whole)) * u128::from(length) / u128::from(whole.max(1));
    u32::try_from(pixels).unwrap_or(length)
}

/// How far down an amount stands; what can't be held stands at the top.
fn height(value: Decimal, highest: Decimal) -> u32 {
    let share = quotient(value, highest).and_then(|share| product(share, Decimal::from(1000)));
    let share = if highest.is_zero() { Some(0) } else { share.ok().and_then(|s| s.to_u64()) };
    BOTTOM - scaled(share.unwrap_or(1000), 1000, BOTTOM - TOP)
}

fn days(from: Date, to: Date) -> u64 {
    from.until(to).map_or(0, |span| u64::try_from(span.get_days()).unwrap_or(0))
}
