//! What was stated over time, for programs.

use serde_json::{Value, json};

use super::Site;
use crate::catalog::{Statement, Subject};
use crate::compare::catalog_stamp;

impl Site<'_> {
    /// The document of `api/v1/changes.json`: every statement, newest first.
    pub(crate) fn changes_document(&self) -> Value {
        let as_of = self.settings.as_of;
        let statements = self.catalog.subjects().flat_map(|subject| {
            let known = subject.statements.iter().filter(move |it| it.seen <= as_of);
            known.map(move |statement| (subject, statement))
        });
        let mut statements: Vec<_> = statements.collect();
        statements.sort_by_key(|(_, statement)| std::cmp::Reverse(statement.seen));
        let change = |(subject, statement): &(&Subject, &Statement)| {
            let fields = statement.stated.iter().map(|stated| stated.key.to_string());
            json!({
                "date": statement.seen.to_string(),
                "level": subject.level.to_string(),
                "subject": subject.id,
                "source": statement.source,
                "at": statement.at,
                "corrected": statement.corrected.map(|day| day.to_string()),
                "fields": fields.collect::<Vec<_>>(),
            })
        };
        json!({
            "format": 1,
            "catalog": catalog_stamp(self.catalog),
            "as_of": as_of.to_string(),
            "changes": statements.iter().map(change).collect::<Vec<_>>(),
        })
    }
}
