//! The images of the last answers, kept for the page that shows them and for nobody else.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;

use crate::probe::FetchedImage;
use crate::server::hex_digest;

/// Older images are forgotten.
const MAX_IMAGES: usize = 8;

/// The most bytes of all of them.
const MAX_BYTES: usize = 64 << 20;

#[derive(Debug)]
struct Picture {
    id: String,
    kind: String,
    bytes: Bytes,
}

/// Images by an id that nobody guesses.
#[derive(Debug, Default)]
pub(super) struct ImageCache(Mutex<(u64, VecDeque<Picture>)>);

impl ImageCache {
    /// Keeps an image and gives its id, which comes from a secret.
    pub(super) fn add(&self, secret: &str, shown: FetchedImage) -> String {
        let mut images = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, pictures) = &mut *images;
        *count += 1;
        let id = hex_digest(format!("{secret} image {count}").as_bytes(), 16);
        pictures.push_back(Picture { id: id.clone(), kind: shown.kind, bytes: shown.bytes.into() });
        let bytes = |all: &VecDeque<Picture>| all.iter().map(|one| one.bytes.len()).sum::<usize>();
        while pictures.len() > MAX_IMAGES || (pictures.len() > 1 && bytes(pictures) > MAX_BYTES) {
            pictures.pop_front();
        }
        id
    }

    /// The kind and the bytes of an image.
    pub(super) fn get(&self, id: &str) -> Option<(String, Bytes)> {
        let images = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = images.1.iter().find(|picture| picture.id == id)?;
        Some((found.kind.clone(), found.bytes.clone()))
    }
}
