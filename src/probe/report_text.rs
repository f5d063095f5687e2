//! Text made harmless for each form of a report: a catalog's may be a stranger's, and so may an
//! answer's.

use super::redactor::clean;

/// The longest text that a report quotes: a reader needs no more, and CI servers cut at a few KB.
const MAX_QUOTE_LEN: usize = 1000;

/// Text on one line, without what is invisible, and capped.
pub(crate) fn plain(text: &str) -> String {
    clean(text, MAX_QUOTE_LEN)
}

/// Text after the second `::`.
pub(crate) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value before it, where colons and commas have a meaning too.
pub(crate) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text that stays text within a table: no markup, no link of a bare address, and, where it is
/// posted as a comment, nobody called by name.
pub(crate) fn cell(text: &str) -> String {
    let text = plain(text);
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let links = (c == ':' && rest.starts_with("//"))
            || (c == '.' && text[..at].to_ascii_lowercase().ends_with("www"));
        if links || "|\\`*_[]<>#~&!$".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
        if c == '@' {
            // A mention is looked for in the finished page, where a backslash is gone.
            safe.push_str("<!-- -->");
        }
    }
    safe
}

/// The value of a label of a gauge.
pub(crate) fn label(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// A path as a URI reference.
pub(crate) fn uri(path: &str) -> String {
    use std::fmt::Write;
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
