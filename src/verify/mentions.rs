//! Where a page speaks of a listing: the names and codes of its model, however they are parted.

use super::tokens::{NUMBER, Tokens};

/// A name, as the signs that count without what parts its words.
#[derive(Debug)]
pub(super) struct Mentions(Vec<(usize, usize)>);

impl Mentions {
    /// Finds every mention of any of some names.
    pub(super) fn new(page: &Tokens<'_>, names: &[&str]) -> Self {
        let mut found = Vec::new();
        for name in names {
            let name = Tokens::new(name);
            let places: Vec<_> = (0..name.all.len()).filter(|at| !is_hyphen(&name, *at)).collect();
            // What has no letter or a single sign names nothing.
            if places.len() < 2 || !places.iter().any(|at| name.char(*at).is_some()) {
                continue;
            }
            found.extend(
                (0..page.all.len())
                    .filter_map(|start| Some((start, end_of(page, start, &name, &places)?))),
            );
        }
        found.sort_unstable();
        found.dedup();
        Self(found)
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How far a place is from the nearest mention. What stands on its line is nearer than all
    /// else, and what comes before it nearer than what comes after: a name is a heading.
    pub(super) fn distance(&self, page: &Tokens<'_>, (start, end): (usize, usize)) -> usize {
        const OTHER_LINE: usize = 20;
        const BEHIND: usize = 40;
        let line = |at: usize| page.all.get(at).map_or(0, |token| token.line);
        let distances = self.0.iter().map(|(from, to)| {
            let near = line(*from) == line(start) || line(*from) == line(end.saturating_sub(1));
            let line_break = if near { 0 } else { OTHER_LINE };
            if *to <= start {
                start - to + line_break
            } else if end <= *from {
                let apart = from - end;
                if near { apart } else { apart * 4 + OTHER_LINE + BEHIND }
            } else {
                0
            }
        });
        distances.min().unwrap_or(usize::MAX)
    }
}

fn is_hyphen(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.char(at) == Some('-')
}

/// Where a name ends that begins at a place.
fn end_of(page: &Tokens<'_>, start: usize, name: &Tokens<'_>, places: &[usize]) -> Option<usize> {
    let mut at = start;
    for (number, place) in places.iter().enumerate() {
        while number > 0 && is_hyphen(page, at) {
            at += 1;
        }
        let wanted = name.all[*place].code;
        let same = if wanted >= NUMBER {
            page.value(at).is_some() && page.value(at) == name.value(*place)
        } else {
            page.all.get(at)?.code == wanted
        };
        if !same {
            return None;
        }
        at += 1;
    }
    Some(at)
}
