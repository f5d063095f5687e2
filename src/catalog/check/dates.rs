//! Checks of days: what order they have.

use super::Checking;
use crate::catalog::diagnostic::DiagnosticCode;
use crate::catalog::entity::Entity;

pub(super) fn dates(check: &mut Checking<'_>, entity: &Entity) {
    let path = &entity.path;
    for s in &entity.statements {
        let at = s.position;
        if let Some(date) = [Some(s.seen), s.corrected].into_iter().flatten().max() {
            check.future(path, at, date);
        }
        if let Some(date) = s.checked {
            check.future(path, at, date);
        }
        if let Some(date) = s.checked.filter(|date| *date < s.seen) {
            let text = format!("checked on {date}, before it was seen on {}", s.seen);
            check.find(path, at, DiagnosticCode::CheckedBeforeSeen, text, None);
        }
        if let Some(date) = s.not_before.filter(|date| *date > s.seen) {
            let text = format!("not before {date}, and was seen on {}", s.seen);
            check.find(path, at, DiagnosticCode::DateOrder, text, None);
        }
        if let Some(date) = s.page_date.filter(|date| *date > s.seen) {
            let text = format!("the page shows {date}, and was seen on {}", s.seen);
            check.find(path, at, DiagnosticCode::DateOrder, text, None);
        }
        if let Some(date) = s.corrected.filter(|date| *date < s.seen) {
            let text = format!("corrected on {date}, before it was seen on {}", s.seen);
            check.find(path, at, DiagnosticCode::DateOrder, text, None);
        }
    }
    for ruling in &entity.rulings {
        check.future(path, ruling.position, ruling.date);
    }
}
