//! Masks what the links in a text carry in their queries, such as signatures and tokens: whoever has
//! them has the image. Links are masked where they are written, and fetched as they came.

use std::borrow::Cow;

use serde_json::Value;

/// What stands in place of a value.
const MASK: &str = "[masked]";

/// What ends a link in a text. Line breaks and tabs do not: who reads a link drops them.
fn ends_link(c: char) -> bool {
    matches!(c, '"' | '<' | '>' | '`') || (c.is_whitespace() && !matches!(c, '\n' | '\r' | '\t'))
}

/// A text in which the queries of links have names and no values.
pub(in crate::probe) fn masked_links(text: &str) -> Cow<'_, str> {
    if !text.contains(['?', '#', '@']) && !text.contains("%3") {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    for word in text.split_inclusive(ends_link) {
        let (word, end) = match word.char_indices().next_back() {
            Some((at, last)) if ends_link(last) => word.split_at(at),
            _ => (word, ""),
        };
        push_word(&mut masked, word);
        masked.push_str(end);
    }
    Cow::Owned(masked)
}

/// The same of every text in a value, names of fields included.
pub(in crate::probe) fn masked_value(value: Value) -> Value {
    match value {
        Value::String(text) => match masked_links(&text) {
            Cow::Borrowed(_) => Value::String(text),
            Cow::Owned(masked) => Value::String(masked),
        },
        Value::Array(items) => items.into_iter().map(masked_value).collect(),
        Value::Object(object) => {
            let field = |(name, value): (String, Value)| {
                (masked_links(&name).into_owned(), masked_value(value))
            };
            Value::Object(object.into_iter().map(field).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

/// One word: as it is, or the link that it is without values.
fn push_word(masked: &mut String, word: &str) {
    // In the JSON of JSON a slash may be escaped.
    let scheme = ["://", ":\\/\\/"].iter().find_map(|mark| {
        let at = word.find(mark)?;
        Some(at + mark.len())
    });
    let escaped = || scheme.and_then(|_| word.find("%3F").or_else(|| word.find("%3f")));
    let plain = word.find(['?', '#']);
    let start = match (plain, escaped()) {
        (Some(plain), Some(escaped)) => plain.min(escaped),
        (found, other) => match found.or(other) {
            Some(found) => found,
            None => return push_address(masked, word, scheme),
        },
    };
    push_address(masked, &word[..start], scheme.filter(|at| *at <= start));
    let rest = &word[start..];
    let mut is_query = !rest.starts_with('#');
    let (mark, pieces) = rest.split_at(if rest.starts_with('%') { 3 } else { 1 });
    masked.push_str(mark);
    for piece in pieces.split_inclusive(['&', '?', '#']) {
        let (piece, end) = match piece.char_indices().next_back() {
            Some((at, '&' | '?' | '#')) => piece.split_at(at),
            _ => (piece, ""),
        };
        push_piece(masked, piece, is_query && scheme.is_some());
        masked.push_str(end);
        is_query = end != "#" && (is_query || end == "?");
    }
}

/// A name and its value, or a value alone, which counts as one in the query of a whole link.
fn push_piece(masked: &mut String, piece: &str, is_of_link: bool) {
    match piece.split_once('=') {
        Some((name, value)) if !value.trim_matches('=').is_empty() => {
            masked.push_str(name);
            masked.push('=');
            masked.push_str(MASK);
        }
        _ if is_of_link && !piece.is_empty() => masked.push_str(MASK),
        _ => masked.push_str(piece),
    }
}

/// What stands before a query, without the user and the password that some links have.
fn push_address(masked: &mut String, address: &str, scheme: Option<usize>) {
    let user = scheme.and_then(|start| {
        let host = address[start..].find(['/', '\\']).map_or(address.len(), |at| start + at);
        Some((start, start + address[start..host].rfind('@')?))
    });
    match user {
        Some((start, end)) => {
            masked.push_str(&address[..start]);
            masked.push_str(MASK);
            masked.push_str(&address[end..]);
        }
        None => masked.push_str(address),
    }
}

#[cfg(test)]
mod tests {
    use super::masked_links;

    #[test]
    fn values_of_queries_are_masked_and_names_are_kept() {
        for (text, masked) in [
            ("https://h/x.png", "https://h/x.png"),
            ("https://h/x.png?", "https://h/x.png?"),
            ("https://h/x?a=s3cr&b=s3cr#f=s3cr", "https://h/x?a=[masked]&b=[masked]#f=[masked]"),
            ("see https://h/x?s3cr, then", "see https://h/x?[masked] then"),
            ("(\"http://h/x?a=s3cr\")", "(\"http://h/x?a=[masked]\")"),
            ("https://h/x?czNjcg==", "https://h/x?[masked]"),
            ("https://h/x?a=s3\ncr", "https://h/x?a=[masked]"),
            ("https:\\/\\/h\\/x?a=s3cr\\u0026b=s3cr", "https:\\/\\/h\\/x?a=[masked]"),
            ("https://h/?u=http%3A%2F%2Fi%3Fa%3Ds3cr", "https://h/?u=[masked]"),
            ("https://h/http%3A%2F%2Fi%3Fa%3Ds3cr", "https://h/http%3A%2F%2Fi%3F[masked]"),
            ("/img/1.png?sig=s3cr", "/img/1.png?sig=[masked]"),
            ("cdn.example.com/1.png?sig=s3cr", "cdn.example.com/1.png?sig=[masked]"),
            ("https://me:s3cr@h/x", "https://[masked]@h/x"),
            ("https://h/docs#errors", "https://h/docs#errors"),
            ("Why? It is 50% off (#3), at@home", "Why? It is 50% off (#3), at@home"),
        ] {
            assert_eq!(masked_links(text), masked, "{text}");
        }
    }
}
