//! The names of the map's costs for an image under a condition, such as
//! `output_cost_per_image_above_512_and_512_pixels`, as rows of a table.

use crate::catalog::{Conditions, DeliveryMode, Size};

/// How the name of every such cost begins.
const IMAGE: &str = "output_cost_per_image";

/// The quality that the map calls `premium_image`.
const PREMIUM: &str = "premium";

/// The pixels of `1K`.
const ONE_K: u64 = 1024 * 1024;

/// When a cost for an image holds, as its name says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImageCostKey {
    /// For images of more pixels than these, of a quality or of any.
    Above {
        pixels: u64,
        quality: Option<String>,
    },
    /// For images of at most so many pixels, and of more than the next smaller class has.
    Class {
        pixels: u64,
    },
    Quality(String),
    Size(Size),
    Batch,
}

/// Reads the name of a cost; none where it is no cost for an image under a condition. The error
/// says that the condition is one that no catalog can say.
pub(super) fn read(name: &str) -> Result<Option<ImageCostKey>, String> {
    let Some(rest) = name.strip_prefix(IMAGE).filter(|rest| !rest.is_empty()) else {
        return Ok(None);
    };
    // Prices for tokens are read elsewhere.
    if rest == "_token" || rest.starts_with("_token_") {
        return Ok(None);
    }
    let key = rest.strip_prefix('_').and_then(condition);
    let why = || format!("`{name}` holds under a condition that no row of a catalog has");
    key.map(Some).ok_or_else(why)
}

fn condition(text: &str) -> Option<ImageCostKey> {
    match text {
        "batches" => return Some(ImageCostKey::Batch),
        "premium_image" => return Some(ImageCostKey::Quality(PREMIUM.to_owned())),
        _ => {}
    }
    if let Some(rest) = text.strip_prefix("above_") {
        let (sides, rest) = rest.split_once("_pixels")?;
        let quality = match rest {
            "" => None,
            "_and_premium_image" | "_premium" => Some(PREMIUM.to_owned()),
            _ => return None,
        };
        let pixels = sides.replace("_and_", "x").parse::<Size>().ok()?.pixels();
        return Some(ImageCostKey::Above { pixels, quality });
    }
    if let Some(word) = text.strip_suffix("_quality") {
        let plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return plain.then(|| ImageCostKey::Quality(word.to_owned()));
    }
    let pixels = match text.strip_suffix(['K', 'k']) {
        Some("0.5") => Some(ONE_K / 4),
        Some("1") => Some(ONE_K),
        Some("2") => Some(4 * ONE_K),
        Some("4") => Some(16 * ONE_K),
        Some(_) | None => None,
    };
    let class = pixels.map(|pixels| ImageCostKey::Class { pixels });
    class.or_else(|| text.replace("-x-", "x").parse().ok().map(ImageCostKey::Size))
}

/// One cost for an image: its condition, the cost and its name. The plain price has no condition.
pub(super) type NamedImageCost = (Option<ImageCostKey>, String, String);

/// The conditions of each of some costs for an image, in their order, so that each image has the cost
/// that the map names for it.
pub(super) fn conditions(costs: &[NamedImageCost]) -> Result<Vec<Vec<Conditions>>, String> {
    let classes = costs.iter().filter_map(|(key, ..)| match key {
        Some(ImageCostKey::Class { pixels }) => Some(*pixels),
        Some(
            ImageCostKey::Above { .. }
            | ImageCostKey::Quality(_)
            | ImageCostKey::Size(_)
            | ImageCostKey::Batch,
        )
        | None => None,
    });
    let classes: Vec<u64> = classes.collect();
    if !classes.is_empty() && costs.iter().any(|(key, ..)| threshold(key.as_ref()).is_some()) {
        return Err("it has prices above a size and for classes of sizes, and does not say which \
                    of them count"
            .to_owned());
    }
    let rows = costs.iter().map(|(key, _, name)| {
        let key = key.as_ref();
        if let Some(pixels) = threshold(key)
            && !costs.iter().any(|(other, ..)| is_base(other.as_ref(), quality(key)))
        {
            return Err(format!(
                "`{name}` is for larger images, and it has no price for images of at most {pixels} \
                 pixels"
            ));
        }
        let max_pixels = match key {
            Some(ImageCostKey::Class { pixels }) => Some(*pixels),
            None if !classes.is_empty() => below_classes(&classes),
            None | Some(ImageCostKey::Above { .. } | ImageCostKey::Quality(_)) => {
                next_threshold(costs, key)
            }
            Some(ImageCostKey::Size(_) | ImageCostKey::Batch) => None,
        };
        let size = match key {
            Some(ImageCostKey::Size(size)) => Some(*size),
            Some(
                ImageCostKey::Above { .. }
                | ImageCostKey::Class { .. }
                | ImageCostKey::Quality(_)
                | ImageCostKey::Batch,
            )
            | None => None,
        };
        let mode = (key == Some(&ImageCostKey::Batch)).then_some(DeliveryMode::Batch);
        // A row for a quality goes before one for a class of sizes where it has the class, too.
        let classes = splits(costs, key, max_pixels).into_iter().map(Some);
        let row = |max_pixels| {
            let quality = quality(key).map(str::to_owned);
            Conditions { size, max_pixels, quality, mode, ..Conditions::default() }
        };
        Ok(classes.chain([max_pixels]).map(row).collect())
    });
    rows.collect()
}

fn threshold(key: Option<&ImageCostKey>) -> Option<u64> {
    match key {
        Some(ImageCostKey::Above { pixels, .. }) => Some(*pixels),
        Some(
            ImageCostKey::Class { .. }
            | ImageCostKey::Quality(_)
            | ImageCostKey::Size(_)
            | ImageCostKey::Batch,
        )
        | None => None,
    }
}

fn quality(key: Option<&ImageCostKey>) -> Option<&str> {
    match key {
        Some(ImageCostKey::Above { quality, .. }) => quality.as_deref(),
        Some(ImageCostKey::Quality(quality)) => Some(quality),
        Some(ImageCostKey::Class { .. } | ImageCostKey::Size(_) | ImageCostKey::Batch) | None => {
            None
        }
    }
}

/// Whether a cost is the one for the smallest images of a quality.
fn is_base(key: Option<&ImageCostKey>, of: Option<&str>) -> bool {
    match key {
        None => of.is_none(),
        Some(ImageCostKey::Quality(quality)) => of == Some(quality),
        Some(
            ImageCostKey::Above { .. }
            | ImageCostKey::Class { .. }
            | ImageCostKey::Size(_)
            | ImageCostKey::Batch,
        ) => false,
    }
}

/// How many pixels the plain price is for beside some classes: `1K`, and what lies between it and the
/// next class that is named. A class has four times as many pixels as the one below.
fn below_classes(classes: &[u64]) -> Option<u64> {
    if classes.contains(&ONE_K) {
        return None;
    }
    classes.iter().filter(|pixels| **pixels > ONE_K).min().map(|pixels| pixels / 4)
}

/// From how many pixels on another cost of the same quality holds; where a quality has none, the
/// first of all images.
fn next_threshold(costs: &[NamedImageCost], key: Option<&ImageCostKey>) -> Option<u64> {
    let of = |wanted: Option<&str>| {
        let thresholds = costs.iter().filter(move |(other, ..)| quality(other.as_ref()) == wanted);
        let mut thresholds: Vec<_> =
            thresholds.filter_map(|(other, ..)| threshold(other.as_ref())).collect();
        thresholds.sort_unstable();
        thresholds
    };
    let own = of(quality(key));
    let thresholds = if own.is_empty() { of(None) } else { own };
    thresholds.into_iter().find(|pixels| *pixels > threshold(key).unwrap_or(0))
}

/// The thresholds of any quality that lie within what one of a quality holds for.
fn splits(costs: &[NamedImageCost], key: Option<&ImageCostKey>, end: Option<u64>) -> Vec<u64> {
    if quality(key).is_none() {
        return Vec::new();
    }
    let all = costs.iter().filter_map(|(other, ..)| threshold(other.as_ref()));
    let start = threshold(key).unwrap_or(0);
    let within = all.filter(|pixels| *pixels > start && end.is_none_or(|end| *pixels < end));
    let mut within: Vec<_> = within.collect();
    within.sort_unstable();
    within.dedup();
    within
}

#[cfg(test)]
mod tests {
    use super::{NamedImageCost, conditions, read};

    /// The conditions of some names as a catalog prints them, the plain price first.
    fn rows(names: &[&str]) -> Result<Vec<String>, String> {
        let cost = |name: &&str| {
            let name = format!("output_cost_per_image{name}");
            let key = read(&name)?;
            Ok((key, "1".to_owned(), name))
        };
        let costs: Vec<NamedImageCost> = names.iter().map(cost).collect::<Result<_, String>>()?;
        Ok(conditions(&costs)?.iter().flatten().map(ToString::to_string).collect())
    }

    #[test]
    fn classes_of_sizes_begin_where_the_ones_below_end() {
        for (names, expected) in [
            (&[""][..], &[""][..]),
            (
                &["", "_above_512_and_512_pixels", "_above_1024x1024_pixels"],
                &[" if at most 262144 pixels", " if at most 1048576 pixels", ""],
            ),
            (
                &[
                    "",
                    "_premium_image",
                    "_above_512_and_1024_pixels",
                    "_above_512_and_1024_pixels_and_premium_image",
                ],
                &[
                    " if at most 524288 pixels",
                    " if at most 524288 pixels and quality premium",
                    "",
                    " if quality premium",
                ],
            ),
            (
                &[
                    "",
                    "_premium_image",
                    "_above_512_and_512_pixels_and_premium_image",
                    "_above_1024_and_1024_pixels",
                ],
                &[
                    " if at most 1048576 pixels",
                    " if at most 262144 pixels and quality premium",
                    " if at most 1048576 pixels and quality premium",
                    " if quality premium",
                    "",
                ],
            ),
            (
                &["", "_2K", "_4K"],
                &[
                    " if at most 1048576 pixels",
                    " if at most 4194304 pixels",
                    " if at most 16777216 pixels",
                ],
            ),
            (
                &["", "_0.5K", "_4K"],
                &[
                    " if at most 4194304 pixels",
                    " if at most 262144 pixels",
                    " if at most 16777216 pixels",
                ],
            ),
            (&["", "_1k"], &["", " if at most 1048576 pixels"]),
            (
                &["", "_high_quality", "_batches", "_512x512"],
                &["", " if quality high", " if mode batch", " if size 512x512"],
            ),
        ] {
            assert_eq!(rows(names).unwrap(), expected, "{names:?}");
        }
    }

    #[test]
    fn what_no_row_can_say_is_told() {
        for names in [
            &["", "_1536"][..],
            &["", "_above_512_pixels"],
            &["", "_for_friends"],
            &["", "_above_512_and_512_pixels_on_sundays"],
            &["_above_512_and_512_pixels"],
            &["", "_above_512_and_512_pixels", "_4K"],
            &["", "_premium_image", "_above_1_and_1_pixels_and_premium_image", "_1k", "_8K"],
        ] {
            assert!(rows(names).is_err(), "{names:?}");
        }
        assert_eq!(read("output_cost_per_image_token"), Ok(None));
        assert_eq!(read("output_cost_per_image_token_batches"), Ok(None));
    }
}
