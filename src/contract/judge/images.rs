//! Images held against what was asked for: how many, how large, whether they open.

use super::tasks::no_picture;
use super::{Assessment, Judge, Verdict};
use crate::catalog::Size;
use crate::contract::{Contract, Exchange, ImageEvidence, TaskEvidence};

fn sizes(exchange: &Exchange) -> Vec<String> {
    let size = |image: &ImageEvidence| image.size.map(|(w, h)| format!("{w}x{h}"));
    exchange.images.iter().filter_map(size).collect()
}

/// Whether all images have this size, and there is one.
pub(in crate::contract) fn has_size(size: Size, exchange: &Exchange) -> bool {
    let is_done = exchange.task.as_ref().is_none_or(TaskEvidence::is_done);
    is_done && measured(&[size], exchange).outcome == Verdict::Holds
}

pub(super) fn drawn(contract: &Contract<'_>, wanted: &[Size], exchange: &Exchange) -> Assessment {
    no_picture(contract, exchange).unwrap_or_else(|| measured(wanted, exchange))
}

fn measured(wanted: &[Size], exchange: &Exchange) -> Assessment {
    let seen = sizes(exchange);
    if seen.is_empty() {
        return Assessment::unclear("there is no image to measure", "");
    }
    let has = |size: &Size| seen.iter().all(|seen| *seen == size.to_string());
    if wanted.iter().any(has) {
        return Assessment::holds(seen.join(", "));
    }
    let wanted: Vec<_> = wanted.iter().map(Size::to_string).collect();
    Assessment::broken(format!("the image is not {}", wanted.join(" or ")), seen.join(", "))
}

pub(super) fn pictures(contract: &Contract<'_>, exchange: &Exchange) -> Assessment {
    if let Some(verdict) = no_picture(contract, exchange) {
        return verdict;
    }
    if exchange.images.is_empty() {
        return Assessment::broken("there is no image in the answer", "");
    }
    for image in &exchange.images {
        let link = image.link.as_deref().unwrap_or("in the answer");
        if let Some(trouble) = &image.trouble {
            return match image.status {
                // It may be there another time.
                Some(429 | 500..) => Assessment::unclear(trouble.clone(), link),
                None if !image.unfit => Assessment::unclear(trouble.clone(), link),
                _ => Assessment::broken(trouble.clone(), link),
            };
        }
        // An image in the answer itself is declared as nothing.
        let Some(declared) = &image.content_type else { continue };
        // The names of types know no case, and `image/jpg` is what many servers call a JPEG.
        let declared = declared.to_ascii_lowercase().replace("image/jpg", "image/jpeg");
        let agrees = image.kind.as_deref().is_none_or(|kind| declared.contains(kind));
        if !declared.starts_with("image/") || !agrees {
            return Assessment::broken(format!("it is declared as {declared}"), link);
        }
    }
    Assessment::holds(sizes(exchange).join(", "))
}

pub(super) fn count(
    contract: &Contract<'_>,
    (low, high): (u64, u64),
    exchange: &Exchange,
) -> Assessment {
    if let Some(verdict) = no_picture(contract, exchange) {
        return verdict;
    }
    let seen = exchange.images.len() as u64;
    if (low..=high).contains(&seen) {
        return Assessment::holds(seen.to_string());
    }
    Assessment::broken(format!("there are {seen} images, not {high}"), seen.to_string())
}

/// How an image came, in the word of the catalog; nothing where none came.
pub(in crate::contract) fn mode_of(exchange: &Exchange) -> Option<&'static str> {
    match (&exchange.task, exchange.images.is_empty()) {
        (Some(_), _) => Some("async"),
        (None, false) => Some("sync"),
        (None, true) => None,
    }
}

pub(super) fn delivery(modes: &[String], exchange: &Exchange) -> Assessment {
    let Some(seen) = mode_of(exchange) else {
        return Assessment::broken("neither a task nor an image in the answer", "");
    };
    if modes.iter().any(|mode| mode.split(' ').any(|word| word == seen)) {
        return Assessment::holds(seen);
    }
    Assessment::broken(format!("promised is {}", modes.join(" or ")), seen)
}

/// All sizes together: every one drawn as asked is one side; every one but the default refused or
/// ignored is the other; a mixture is neither.
pub(super) fn all_sizes(
    judge: &Judge<'_, '_>,
    wanted: &[(usize, Size)],
    default: Size,
) -> Assessment {
    let (mut as_asked, mut not) = (Vec::new(), Vec::new());
    for (ask, size) in wanted.iter().filter(|(_, size)| *size != default) {
        let exchange = match judge.taken(*ask, &[]) {
            Ok(Some(exchange)) => exchange,
            Ok(None) => {
                not.push(format!("{size} refused"));
                continue;
            }
            Err(verdict) => return verdict,
        };
        let ignored = sizes(exchange).iter().all(|seen| *seen == default.to_string());
        match drawn(judge.contract, &[*size], exchange).outcome {
            Verdict::Holds => as_asked.push(size.to_string()),
            Verdict::Broken if ignored => not.push(format!("{size} drawn as {default}")),
            Verdict::Broken => {
                let why = format!("the image is neither {size} nor {default}");
                return Assessment::broken(why, sizes(exchange).join(", "));
            }
            Verdict::Looser | Verdict::Inconclusive | Verdict::Skipped => {
                return Assessment::unclear("an image could not be measured", size.to_string());
            }
        }
    }
    match (as_asked.is_empty(), not.is_empty()) {
        (false, true) => Assessment::holds("all sizes are drawn as asked"),
        (true, false) => Assessment::holds(format!("only {default} is drawn: {}", not.join(", "))),
        (true, true) => Assessment::skipped("there is no size but the default"),
        (false, false) => {
            Assessment::broken("some sizes are drawn and some are not", not.join(", "))
        }
    }
}

/// Whether an image stands in the answer itself.
pub(super) fn in_answer(exchange: &Exchange) -> Assessment {
    if exchange.images.iter().any(|image| image.link.is_none()) {
        Assessment::holds("an image in the answer")
    } else {
        Assessment::broken("the answer holds no image", "")
    }
}
