//! Looks at the images of an answer, in turn where no source says which link leads to one, and
//! again within seconds where a link is not served yet: fetching costs nothing.

use std::time::Duration;

use super::client::{Client, PICTURE_BYTES};
use super::image_header::ImageFetch;
use super::image_links::{ImageRef, ImageRefs};
use super::outcome::{Outcome, pause_until};

/// How long the copies of an image may lag behind the answer that names it.
const MAX_LAG: Duration = Duration::from_secs(5);

/// The pause before a link is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// What the search came to.
pub(super) enum FoundImages {
    /// The images, or what came in place of those that a source promises.
    Images(Vec<(ImageFetch, ImageRef)>),
    /// So many places were tried, and at none of them was an image.
    Nowhere(usize),
}

/// A search with its patience, which all answers of a run share.
#[derive(Debug, Clone)]
pub(super) struct ImageSearch {
    timeout: Duration,
    /// How long one image is waited for where its server does not say when it comes.
    lag: Duration,
    /// How long where its server does.
    most: Duration,
    /// Milliseconds since 1970.
    clock: fn() -> i64,
    /// How much is left for images that come late or never.
    left: Duration,
}

impl ImageSearch {
    /// A search whose fetches take at most `timeout` each, and which waits for no image longer than
    /// that or than `most`.
    pub(super) fn new(timeout: Duration, most: Duration, clock: fn() -> i64) -> Self {
        let lag = MAX_LAG.min(most);
        Self { timeout, lag, most: most.min(timeout), clock, left: lag * 2 }
    }

    /// Looks at all images of an answer.
    pub(super) async fn look(&mut self, client: &Client, refs: ImageRefs) -> FoundImages {
        let places = match refs {
            ImageRefs::Stated(images) => {
                let mut seen = Vec::new();
                for image in images {
                    seen.push((self.fetch(client, &image).await, image));
                }
                return FoundImages::Images(seen);
            }
            ImageRefs::Places(places) => places,
        };
        let mut late = Vec::new();
        for place in &places {
            let first = client.image(&place[0].link(), PICTURE_BYTES, self.timeout).await;
            if is_image(&first) {
                return FoundImages::Images(self.all(client, place, first).await);
            }
            late.extend(is_late(&first).then_some(place));
        }
        for place in late {
            let first = self.fetch(client, &place[0]).await;
            if is_image(&first) {
                return FoundImages::Images(self.all(client, place, first).await);
            }
        }
        FoundImages::Nowhere(places.len())
    }

    /// All images of a place, of which the first is known.
    async fn all(
        &mut self,
        client: &Client,
        place: &[ImageRef],
        first: ImageFetch,
    ) -> Vec<(ImageFetch, ImageRef)> {
        let mut seen = vec![(first, place[0].clone())];
        for image in &place[1..] {
            seen.push((self.fetch(client, image).await, image.clone()));
        }
        seen
    }

    /// Fetches an image, and again while it may be on its way.
    async fn fetch(&mut self, client: &Client, image: &ImageRef) -> ImageFetch {
        let link = image.link();
        let mut waited = Duration::ZERO;
        loop {
            let picture = client.image(&link, PICTURE_BYTES, self.timeout).await;
            let pause = self.pause(&picture, waited);
            let Some(pause) = pause.filter(|_| is_late(&picture)) else {
                // What came in the end was worth the wait, and its like will be.
                if !is_image(&picture) {
                    self.left = self.left.saturating_sub(waited);
                }
                return picture;
            };
            tokio::time::sleep(pause).await;
            waited += pause;
        }
    }

    /// The pause before an image is asked for again, after so much of waiting; none where it would
    /// be too long. A server that says when to come back is not asked sooner.
    fn pause(&self, picture: &ImageFetch, waited: Duration) -> Option<Duration> {
        let asked = picture.retry_after.as_ref().and_then(|at| pause_until(at, (self.clock)()));
        let most = if asked.is_some() { self.most } else { self.lag.min(self.left) };
        let left = most.saturating_sub(waited);
        match asked {
            _ if left.is_zero() || self.left.is_zero() => None,
            Some(asked) => Some(asked.max(PAUSE)).filter(|pause| *pause <= left),
            None => Some(PAUSE.min(left)),
        }
    }
}

/// Whether an image came that can be measured.
pub(super) fn is_image(picture: &ImageFetch) -> bool {
    // An image in a `data:` link has no status.
    matches!(picture.outcome, Outcome::Answered(None | Some(200))) && picture.kind.is_some()
}

/// Whether the image may be there in a moment: stores that are asked for what they have not yet
/// got say so in many ways.
fn is_late(picture: &ImageFetch) -> bool {
    !picture.challenged
        && matches!(picture.outcome, Outcome::Answered(Some(403 | 404 | 408 | 425 | 429 | 500..)))
}
