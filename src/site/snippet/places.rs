//! How code reads a place in an answer, in each language.

use super::quoted::{Language, is_identifier};
use super::recipe::{Place, Step};

impl Language {
    /// An expression that reads the first of some places in `answer`.
    pub(super) fn reads(self, places: &[Place]) -> String {
        let each = |place: &Place| match self {
            Self::Shell => jq(place),
            Self::Python if places.len() == 1 => format!("answer{}", self.brackets(place)),
            Self::Python => {
                let steps = place.iter().map(|step| match step {
                    Step::Name(name) => self.text(name),
                    Step::First => "0".to_owned(),
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

    fn brackets(self, place: &Place) -> String {
        let steps = place.iter().map(|step| match step {
            Step::Name(name) => format!("[{}]", self.text(name)),
            Step::First => "[0]".to_owned(),
        });
        steps.collect()
    }
}

/// `.data[0].url`; a key that is no plain name stands in brackets as JSON.
fn jq(place: &Place) -> String {
    let mut path = String::new();
    for step in place {
        match step {
            Step::Name(name) if is_identifier(name) => path.push_str(&format!(".{name}")),
            Step::Name(name) => {
                let dot = if path.is_empty() { "." } else { "" };
                // jq reads JSON but for `\(`, which needs a backslash that JSON never leaves single.
                path.push_str(&format!("{dot}[{}]", super::quoted::json(&name.as_str().into())));
            }
            Step::First if path.is_empty() => path.push_str(".[0]"),
            Step::First => path.push_str("[0]"),
        }
        // What has another shape than this is passed over, not an error.
        path.push('?');
    }
    path
}

/// `answer.data?.[0]?.url`.
fn chained(place: &Place) -> String {
    let mut path = "answer".to_owned();
    for (at, step) in place.iter().enumerate() {
        let mark = if at == 0 { "" } else { "?." };
        match step {
            Step::Name(name) if is_identifier(name) => {
                let dot = if at == 0 { "." } else { mark };
                path.push_str(&format!("{dot}{name}"));
            }
            Step::Name(name) => {
                path.push_str(&format!("{mark}[{}]", Language::JavaScript.text(name)));
            }
            Step::First => path.push_str(&format!("{mark}[0]")),
        }
    }
    path
}

/// `/data/0/url`, as RFC 6901 has it.
fn pointer(place: &Place) -> String {
    let steps = place.iter().map(|step| match step {
        Step::Name(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        Step::First => "/0".to_owned(),
    });
    steps.collect()
}
