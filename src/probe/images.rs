//! The images of an answer with their bytes, for somebody who wants to see them.

use super::image_header::ImageFetch;
use super::image_search::is_image;

/// An image that can be shown.
#[derive(Debug, Clone)]
pub struct FetchedImage {
    /// Such as `png`, from the image's own header.
    pub kind: String,
    /// Width and height, where the header tells.
    pub size: Option<(u32, u32)>,
    pub bytes: Vec<u8>,
}

impl FetchedImage {
    /// The image that was fetched, if it is one.
    pub(super) fn new(fetched: &ImageFetch) -> Option<Self> {
        let kind = fetched.kind.clone().filter(|_| is_image(fetched))?;
        Some(Self { kind, size: fetched.size, bytes: fetched.body.clone() })
    }
}
