//! How code reads a place in an answer, in each language.

use crate::site::snippets::call_plan::{AnswerPath, PathStep};
use crate::site::snippets::literals::{Language, is_identifier, json};

/// An expression that reads the first of some places in `answer`.
pub(crate) fn accessor(language: Language, places: &[AnswerPath]) -> String {
    let each = |place: &AnswerPath| match language {
        Language::Shell => jq(place, places.len() > 1),
        Language::Python if places.len() == 1 => format!("answer{}", brackets(place)),
        Language::Python => {
            let steps = place.iter().map(|step| match step {
                PathStep::Name(name) => Language::Python.text(name),
                PathStep::First => "0".to_owned(),
            });
            format!("look(answer, {})", steps.collect::<Vec<_>>().join(", "))
        }
        Language::JavaScript => chained(place),
        Language::Java | Language::Rust => language.text(&pointer(place)),
    };
    let all: Vec<_> = places.iter().map(each).collect();
    match language {
        Language::Shell => all.join(" // "),
        Language::Python => all.join(" or "),
        Language::JavaScript => all.join(" ?? "),
        Language::Java | Language::Rust => all.join(", "),
    }
}

fn brackets(place: &AnswerPath) -> String {
    let steps = place.iter().map(|step| match step {
        PathStep::Name(name) => format!("[{}]", Language::Python.text(name)),
        PathStep::First => "[0]".to_owned(),
    });
    steps.collect()
}

/// `.data[0].url`; a key that is no plain name stands in brackets as JSON. Of several places all
/// but one have another shape than the answer, and are passed over.
fn jq(place: &AnswerPath, several: bool) -> String {
    let mark = if several { "?" } else { "" };
    let steps = place.iter().enumerate().map(|(at, step)| {
        let dot = if at == 0 { "." } else { "" };
        match step {
            PathStep::Name(name) if is_identifier(name) => format!(".{name}{mark}"),
            // What jq reads besides JSON begins with a backslash, and JSON doubles each.
            PathStep::Name(name) => format!("{dot}[{}]{mark}", json(&name.as_str().into())),
            PathStep::First => format!("{dot}[0]{mark}"),
        }
    });
    steps.collect()
}

/// `answer.data?.[0]?.url`.
fn chained(place: &AnswerPath) -> String {
    let steps = place.iter().enumerate().map(|(at, step)| {
        let (name_mark, mark) = if at == 0 { (".", "") } else { ("?.", "?.") };
        match step {
            PathStep::Name(name) if is_identifier(name) => format!("{name_mark}{name}"),
            PathStep::Name(name) => format!("{mark}[{}]", Language::JavaScript.text(name)),
            PathStep::First => format!("{mark}[0]"),
        }
    });
    format!("answer{}", steps.collect::<String>())
}

/// `/data/0/url`, as RFC 6901 has it.
fn pointer(place: &AnswerPath) -> String {
    let steps = place.iter().map(|step| match step {
        PathStep::Name(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        PathStep::First => "/0".to_owned(),
    });
    steps.collect()
}
