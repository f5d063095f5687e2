//! How foreign text becomes harmless: in Markdown by an escaper of the templates, and everywhere
//! by a last look at what was made. HTML, feeds and charts have the escaper of the templates.

use std::fmt::{self, Write};

use askama::filters::Safe;

/// The escaper of Markdown templates: what has a meaning in Markdown or HTML gets a backslash or
/// an entity, and a line break becomes a space.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Markdown;

impl askama::filters::Escaper for Markdown {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        let mut written = 0;
        for (at, byte) in text.bytes().enumerate() {
            let escaped = match byte {
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'&' => "&amp;",
                b'\n' | b'\r' => " ",
                b'\\' => "\\\\",
                b'`' => "\\`",
                b'*' => "\\*",
                b'_' => "\\_",
                b'[' => "\\[",
                b']' => "\\]",
                b'|' => "\\|",
                // A mark of a heading only where a line begins; within an address it stays.
                b'#' if text[..at].trim_start().is_empty() => "\\#",
                b'~' => "\\~",
                b'!' => "\\!",
                _ => continue,
            };
            dest.write_str(&text[written..at])?;
            dest.write_str(escaped)?;
            written = at + 1;
        }
        dest.write_str(&text[written..])
    }
}

/// Characters that steer a screen or turn the direction of writing, which could make a text read
/// as another; line breaks and tabs are none.
pub(crate) fn steers(c: char) -> bool {
    let marks = matches!(
        c,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    );
    marks || (c.is_control() && c != '\n' && c != '\t')
}

/// The text with U+FFFD for every character that steers. Nothing of ours has one, so whatever is
/// replaced came from outside.
pub(crate) fn harmless(text: String) -> String {
    // Nearly always nothing is found, and bytes are compared sooner than characters.
    let suspect =
        |b: u8| b < b' ' && b != b'\n' && b != b'\t' || matches!(b, 0x7f | 0xc2 | 0xe2 | 0xef);
    if !text.bytes().any(suspect) || !text.chars().any(steers) {
        return text;
    }
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// A text of several lines that both forms show as it is.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    /// The text itself, for HTML.
    pub(crate) text: String,
    fence: String,
}

impl Code {
    /// Puts fences round a text that are longer than any run of backticks in it.
    pub(crate) fn of(language: &str, text: String) -> Self {
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
