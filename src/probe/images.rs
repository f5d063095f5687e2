//! The images of one answer, with their bytes, for somebody who wants to see them.

use std::time::Duration;

use super::client::{Client, PICTURE_BYTES};
use super::image_links::{ImageRef, image_refs};
use super::outcome::Outcome;
use crate::catalog::CallName;
use crate::contract::{Contract, Exchange};

/// More than these are not looked at.
const MAX_SHOWN: usize = 4;

/// An image that can be shown.
#[derive(Debug, Clone)]
pub struct FetchedImage {
    /// `png`, `jpeg`, `gif`, `webp` or `bmp`, from the image's own header.
    pub kind: String,
    /// Width and height, where the header tells.
    pub size: Option<(u32, u32)>,
    pub bytes: Vec<u8>,
}

/// Fetches the images of an answer, without any key; what is no image is left out.
pub async fn fetch_images(
    client: &Client,
    contract: &Contract<'_>,
    exchange: &Exchange,
    timeout: Duration,
) -> Vec<FetchedImage> {
    let done = exchange.task.as_ref().filter(|task| task.is_done());
    let (call, body) = match done {
        Some(task) => match (&task.result, task.polls.last()) {
            (Some(result), _) => (CallName::Result, result),
            (None, Some(last)) => (CallName::Poll, last),
            (None, None) => return Vec::new(),
        },
        None => (CallName::Create, &exchange.body),
    };
    let mut shown = Vec::new();
    for found in image_refs(contract, call, body).into_iter().take(MAX_SHOWN) {
        let link = match found {
            ImageRef::Link { link, .. } => link,
            ImageRef::Inline { base64 } => format!("data:image/png;base64,{base64}"),
        };
        let image = client.image(&link, PICTURE_BYTES, timeout).await;
        // An image in a `data:` link has no status.
        let is_there = matches!(image.outcome, Outcome::Answered(None | Some(200)));
        if let Some(kind) = image.kind.filter(|_| is_there) {
            shown.push(FetchedImage { kind, size: image.size, bytes: image.body });
        }
    }
    shown
}
