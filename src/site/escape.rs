//! How foreign text becomes harmless: in Markdown by an escaper of the templates, and everywhere
//! by a last look at what was made. HTML, feeds and charts have the escaper of the templates.

use std::fmt::{self, Write};

use askama::filters::Safe;

use crate::catalog::is_dangerous;

/// The escaper of Markdown templates: what has a meaning in Markdown or HTML gets a backslash or
/// an entity, and a line break becomes a space.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MarkdownEscaper;

impl askama::filters::Escaper for MarkdownEscaper {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        let mut written = 0;
        // Only at its start does a text make a heading; elsewhere a link may have one.
        let opening = text.trim_start_matches([' ', '\n', '\r']);
        let heading = opening.starts_with('#').then_some(text.len() - opening.len());
        for (at, byte) in text.bytes().enumerate() {
            let Some(escaped) = ESCAPES[usize::from(byte)] else { continue };
            if byte == b'#' && heading != Some(at) {
                continue;
            }
            dest.write_str(&text[written..at])?;
            dest.write_str(escaped)?;
            written = at + 1;
        }
        dest.write_str(&text[written..])
    }
}

/// What is written for each byte that can have a meaning in Markdown or HTML.
static ESCAPES: [Option<&str>; 256] = {
    let escapes = [
        (b'<', "&lt;"),
        (b'>', "&gt;"),
        (b'&', "&amp;"),
        (b'\n', " "),
        (b'\r', " "),
        (b'\\', "\\\\"),
        (b'`', "\\`"),
        (b'*', "\\*"),
        (b'_', "\\_"),
        (b'[', "\\["),
        (b']', "\\]"),
        (b'|', "\\|"),
        (b'#', "\\#"),
        (b'~', "\\~"),
        (b'!', "\\!"),
    ];
    let mut table = [None; 256];
    let mut at = 0;
    while at < escapes.len() {
        table[escapes[at].0 as usize] = Some(escapes[at].1);
        at += 1;
    }
    table
};

/// Characters that steer a screen or turn the direction of writing, which could make a text read
/// as another; line breaks and tabs are none.
pub(crate) fn steers(c: char) -> bool {
    is_dangerous(c) && c != '\n' && c != '\t'
}

/// The text with U+FFFD for every character that steers. Nothing of ours has one, so whatever is
/// replaced came from outside.
pub(crate) fn harmless(text: String) -> String {
    if !has_steering(text.as_bytes()) {
        return text;
    }
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// A text of several lines that both forms show as it is.
#[derive(Debug, Clone)]
pub(crate) struct CodeBlock {
    pub(crate) text: String,
    fence: String,
}

impl CodeBlock {
    /// Puts fences round a text that are longer than any run of backticks in it.
    pub(crate) fn new(language: &str, text: String) -> Self {
        let runs = text.split(|c| c != '`').map(str::len);
        let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
        let end = if text.ends_with('\n') { "" } else { "\n" };
        Self { fence: format!("{fence}{language}\n{text}{end}{fence}"), text }
    }

    /// The text in its fences, for Markdown, where an escaper would spoil it.
    pub(crate) fn fenced(&self) -> Safe<&str> {
        Safe(&self.fence)
    }
}

/// The same for JSON, where such a character has an escape, and a program gets it as it was.
pub(crate) fn harmless_json(text: Vec<u8>) -> Vec<u8> {
    if !has_steering(&text) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 64);
    for c in String::from_utf8_lossy(&text).chars() {
        if steers(c) {
            escaped.push_str(&utf16_escapes(c));
        } else {
            escaped.push(c);
        }
    }
    escaped.into_bytes()
}

/// A character as JSON, JavaScript and Java escape it: `\u202e`, or two such beyond U+FFFF.
pub(crate) fn utf16_escapes(c: char) -> String {
    let mut escapes = String::new();
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a string can't fail.
        let _ = write!(escapes, "\\u{unit:04x}");
    }
    escapes
}

/// Bytes that are looked at together, as wide as a processor likes them.
const BYTES_AT_ONCE: usize = 64;

/// Whether a text has a character that steers. Every page passes here, so bytes are compared
/// many at a time, and their neighbours only where one is suspect.
fn has_steering(text: &[u8]) -> bool {
    let suspect =
        |b: u8| matches!(b, 0..=8 | 0x0b..=0x1f | 0x7f | 0xc2 | 0xd8 | 0xe1 | 0xe2 | 0xef | 0xf3);
    let begins = |at: usize| {
        let length = match text[at] {
            byte if !suspect(byte) => return false,
            0xc2 | 0xd8 => 2,
            0xe1 | 0xe2 | 0xef => 3,
            0xf3 => 4,
            _ => 1,
        };
        let character = text.get(at..at + length).and_then(|it| std::str::from_utf8(it).ok());
        character.and_then(|text| text.chars().next()).is_some_and(steers)
    };
    let chunks = text.chunks(BYTES_AT_ONCE).enumerate();
    let mut suspects =
        chunks.filter(|(_, chunk)| chunk.iter().fold(false, |found, b| found | suspect(*b)));
    suspects.any(|(number, chunk)| {
        let start = number * BYTES_AT_ONCE;
        (start..start + chunk.len()).any(begins)
    })
}

#[cfg(test)]
mod tests {
    use super::{has_steering, steers};

    #[test]
    fn bytes_and_characters_agree_on_what_steers() {
        for c in '\0'..=char::MAX {
            // At the end of what is looked at together, and at its beginning.
            let text = format!("{}{c}x", "x".repeat(63));
            assert_eq!(has_steering(text.as_bytes()), steers(c), "{c:?}");
            let text = c.to_string();
            assert_eq!(has_steering(text.as_bytes()), steers(c), "{c:?}");
        }
    }
}
