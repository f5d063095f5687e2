//! An excerpt as what is looked for on a page: its figure, and the label around it.

use rust_decimal::Decimal;

use super::slots::{Slot, is_foreign_dollar};
use super::tokens::{Gap, NUMBER, Tokens};

/// How much of a figure may be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leniency {
    /// Its number.
    Number,
    /// Its currency, and the number with it.
    Currency,
    /// Its unit.
    Unit,
}

impl Leniency {
    pub(super) const ALL: [Self; 3] = [Self::Number, Self::Currency, Self::Unit];
}

/// No word of a slot has more signs.
const MAX_SLOT_LEN: usize = 12;

/// One part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    /// A character of the label.
    Char(u32),
    /// A number of the label, which is not what is stated.
    Label(Decimal),
    Figure(Decimal),
    /// A word that belongs to the figure.
    Slot(Slot),
}

/// An excerpt, ready to be looked for.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The excerpt sign by sign.
    exact: Vec<Part>,
    /// The same with words for currencies and units, where there are any.
    slotted: Vec<Part>,
    /// Whether the label has a word of its own.
    has_label: bool,
}

/// A place where a page has the label of an excerpt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether its figure is the excerpt's.
    pub(super) is_same: bool,
    /// Where the number stands that was looked for first.
    anchor: usize,
}

impl Pattern {
    /// Reads an excerpt; `figures` are the numbers that its statement takes from it.
    pub(super) fn new(excerpt: &str, figures: &[Decimal]) -> Self {
        let tokens = Tokens::new(excerpt);
        let is_stated = |at: usize| {
            let value = tokens.value(at);
            value.is_some_and(|value| figures.iter().any(|figure| figure.normalize() == value))
        };
        // The 4 of `CogView-4 | 4 credits` belongs to a name.
        let in_name = |at: usize| {
            let dash = at.checked_sub(1).is_some_and(|dash| tokens.char(dash) == Some('-'));
            let word = at.checked_sub(2).and_then(|word| tokens.char(word));
            dash && word.is_some_and(char::is_alphabetic)
        };
        let all = tokens.numbers.iter().map(|at| *at as usize);
        let stated: Vec<_> = all.clone().filter(|at| is_stated(*at)).collect();
        let outside: Vec<_> = stated.iter().copied().filter(|at| !in_name(*at)).collect();
        let chosen = match (outside.is_empty(), stated.is_empty()) {
            (false, _) => outside,
            (true, false) => stated,
            (true, true) => all.collect(),
        };
        let part = |at: usize| match tokens.value(at) {
            Some(value) if chosen.contains(&at) => Part::Figure(value),
            Some(value) => Part::Label(value),
            None => Part::Char(tokens.all[at].code),
        };
        let exact: Vec<_> = (0..tokens.all.len()).map(part).collect();
        let (slotted, has_label) = slotted(&tokens, &exact);
        Self { exact, slotted, has_label }
    }

    /// Every place of the label, by what of its figure may be another.
    pub(super) fn find(&self, page: &Tokens<'_>, leniency: Leniency) -> Vec<Occurrence> {
        let parts = if leniency == Leniency::Number { &self.exact } else { &self.slotted };
        // Where the unit is another, or nothing is said beside the figure, only its number tells
        // that it is the same figure.
        let strict = match leniency {
            Leniency::Number => false,
            Leniency::Currency => !self.has_label,
            Leniency::Unit => true,
        };
        let is_number = |part: &Part| matches!(part, Part::Label(_) | Part::Figure(_));
        let has_sign = parts.iter().any(|part| matches!(part, Part::Char(_)));
        // A page has far fewer numbers than letters, so that they are where to begin.
        let anchor = parts.iter().position(is_number);
        let Some(anchor) = anchor.filter(|_| has_sign || leniency != Leniency::Unit) else {
            return Vec::new();
        };
        let mut found: Vec<Occurrence> = Vec::new();
        for number in page.numbers.iter().map(|number| *number as usize) {
            let Some(start) = self.before(page, &parts[..anchor], number) else { continue };
            let Some((end, same)) = self.after(page, &parts[anchor..], number) else { continue };
            if strict && !same {
                continue;
            }
            let is_same = same && leniency == Leniency::Number && is_whole(page, parts, start, end);
            found.push(Occurrence { start, end, is_same, anchor: number });
        }
        found
    }

    /// Where the parts before a number begin on a page.
    fn before(&self, page: &Tokens<'_>, parts: &[Part], number: usize) -> Option<usize> {
        let mut at = number;
        for part in parts.iter().rev() {
            at -= match part {
                Part::Char(code) => {
                    let before = at.checked_sub(1)?;
                    (page.all[before].code == *code).then_some(1)?
                }
                Part::Slot(slot) => {
                    let mut lengths = (1..=MAX_SLOT_LEN.min(at)).rev();
                    let fits = |length: &usize| slot.longest(page, at - length) == Some(*length);
                    self.slot_length(*slot, lengths.find(fits))?
                }
                // The anchor is the first number.
                Part::Label(_) | Part::Figure(_) => return None,
            };
        }
        Some(at)
    }

    /// Where the parts from a number on end on a page, and whether all figures are the same.
    fn after(&self, page: &Tokens<'_>, parts: &[Part], number: usize) -> Option<(usize, bool)> {
        let (mut at, mut is_same) = (number, true);
        for part in parts {
            at += match part {
                Part::Char(code) => (page.all.get(at)?.code == *code).then_some(1)?,
                Part::Label(value) => (page.value(at)? == *value).then_some(1)?,
                Part::Figure(value) => {
                    is_same &= page.value(at)? == *value;
                    1
                }
                Part::Slot(slot) => self.slot_length(*slot, slot.longest(page, at))?,
            };
        }
        Some((at, is_same))
    }

    /// How many signs a slot takes where a page has a word of so many, or none: a page may leave
    /// out a currency, where a label still tells what is spoken of, and never a unit.
    fn slot_length(&self, slot: Slot, found: Option<usize>) -> Option<usize> {
        match slot {
            Slot::Currency if self.has_label => Some(found.unwrap_or(0)),
            Slot::Currency | Slot::Unit => found,
        }
    }

    /// The numbers of the figure, each with the one that a page has in its place.
    pub(super) fn numbers(
        &self,
        page: &Tokens<'_>,
        it: Occurrence,
        leniency: Leniency,
    ) -> Vec<(Decimal, Decimal)> {
        let parts = if leniency == Leniency::Number { &self.exact } else { &self.slotted };
        let is_number = |part: &&Part| matches!(part, Part::Label(_) | Part::Figure(_));
        let numbers = parts.iter().filter(is_number);
        let on_page = (it.anchor..it.end).filter_map(|at| page.value(at));
        let both = numbers.zip(on_page).filter_map(|(part, found)| match part {
            Part::Figure(value) => Some((*value, found)),
            Part::Label(_) | Part::Char(_) | Part::Slot(_) => None,
        });
        both.collect()
    }

    /// Whether it has no word at all, so that any figure with its sign is alike.
    pub(super) fn is_bare(&self) -> bool {
        let letter = |part: &Part| {
            let Part::Char(code) = part else { return false };
            char::from_u32(*code).is_some_and(char::is_alphabetic)
        };
        !self.exact.iter().any(letter)
    }

    /// Whether it ends in its figure.
    pub(super) fn ends_in_figure(&self) -> bool {
        matches!(self.exact.last(), Some(Part::Figure(_)))
    }
}

/// The pattern with slots for what belongs to the figure, and whether letters are left besides.
fn slotted(tokens: &Tokens<'_>, exact: &[Part]) -> (Vec<Part>, bool) {
    let (mut parts, mut at, mut letters) = (Vec::new(), 0, 0);
    while at < exact.len() {
        let is_char = matches!(exact[at], Part::Char(_));
        let slot = [Slot::Currency, Slot::Unit]
            .into_iter()
            .find_map(|slot| Some((slot, slot.longest(tokens, at).filter(|_| is_char)?)));
        if let Some((slot, length)) = slot {
            parts.push(Part::Slot(slot));
            at += length;
            continue;
        }
        let letter = tokens.char(at).filter(|c| c.is_alphabetic());
        letters += letter.map_or(0, |c| if c.is_ascii() { 1 } else { 2 });
        parts.push(exact[at]);
        at += 1;
    }
    (parts, letters >= 2)
}

/// Whether what stands around a place leaves its figure what it is: `4` is not `3-4`, `$4` not
/// `HK$4`, and `5` not `5%`.
fn is_whole(page: &Tokens<'_>, parts: &[Part], start: usize, end: usize) -> bool {
    let is_number = |part: Option<&Part>| matches!(part, Some(Part::Label(_) | Part::Figure(_)));
    let joins = |at: usize| page.is_joined(at);
    if is_number(parts.first()) && joins(start) && start >= 2 {
        let between = page.char(start - 1).is_some_and(|c| "-/.x*:~".contains(c));
        if between && joins(start - 1) && page.all[start - 2].code >= NUMBER {
            return false;
        }
    }
    if is_foreign_dollar(page, start) {
        return false;
    }
    if is_number(parts.last()) && page.all.get(end).is_some_and(|token| token.gap == Gap::None) {
        let next = page.char(end);
        if next.is_some_and(|c| "%‰¢万千亿億".contains(c)) {
            return false;
        }
        let after = usize::from(page.char(end + 1).is_some_and(|c| "$€£¥".contains(c)));
        let number = page.all.get(end + 1 + after);
        let goes_on = number.is_some_and(|it| it.code >= NUMBER && it.gap == Gap::None);
        if next.is_some_and(|c| "-/~".contains(c)) && goes_on {
            return false;
        }
        // `$4k` and `$4M` are other amounts.
        let is_last = |at: usize| !joins(at) || !page.char(at).is_some_and(char::is_alphabetic);
        if next.is_some_and(|c| "kmb".contains(c)) && is_last(end + 1) {
            return false;
        }
    }
    true
}
