//! What changed on a page around a figure since it was last read.

use super::figures::Figure;
use super::page::PageText;
use super::pattern::{Leniency, Occurrence, Pattern};
use super::tokens::Tokens;

/// The longest line that a person still reads, in characters.
const MAX_LINE_CHARS: usize = 200;

/// A line of a page as it was, and what stands there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageChange {
    pub before: String,
    /// Nothing where the place itself is gone.
    pub now: Option<String>,
}

/// The line of an earlier copy that shows a figure, and what a newer one has in its place: the line
/// with the same label, else the one behind the same neighbour. `None` where the earlier copy does
/// not show the figure, or nothing changed.
pub fn surroundings(figure: &Figure<'_>, earlier: &PageText, now: &PageText) -> Option<PageChange> {
    let pattern = Pattern::new(&figure.excerpt.text, &figure.numbers());
    let (old, new) = (Tokens::new(earlier.as_str()), Tokens::new(now.as_str()));
    let places = pattern.find(&old, Leniency::Number);
    let place = places.iter().find(|it| it.is_same)?;
    let (old_lines, new_lines) = (lines(earlier), lines(now));
    let number = line_of(&old, place);
    let before = *old_lines.get(number)?;
    let relabelled = pattern.find(&new, Leniency::Number).first().map(|it| line_of(&new, it));
    let neighbour = || {
        let known = old_lines[..number].iter().rev().find(|line| !line.trim().is_empty())?;
        let at = new_lines.iter().position(|line| line.trim() == known.trim())?;
        let behind = new_lines[at + 1..].iter().position(|line| !line.trim().is_empty())?;
        Some(at + 1 + behind)
    };
    let at = relabelled.or_else(neighbour);
    let line = at.and_then(|at| new_lines.get(at)).copied();
    let now = line.filter(|line| line.trim() != before.trim());
    let is_same = line.is_some() && now.is_none();
    (!is_same).then(|| PageChange { before: short(before), now: now.map(short) })
}

fn lines(page: &PageText) -> Vec<&str> {
    page.as_str().split('\n').collect()
}

fn line_of(page: &Tokens<'_>, it: &Occurrence) -> usize {
    page.all.get(it.start).map_or(0, |token| token.line as usize)
}

fn short(line: &str) -> String {
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = words.chars().take(MAX_LINE_CHARS).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    short
}
