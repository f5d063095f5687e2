//! The images of one answer, with their bytes, for somebody who wants to see them.

use std::time::Duration;

use super::client::Client;
use super::image_links::image_refs;
use super::image_search::{FoundImages, ImageSearch, is_image};
use crate::catalog::CallName;
use crate::contract::{Contract, Exchange};

/// More than these are not looked at.
const MAX_SHOWN: usize = 4;

/// An image that can be shown.
#[derive(Debug, Clone)]
pub struct FetchedImage {
    /// Such as `png`, from the image's own header.
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
    // What was late has come while the run looked at it, or will not be waited for again.
    let mut search = ImageSearch::new(timeout, Duration::ZERO);
    let FoundImages::Images(found) = search.look(client, image_refs(contract, call, body)).await
    else {
        return Vec::new();
    };
    let shown = found.into_iter().map(|(image, _)| image).filter(is_image).take(MAX_SHOWN);
    let shown = shown.filter_map(|image| {
        Some(FetchedImage { kind: image.kind?, size: image.size, bytes: image.body })
    });
    shown.collect()
}
