//! Values as they are written in a catalog file. Text from anywhere is quoted here, so that it
//! stays one string whatever it holds.

use std::fmt::Write;

use super::size::{SizeRule, Sizes};
use super::text::is_dangerous;
use super::value::FieldValue;

/// Adds a block at the end of a file, with an empty line before it.
pub fn append_block(file: &mut Vec<u8>, block: &str) {
    if !file.is_empty() {
        file.extend(if file.ends_with(b"\n") { "\n" } else { "\n\n" }.bytes());
    }
    file.extend(block.bytes());
}

/// A text as a basic string of TOML, on one line.
pub fn quoted(text: &str) -> String {
    let mut string = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => string.push_str("\\\""),
            '\\' => string.push_str("\\\\"),
            // Writing to a string can't fail.
            c if is_dangerous(c) && c <= '\u{ffff}' => {
                let _ = write!(string, "\\u{:04X}", u32::from(c));
            }
            c if is_dangerous(c) => {
                let _ = write!(string, "\\U{:08X}", u32::from(c));
            }
            c => string.push(c),
        }
    }
    string.push('"');
    string
}

impl FieldValue {
    /// The value in TOML; `None` for one that no probe settles, such as a price.
    pub fn toml(&self) -> Option<String> {
        let list = |texts: Vec<String>| {
            let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
            format!("[{}]", texts.join(", "))
        };
        Some(match self {
            Self::Flag(yes) => yes.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Text(text) => quoted(text),
            Self::Texts(texts) => list(texts.0.clone()),
            Self::Span(_) | Self::Size(_) | Self::Limit(_) => quoted(&self.to_string()),
            Self::Sizes(Sizes::List(sizes)) => {
                list(sizes.iter().map(ToString::to_string).collect())
            }
            Self::Sizes(Sizes::Rule(rule)) => self::rule(*rule),
            Self::Price(_)
            | Self::Credits(_)
            | Self::Fees(_)
            | Self::Packs(_)
            | Self::TopUp(_)
            | Self::RequestLimit(_)
            | Self::Date(_)
            | Self::Share(_)
            | Self::Latency(_)
            | Self::Days(_) => return None,
        })
    }
}

fn rule(rule: SizeRule) -> String {
    let keys = [
        ("min", rule.min.map(u64::from)),
        ("max", rule.max.map(u64::from)),
        ("divisor", rule.divisor.map(u64::from)),
        ("max-pixels", rule.max_pixels),
    ];
    let keys = keys.into_iter().filter_map(|(key, value)| Some(format!("{key} = {}", value?)));
    format!("{{ {} }}", keys.collect::<Vec<_>>().join(", "))
}
