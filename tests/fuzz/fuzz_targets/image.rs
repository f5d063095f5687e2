//! Images, by their header and read to their end: nothing panics, hangs or grows. A PNG is read as it
//! is, and with its check sums set right, without which no change gets beyond the first of them.

#![no_main]

use cogdex::probe::{image_fault, image_header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    look(data);
    if data.starts_with(b"\x89PNG\r\n\x1a\n") {
        look(&with_sums(data));
    }
});

/// Reads an image in both ways, which have to agree.
fn look(bytes: &[u8]) {
    let (kind, size) = image_header(bytes);
    if image_fault(bytes).is_none() {
        assert!(kind.is_some() && size.is_some(), "a whole image is of a kind and has a size");
    }
}

/// A PNG whose chunks have the check sums that they should have.
fn with_sums(png: &[u8]) -> Vec<u8> {
    let (mut png, mut at) = (png.to_vec(), 8);
    while let Some(length) = png.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let Some(named) = png.get(at + 4..at + 8 + length) else { break };
        let sum = crc32fast::hash(named).to_be_bytes();
        let Some(place) = png.get_mut(at + 8 + length..at + 12 + length) else { break };
        place.copy_from_slice(&sum);
        at += 12 + length;
    }
    png
}
