//! Promises of a contract as rows: what each side says, and where the catalog says so.

use crate::catalog::{Clause, ClauseKindBody, FRESH_DAYS, TypedClause};
use crate::site::listing::context::ListingContext;

/// Who makes a promise.
#[derive(Debug)]
pub(crate) struct ClauseSide {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) at: String,
    pub(crate) seen: String,
    pub(crate) stale: bool,
    pub(crate) line: u32,
}

/// One wording of a promise, with those who give it.
pub(crate) struct ClauseWording<'c> {
    pub(crate) clause: &'c Clause,
    pub(crate) sides: Vec<ClauseSide>,
    pub(crate) notes: Vec<String>,
}

/// The wordings among the sides of a promise.
pub(crate) fn wordings<'c>(
    context: &ListingContext<'_, 'c>,
    clauses: impl IntoIterator<Item = &'c Clause>,
) -> Vec<ClauseWording<'c>> {
    let mut wordings: Vec<ClauseWording<'c>> = Vec::new();
    for clause in clauses {
        let side = clause_side(context, clause);
        let note = clause.note.clone();
        let known = wordings.iter_mut().find(|wording| wording.clause.body == clause.body);
        if let Some(wording) = known {
            wording.sides.push(side);
            wording.notes.extend(note.filter(|note| !wording.notes.contains(note)));
        } else {
            let (sides, notes) = (vec![side], note.into_iter().collect());
            wordings.push(ClauseWording { clause, sides, notes });
        }
    }
    wordings
}

pub(crate) fn clause_side(context: &ListingContext<'_, '_>, clause: &Clause) -> ClauseSide {
    let age = clause.seen.until(context.site.settings.as_of);
    let source = context.site.index.source(&clause.source);
    ClauseSide {
        title: source.title.to_owned(),
        href: source.href.to_owned(),
        at: clause.at.clone().unwrap_or_default(),
        seen: clause.seen.to_string(),
        stale: age.is_ok_and(|age| age.get_days() > FRESH_DAYS),
        line: clause.position.line,
    }
}

impl<'c> ClauseWording<'c> {
    /// The wording with its body, if it is of that kind.
    pub(crate) fn typed<B: ClauseKindBody>(&self) -> Option<TypedClause<'c, B>> {
        self.clause.typed()
    }
}

/// What a clause allows, in words; nothing where it says nothing of that.
pub(crate) fn allowed(
    allowed: Option<&[String]>,
    min: Option<u64>,
    max: Option<u64>,
    count: Option<u64>,
) -> String {
    let mut words = Vec::new();
    words.extend(allowed.map(|allowed| allowed.join(", ")));
    match (min, max) {
        (Some(min), Some(max)) => words.push(format!("{min} to {max}")),
        (Some(min), None) => words.push(format!("from {min}")),
        (None, Some(max)) => words.push(format!("up to {max}")),
        (None, None) => {}
    }
    if let Some(count) = count {
        words.push(if count == 1 { "1 item".to_owned() } else { format!("{count} items") });
    }
    words.join("; ")
}
