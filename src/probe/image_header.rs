//! What an image link leads to: whether it lives, and what the image's header says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::image_file::image_header;
use super::outcome::Outcome;

/// An image that an answer linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFetch {
    /// The link, redacted, cleaned and capped.
    pub link: String,
    /// The status; `None` of it where the link holds the image itself.
    pub outcome: Outcome<Option<u16>>,
    /// Where a redirect points, which is not followed.
    pub location: Option<String>,
    /// Whether the link led elsewhere, where it was.
    pub redirected: bool,
    /// Whether a CDN asks for a browser in its place.
    pub challenged: bool,
    /// When the server says to come back.
    pub retry_after: Option<String>,
    /// The type that the server declares.
    pub content_type: Option<String>,
    /// Width and height, from the image's own header.
    pub size: Option<(u32, u32)>,
    /// What the bytes are, such as `png` or `avif`; `None` where no image.
    pub kind: Option<String>,
    pub body: Vec<u8>,
}

impl ImageFetch {
    /// Of a link that nothing is known of yet.
    pub(super) fn new(link: String) -> Self {
        let (location, retry_after, content_type) = (None, None, None);
        let (outcome, size, kind, body) = (Outcome::TimedOut, None, None, Vec::new());
        let (redirected, challenged) = (false, false);
        Self {
            link,
            outcome,
            location,
            redirected,
            challenged,
            retry_after,
            content_type,
            size,
            kind,
            body,
        }
    }
}

/// Kind and size, from the header of an image.
pub(super) fn measured(bytes: &[u8]) -> (Option<String>, Option<(u32, u32)>) {
    let (kind, size) = image_header(bytes);
    (kind.map(str::to_owned), size)
}

/// The declared type and the bytes of a `data:` link; `None` where it is another link.
pub(super) fn embedded(link: &str, most: usize) -> Option<Outcome<(String, Vec<u8>)>> {
    let start = link.get(..5)?;
    if !start.eq_ignore_ascii_case("data:") {
        return None;
    }
    let rest = &link[5..];
    let refused = |why: &str| Some(Outcome::Refused(why.to_owned()));
    let Some((kind, text)) = rest.split_once(',') else {
        return refused("the data link has no comma");
    };
    let Some(kind) = kind.strip_suffix(";base64") else {
        return refused("it is not base64");
    };
    if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) {
        return refused("it holds a `data:` link in place of base64 alone");
    }
    // Lines of 76 characters are what mail has made of base64.
    let lines: Vec<&str> = text.split_ascii_whitespace().collect();
    let text = lines.concat();
    if text.len() / 4 * 3 > most.saturating_add(3) {
        return Some(Outcome::TooLarge);
    }
    match STANDARD.decode(&text) {
        Ok(bytes) if bytes.len() > most => Some(Outcome::TooLarge),
        Ok(bytes) => Some(Outcome::Answered((kind.to_owned(), bytes))),
        Err(_) if text.contains(['-', '_']) => refused("it is base64 as addresses have it"),
        Err(_) => refused("it is not base64"),
    }
}
