//! The charset of a page: what its header says, else its first bytes, else what it says of itself,
//! else what its bytes look like.

use encoding_rs::{Encoding, UTF_8};

/// How far into a page its own word on its charset stands, as browsers look.
const HEAD_BYTES: usize = 1024;

/// Decodes a page; bytes that fit no charset become U+FFFD.
pub(super) fn decode(bytes: &[u8], header: Option<&str>) -> String {
    if let Some((marked, length)) = Encoding::for_bom(bytes) {
        return marked.decode_without_bom_handling(&bytes[length..]).0.into_owned();
    }
    // Servers that call everything Latin-1 or nothing at all are more than those that lie about
    // UTF-8, which no other text can be by chance.
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let said = header.and_then(label).or_else(|| own_label(bytes));
    let encoding = said.filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| detect(bytes));
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn label(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label(name.trim_matches(['"', '\'', ' ']).as_bytes())
}

/// The charset that a `meta` element or an XML declaration names.
fn own_label(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let named = ["charset=", "encoding="].into_iter().find_map(|key| {
        let rest = head.split_once(key)?.1.trim_start_matches(['"', '\'', ' ']);
        rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next()
    });
    named.and_then(label)
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}
