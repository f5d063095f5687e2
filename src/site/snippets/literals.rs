//! Text and data as they are written in a program: nothing in a text ends its quotes, and nothing
//! that steers a screen stands in it as it is.

use std::fmt::Write;

use serde_json::Value;

use crate::site::escape::{steers, utf16_escapes};

/// What a snippet is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Shell,
    Python,
    JavaScript,
    Java,
    Rust,
}

impl Language {
    /// A text as a literal.
    pub(crate) fn text(self, text: &str) -> String {
        if self == Self::Shell {
            // Within single quotes a shell reads nothing but the next single quote.
            return format!("'{}'", text.replace('\'', r"'\''"));
        }
        let mut literal = String::from("\"");
        for c in text.chars() {
            self.character(c, &mut literal);
        }
        literal.push('"');
        literal
    }

    fn character(self, c: char, literal: &mut String) {
        let code = u32::from(c);
        let escaped = match (self, c) {
            (_, '"') => r#"\""#.to_owned(),
            (_, '\\') => r"\\".to_owned(),
            (_, '\n') => r"\n".to_owned(),
            (_, '\r') => r"\r".to_owned(),
            (_, '\t') => r"\t".to_owned(),
            // In a page's own script it could end the script.
            (Self::JavaScript, '<') => r"\u003c".to_owned(),
            // For JavaScript these are ends of lines.
            (Self::JavaScript, '\u{2028}' | '\u{2029}') => format!(r"\u{code:04x}"),
            (Self::Rust, c) if steers(c) => format!(r"\u{{{code:x}}}"),
            // Java reads \u000a as an end of line even within quotes, and an octal escape not.
            (Self::Java, c) if steers(c) && code < 0x100 => format!(r"\{code:03o}"),
            (Self::Python, c) if steers(c) && code > 0xffff => format!(r"\U{code:08x}"),
            (_, c) if steers(c) => utf16_escapes(c),
            _ => return literal.push(c),
        };
        literal.push_str(&escaped);
    }

    /// Data as a literal; further lines begin with `indent` spaces.
    pub(crate) fn data(self, value: &Value, indent: usize) -> String {
        match (self, value) {
            (Self::Shell, value) => self.text(&json(value)),
            (Self::Python, Value::Null) => "None".to_owned(),
            (Self::Python, Value::Bool(yes)) => if *yes { "True" } else { "False" }.to_owned(),
            (_, Value::Null) => "null".to_owned(),
            (_, Value::Bool(yes)) => yes.to_string(),
            (_, Value::Number(number)) => number.to_string(),
            (_, Value::String(text)) => self.text(text),
            (_, Value::Array(items)) => {
                let items = items.iter().map(|item| self.data(item, indent + self.step()));
                let (open, close) = if self == Self::Java { ("List.of(", ")") } else { ("[", "]") };
                format!("{open}{}{close}", items.collect::<Vec<_>>().join(", "))
            }
            (_, Value::Object(object)) => {
                let pairs = object.iter().map(|(name, value)| {
                    let value = self.data(value, indent + self.step());
                    if self == Self::Java {
                        format!("{}, {value}", self.text(name))
                    } else {
                        format!("{}: {value}", self.name(name))
                    }
                });
                self.table(&pairs.collect::<Vec<_>>(), indent)
            }
        }
    }

    /// By how much an inner line is indented.
    fn step(self) -> usize {
        if self == Self::JavaScript { 2 } else { 4 }
    }

    fn table(self, pairs: &[String], indent: usize) -> String {
        let (open, close) = if self == Self::Java { ("Map.of(", ")") } else { ("{", "}") };
        let space = " ".repeat(indent);
        let inner = " ".repeat(indent + self.step());
        let lines = pairs.join(&format!(",\n{inner}"));
        // Java takes no comma at the end.
        let last = if self == Self::Java { "" } else { "," };
        format!("{open}\n{inner}{lines}{last}\n{space}{close}")
    }

    /// The name of a key in data.
    fn name(self, name: &str) -> String {
        // A key of this name would set an object's prototype.
        if self == Self::JavaScript && is_identifier(name) && name != "__proto__" {
            return name.to_owned();
        }
        self.text(name)
    }
}

/// Whether a text is a plain name in every one of the languages.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// JSON in lines; what steers a screen stands as an escape.
pub(crate) fn json(value: &Value) -> String {
    let plain = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut text = String::with_capacity(plain.len());
    for c in plain.chars() {
        if steers(c) {
            // Writing into a string can't fail.
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
    }
    text
}

/// Words for the shell within double quotes where nothing in them means anything there, so that a
/// variable can stand beside them; else within single quotes.
pub(crate) fn beside(before: &str, variable: &str, after: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/_.:@%+=,- ".contains(c);
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if before.chars().all(plain) && after.chars().all(plain) {
        let brace = after.starts_with(named);
        let variable = if brace { format!("${{{variable}}}") } else { format!("${variable}") };
        return format!("\"{before}{variable}{after}\"");
    }
    let quoted = |text: &str| match text {
        "" => String::new(),
        text => Language::Shell.text(text),
    };
    format!("{}\"${variable}\"{}", quoted(before), quoted(after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOSTILE: &str = "a'b\"c\\d$(e)`f`\ng</script>\u{202e}\u{7}\u{2028}${h}\\u0022\r";

    #[test]
    fn a_text_does_not_end_its_quotes() {
        for (language, literal) in [
            (
                Language::Shell,
                "'a'\\''b\"c\\d$(e)`f`\ng</script>\u{202e}\u{7}\u{2028}${h}\\u0022\r'",
            ),
            (Language::Python, r#""a'b\"c\\d$(e)`f`\ng</script>\u202e\u0007\u2028${h}\\u0022\r""#),
            (
                Language::JavaScript,
                r#""a'b\"c\\d$(e)`f`\ng\u003c/script>\u202e\u0007\u2028${h}\\u0022\r""#,
            ),
            (Language::Java, r#""a'b\"c\\d$(e)`f`\ng</script>\u202e\007\u2028${h}\\u0022\r""#),
            (Language::Rust, r#""a'b\"c\\d$(e)`f`\ng</script>\u{202e}\u{7}\u{2028}${h}\\u0022\r""#),
        ] {
            // Outside JavaScript a separator of lines is a letter like others.
            let literal = match language {
                Language::Python | Language::Java => literal.replace(r"\u2028", "\u{2028}"),
                Language::Rust => literal.replace(r"\u{2028}", "\u{2028}"),
                Language::Shell | Language::JavaScript => literal.to_owned(),
            };
            assert_eq!(language.text(HOSTILE), literal, "{language:?}");
        }
    }

    #[test]
    fn data_is_written_as_each_language_writes_it() {
        let value = json!({ "a": true, "b": null, "c": [1, "x"], "d e": { "f": 2 } });
        let python = "{\n    \"a\": True,\n    \"b\": None,\n    \"c\": [1, \"x\"],\n    \
                      \"d e\": {\n        \"f\": 2,\n    },\n}";
        assert_eq!(Language::Python.data(&value, 0), python);
        let java = "Map.of(\n    \"a\", true,\n    \"b\", null,\n    \"c\", List.of(1, \"x\"),\n    \
                    \"d e\", Map.of(\n        \"f\", 2\n    )\n)";
        assert_eq!(Language::Java.data(&value, 0), java);
        assert!(Language::JavaScript.data(&json!({ "__proto__": 1 }), 0).contains("\"__proto__\""));
        assert_eq!(json(&json!("\u{202e}\u{7f}")), r#""\u202e\u007f""#);
    }

    #[test]
    fn a_variable_stands_beside_plain_words_and_apart_from_others() {
        assert_eq!(beside("", "B", "/v1/x"), "\"$B/v1/x\"");
        assert_eq!(beside("", "B", "x"), "\"${B}x\"");
        assert_eq!(beside("", "B", "/$(x)'"), r#""$B"'/$(x)'\'''"#);
        assert_eq!(beside("H: \"", "K", ""), "'H: \"'\"$K\"");
    }
}
