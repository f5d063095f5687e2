//! A fact in words: its value where one counts, else every side with who takes it.

use crate::catalog::{
    Claim, ConditionRow, EntityKind, Fact, FieldValue, PromptLimit, SizeRule, Sizes, Texts,
};
use crate::site::format::distinct;

pub(crate) use crate::site::format::and_list;

/// The most sources that are named for one side.
const MAX_NAMED: usize = 3;

/// What the sources tell of a field.
#[derive(Debug)]
pub(crate) struct FactText {
    pub(crate) value: String,
    /// Each answer with those who give it, where sources differ.
    pub(crate) said: String,
    pub(crate) flag: Option<bool>,
    /// Whether it is said of the model, and not of what the seller offers.
    pub(crate) is_of_model: bool,
}

impl FactText {
    /// A fact in words; `title` names a source.
    pub(crate) fn new(fact: &Fact<'_>, title: impl Fn(&str) -> String) -> Self {
        let one = fact.value();
        let side = |view: &Claim<'_>| {
            let names = view.sides.iter().map(|side| {
                let name = title(&side.statement.source);
                match &side.statement.at {
                    Some(at) => format!("{name} ({at})"),
                    None => name,
                }
            });
            let mut names = distinct(names);
            let more = names.len().saturating_sub(MAX_NAMED);
            names.truncate(MAX_NAMED);
            if more > 0 {
                names.push(format!("{more} more"));
            }
            format!("“{}” by {}", words(view.value), and_list(&names))
        };
        let said = match one {
            Some(_) => String::new(),
            None => fact.effective_claims().iter().map(side).collect::<Vec<_>>().join("; "),
        };
        Self {
            value: one.map(words).unwrap_or_default(),
            said,
            flag: one.and_then(FieldValue::try_as_flag_ref).copied(),
            is_of_model: fact.level() == EntityKind::Model,
        }
    }

    /// Whether one value alone counts.
    pub(crate) fn is_one(&self) -> bool {
        self.said.is_empty()
    }

    /// Whether the answer is a plain yes.
    pub(crate) fn is_yes(&self) -> bool {
        self.flag == Some(true)
    }
}

/// A text without line breaks, and with single blanks.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A value as a sentence has it.
pub(crate) fn words(value: &FieldValue) -> String {
    let text = match value {
        FieldValue::Texts(Texts(texts)) => and_list(texts),
        FieldValue::Limit(PromptLimit::Chars(count)) => format!("{count} characters"),
        FieldValue::Limit(limit) => limit.to_string(),
        FieldValue::Days(days) => {
            let word = if days.0 == 1 { "day" } else { "days" };
            format!("{} {word}", days.0)
        }
        FieldValue::Sizes(Sizes::List(sizes)) => {
            and_list(&sizes.iter().map(ToString::to_string).collect::<Vec<_>>())
        }
        FieldValue::Sizes(Sizes::Rule(rule)) => ruled(*rule),
        FieldValue::Latency(rows) => {
            let row = |row: &ConditionRow<_>| match &row.when.quality {
                Some(quality) if row.when.count() == 1 => format!("{} in {quality}", row.value),
                _ => format!("{}{}", row.value, row.when),
            };
            rows.0.iter().map(row).collect::<Vec<_>>().join(", ")
        }
        FieldValue::Price(_)
        | FieldValue::Credits(_)
        | FieldValue::Fees(_)
        | FieldValue::Packs(_)
        | FieldValue::TopUp(_)
        | FieldValue::RequestLimit(_)
        | FieldValue::Date(_)
        | FieldValue::Flag(_)
        | FieldValue::Text(_)
        | FieldValue::Count(_)
        | FieldValue::Span(_)
        | FieldValue::Share(_)
        | FieldValue::Size(_) => value.to_string(),
    };
    one_line(&text)
}

fn ruled(rule: SizeRule) -> String {
    let mut parts = Vec::new();
    match (rule.min, rule.max) {
        (Some(min), Some(max)) => parts.push(format!("from {min} to {max} pixels a side")),
        (Some(min), None) => parts.push(format!("at least {min} pixels a side")),
        (None, Some(max)) => parts.push(format!("at most {max} pixels a side")),
        (None, None) => {}
    }
    parts.extend(rule.divisor.map(|divisor| format!("each side divisible by {divisor}")));
    parts.extend(rule.max_pixels.map(|most| format!("no more than {most} pixels in all")));
    format!("any size {}", and_list(&parts))
}
