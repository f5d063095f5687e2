//! How code reads a place in an answer, in each language.

use crate::site::snippets::call_plan::{AnswerPath, PathStep};
use crate::site::snippets::literals::{Language, is_identifier, json};

impl Language {
    /// An expression that reads the first of some places in `answer`.
    pub(crate) fn reads(self, places: &[AnswerPath]) -> String {
        let each = |place: &AnswerPath| match self {
            Self::Shell => jq(place, places.len() > 1),
            Self::Python if places.len() == 1 => format!("answer{}", self.brackets(place)),
            Self::Python => {
                let steps = place.iter().map(|step| match step {
                    PathStep::Name(name) => self.text(name),
                    PathStep::First => "0".to_owned(),
                });
                format!("look(answer, {})", steps.collect::<Vec<_>>().join(", "))
            }
            Self::JavaScript => chained(place),
            Self::Java | Self::Rust => self.text(&pointer(place)),
        };
        let all: Vec<_> = places.iter().map(each).collect();
        match self {
            Self::Shell => all.join(" // "),
            Self::Python => all.join(" or "),
            Self::JavaScript => all.join(" ?? "),
            Self::Java | Self::Rust => all.join(", "),
        }
    }

    fn brackets(self, place: &AnswerPath) -> String {
        let steps = place.iter().map(|step| match step {
            PathStep::Name(name) => format!("[{}]", self.text(name)),
            PathStep::First => "[0]".to_owned(),
        });
        steps.collect()
    }
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
