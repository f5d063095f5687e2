//! The bytes of an image, for somebody who wants to see it. Fetched without any key.

use std::time::Duration;

use super::{Client, Outcome, PICTURE_BYTES, embedded};

impl Client {
    /// The bytes behind a link, or in a `data:` link; `None` where they can't be had.
    pub(in crate::probe) async fn download(
        &self,
        link: &str,
        timeout: Duration,
    ) -> Option<Vec<u8>> {
        if let Some(embedded) = embedded(link, PICTURE_BYTES) {
            return match embedded {
                Outcome::Answered((_, bytes)) => Some(bytes),
                _ => None,
            };
        }
        let request = self.image_request(link).ok()?;
        match self.fetch(request, timeout, PICTURE_BYTES).await {
            Outcome::Answered(raw) if raw.status == 200 => Some(raw.body),
            _ => None,
        }
    }
}
