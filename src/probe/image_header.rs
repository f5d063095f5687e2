//! What an image link leads to: whether it lives, and what its header says. Pixels are not read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imagesize::ImageType;

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
    /// The type that the server declares.
    pub content_type: Option<String>,
    /// Width and height, from the image's own header.
    pub size: Option<(u32, u32)>,
    /// What the bytes are: `png`, `jpeg`, `gif`, `webp` or `bmp`; `None` where no image.
    pub kind: Option<String>,
    pub body: Vec<u8>,
}

impl ImageFetch {
    /// Of a link that nothing is known of yet.
    pub(super) fn new(link: String) -> Self {
        let (location, content_type, size, kind) = (None, None, None, None);
        let (outcome, body) = (Outcome::TimedOut, Vec::new());
        Self { link, outcome, location, content_type, size, kind, body }
    }
}

/// Kind and size, from the header of an image.
pub(super) fn measured(bytes: &[u8]) -> (Option<String>, Option<(u32, u32)>) {
    let kind = match imagesize::image_type(bytes) {
        Ok(ImageType::Png) => "png",
        Ok(ImageType::Jpeg) => "jpeg",
        Ok(ImageType::Gif) => "gif",
        Ok(ImageType::Webp) => "webp",
        Ok(ImageType::Bmp) => "bmp",
        _ => return (None, None),
    };
    let size = imagesize::blob_size(bytes).ok();
    let pixels = |length: usize| u32::try_from(length).ok();
    let size = size.and_then(|size| Some((pixels(size.width)?, pixels(size.height)?)));
    (Some(kind.to_owned()), size)
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
        return refused("the data link is not base64");
    };
    if text.len() / 4 * 3 > most.saturating_add(3) {
        return Some(Outcome::TooLarge);
    }
    match STANDARD.decode(text) {
        Ok(bytes) if bytes.len() > most => Some(Outcome::TooLarge),
        Ok(bytes) => Some(Outcome::Answered((kind.to_owned(), bytes))),
        Err(_) => refused("the data link is not base64"),
    }
}
