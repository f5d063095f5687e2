//! What a page says of each figure: a missing one is only missing where the page can be read.

use rust_decimal::Decimal;
use serde::Serialize;

use super::figures::{Figure, SourceFigures};
use super::mentions::Mentions;
use super::page::{PageText, UnreadableReason};
use super::pattern::{Leniency, Occurrence, Pattern};
use super::surroundings::PageChange;
use super::tokens::{NUMBER, Tokens};

/// What a page says of a figure.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, strum::Display, strum::EnumIter,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum FigureVerdict {
    /// It stands there.
    Confirmed,
    /// Its label stands there with another figure.
    Changed,
    /// Neither stands there.
    Gone,
    /// Nobody can tell.
    Unreadable,
}

/// A verdict, and the words of the page where there are any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureFinding {
    pub verdict: FigureVerdict,
    pub found: Option<String>,
    /// The numbers of the figure, each with the one that stands there now.
    pub numbers: Vec<(Decimal, Decimal)>,
    /// What changed around it since the page was last read.
    pub change: Option<PageChange>,
}

impl FigureFinding {
    /// A finding without words of the page.
    pub(super) fn new(verdict: FigureVerdict) -> Self {
        Self { verdict, found: None, numbers: Vec::new(), change: None }
    }
}

/// A page with fewer words is none of a price, but a shell or an excuse.
const MIN_WORDS: usize = 200;

/// So near to a name, in signs, a figure without a label is that of the name.
const NEAR_NAME: usize = 80;

/// Judges every figure of a source by its page, in their order, and says why it can't be read
/// where none of them can be told.
pub fn judge(
    page: &PageText,
    planned: &SourceFigures<'_>,
) -> (Vec<FigureFinding>, Option<UnreadableReason>) {
    let tokens = Tokens::new(page.as_str());
    let mentions: Vec<_> = planned.names.iter().collect();
    let mentions: Vec<(&str, Mentions)> =
        mentions.into_iter().map(|(path, names)| (*path, Mentions::new(&tokens, names))).collect();
    let of = |figure: &Figure<'_>| {
        let known = mentions.iter().find(|(path, _)| *path == figure.entity.path);
        known.map(|(_, mentions)| mentions)
    };
    let mut findings: Vec<_> =
        planned.figures.iter().map(|figure| find(&tokens, figure, of(figure))).collect();
    if findings.iter().any(|finding| finding.verdict == FigureVerdict::Confirmed) {
        return (findings, None);
    }
    let words = page.words();
    for (finding, figure) in findings.iter_mut().zip(&planned.figures) {
        if words < MIN_WORDS || of(figure).is_none_or(Mentions::is_empty) {
            *finding = FigureFinding::new(FigureVerdict::Unreadable);
        }
    }
    let is_told = |finding: &FigureFinding| finding.verdict != FigureVerdict::Unreadable;
    let reason = (!findings.iter().any(is_told)).then(|| reason(page, words));
    (findings, reason)
}

/// Why a page of so many words is not the one that was looked for.
fn reason(page: &PageText, words: usize) -> UnreadableReason {
    const CHALLENGES: [&str; 6] = [
        "just a moment",
        "checking your browser",
        "verify you are human",
        "verifying you are human",
        "enable javascript and cookies",
        "attention required",
    ];
    let start: String = page.as_str().chars().take(2000).collect();
    let start = start.to_lowercase();
    if CHALLENGES.iter().any(|challenge| start.contains(challenge)) {
        UnreadableReason::Challenge
    } else if words < MIN_WORDS {
        UnreadableReason::Empty { words }
    } else {
        UnreadableReason::NamesNoModel
    }
}

/// What a page says of a figure, if it can be read.
fn find(page: &Tokens<'_>, figure: &Figure<'_>, mentions: Option<&Mentions>) -> FigureFinding {
    let pattern = Pattern::new(&figure.excerpt.text, &figure.numbers());
    // The place that a statement names tells more than any name, where the page has it.
    let place = figure.statement.at.as_deref().map(|at| Mentions::new(page, &[at]));
    let near = place.as_ref().filter(|place| !place.is_empty()).or(mentions);
    let distance = |it: &Occurrence| near.map_or(0, |near| near.distance(page, (it.start, it.end)));
    for leniency in Leniency::ALL {
        let mut found = pattern.find(page, leniency);
        // A figure at the very end may be cut off.
        let is_cut = |it: &Occurrence| {
            let last = it.end.checked_sub(1).and_then(|last| page.all.get(last));
            let at_end = last.is_some_and(|last| last.end as usize == page.text.len());
            at_end && pattern.ends_in_figure()
        };
        found.retain(|it| it.is_same || !is_cut(it));
        let nearest = |same: bool| {
            let all = found.iter().filter(|it| it.is_same == same);
            all.map(|it| (distance(it), *it)).min_by_key(|(distance, _)| *distance)
        };
        let (verdict, it) = match (nearest(true), nearest(false)) {
            (Some((same, at)), Some((other, _))) if !is_nearer(&pattern, other, same) => {
                (FigureVerdict::Confirmed, at)
            }
            (Some((_, at)), None) => (FigureVerdict::Confirmed, at),
            (None, Some((other, _))) if pattern.is_bare() && other > NEAR_NAME => continue,
            (_, Some((_, at))) => (FigureVerdict::Changed, at),
            (None, None) => continue,
        };
        let (start, end) =
            if verdict == FigureVerdict::Changed { widened(page, it) } else { (it.start, it.end) };
        let numbers = pattern.numbers(page, it, leniency);
        let found = Some(page.slice(start, end));
        return FigureFinding { found, numbers, ..FigureFinding::new(verdict) };
    }
    FigureFinding::new(FigureVerdict::Gone)
}

/// Whether another figure is so much nearer that it must be the one that was meant. Without any
/// word all figures are alike, and only one beside the name counts.
fn is_nearer(pattern: &Pattern, other: usize, same: usize) -> bool {
    if pattern.is_bare() { other <= NEAR_NAME && same / 4 > other } else { other < same }
}

/// A place with what belongs to its figure: the rest of a range, the country of a dollar, a sign.
fn widened(page: &Tokens<'_>, it: Occurrence) -> (usize, usize) {
    let (mut start, mut end) = (it.start, it.end);
    let belongs = |at: usize| {
        let sign = page.char(at).is_some_and(|c| "-/~$€£¥%".contains(c));
        sign || page.all.get(at).is_some_and(|token| token.code >= NUMBER)
    };
    let capital = |at: usize| {
        page.all.get(at).is_some_and(|token| {
            page.text[token.start as usize..].starts_with(|c: char| c.is_ascii_uppercase())
        })
    };
    while page.is_joined(start) && (belongs(start - 1) || capital(start - 1)) {
        start -= 1;
    }
    while page.is_joined(end) && belongs(end) {
        end += 1;
    }
    (start, end)
}
