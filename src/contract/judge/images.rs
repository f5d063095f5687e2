//! Images held against what was asked for: how many, how large, whether they open.

use serde_json::Value;

use super::accepted_values::fits;
use super::classify::is_given;
use super::tasks::no_picture;
use super::{Assessment, Judge, Verdict};
use crate::catalog::{AnswerClause, AnswerRole, CallName, Size};
use crate::contract::expectation::DisputeSide;
use crate::contract::{Contract, Exchange, ImageEvidence, TaskEvidence, at, each};

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
    exchange
        .images
        .iter()
        .find_map(|image| fault(contract, image))
        .unwrap_or_else(|| Assessment::holds(sizes(exchange).join(", ")))
}

/// What is wrong with an image, or can't be told of it.
fn fault(contract: &Contract<'_>, image: &ImageEvidence) -> Option<Assessment> {
    let link = image.link.as_deref().unwrap_or("in the answer");
    if let Some(trouble) = &image.trouble {
        let reason = match &image.link {
            Some(_) => trouble.clone(),
            None => format!("`{}`: {trouble}", inline_field(contract)),
        };
        return Some(match image.status {
            _ if image.unread => Assessment::unclear(reason, link),
            // It may be there another time.
            Some(408 | 425 | 429 | 499..) => Assessment::unclear(reason, link),
            None if !image.unfit => Assessment::unclear(reason, link),
            _ => Assessment::broken(reason, link),
        });
    }
    if promises_kind(contract)
        && let Some(why) = misnamed(image)
    {
        return Some(Assessment::broken(why, link));
    }
    // An image in the answer itself is declared as nothing.
    let declared = image.content_type.as_ref().filter(|_| image.link.is_some())?;
    let kind = image.kind.as_deref()?;
    let is_stated = declares(declared, kind) || is_bare_type(declared);
    (!is_stated).then(|| {
        Assessment::broken(format!("a {} is declared as {declared}", kind.to_uppercase()), link)
    })
}

/// Whether a source shows that an answer names the kind of its images.
fn promises_kind(contract: &Contract<'_>) -> bool {
    contract.clauses::<AnswerClause>().any(|answer| answer.role == Some(AnswerRole::ImageType))
}

/// What is said where an answer names another kind than its image is of.
fn misnamed(image: &ImageEvidence) -> Option<String> {
    let (kind, named) = (image.kind.as_deref()?, image.named_kind.as_deref()?);
    (!is_kind(named, kind)).then(|| {
        format!("the answer names {} what is a {}", named.to_uppercase(), kind.to_uppercase())
    })
}

/// Kinds of images, each with the names that types and fields give it.
const KINDS: [(&str, &[&str]); 11] = [
    ("png", &["png", "apng"]),
    ("jpeg", &["jpeg", "jpg", "jpe", "jfif", "pjpeg"]),
    ("webp", &["webp"]),
    ("gif", &["gif"]),
    ("bmp", &["bmp", "ms-bmp"]),
    ("avif", &["avif", "avif-sequence"]),
    ("heic", &["heic", "heic-sequence"]),
    ("heif", &["heif", "heif-sequence"]),
    ("tiff", &["tiff", "tif"]),
    ("jxl", &["jxl"]),
    ("jp2", &["jp2"]),
];

/// The kind that a text such as `image/jpeg`, `JPG` or `.png` names, if it is one of an image.
pub fn stated_kind(text: &str) -> Option<&'static str> {
    let name = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let name = name.strip_prefix("image/").unwrap_or(&name).trim_start_matches('.');
    let name = name.strip_prefix("x-").unwrap_or(name);
    KINDS.into_iter().find(|(_, names)| names.contains(&name)).map(|(kind, _)| kind)
}

/// Whether a name of a kind is one of what an image is: HEIC and AVIF are made of the same boxes, and
/// have one name beside their own.
fn is_kind(named: &str, kind: &str) -> bool {
    named == kind || (named == "heif" && ["heic", "avif"].contains(&kind))
}

/// The name of the field that holds images themselves.
fn inline_field<'c>(contract: &Contract<'c>) -> &'c str {
    let mut answers = contract.clauses::<AnswerClause>();
    let field = answers.find(|answer| answer.role == Some(AnswerRole::ImageBase64));
    let path = field.map_or("base64", |answer| answer.body.path.as_str());
    path.rsplit(['.', ']']).next().unwrap_or(path)
}

/// Whether a declared type is that of a kind; types have several names, and know no case.
fn declares(declared: &str, kind: &str) -> bool {
    let is_of_image = declared.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("image/"));
    is_of_image && stated_kind(declared).is_some_and(|named| is_kind(named, kind))
}

/// Whether a declared type says no more than that there are bytes.
fn is_bare_type(declared: &str) -> bool {
    let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ["application/octet-stream", "binary/octet-stream", "application/binary"]
        .contains(&declared.as_str())
}

/// What is odd about images that open all the same: a bare type, another name than their kind has,
/// a kind that no page promises, a link that redirects, or one image for several.
pub fn odd_images(contract: &Contract<'_>, exchange: &Exchange) -> Vec<String> {
    const USUAL_KINDS: [&str; 3] = ["png", "jpeg", "webp"];
    let mut odd: Vec<String> = Vec::new();
    for image in exchange.images.iter().filter(|image| image.kind.is_some()) {
        let kind = image.kind.as_deref().unwrap_or_default();
        let strange = (!USUAL_KINDS.contains(&kind))
            .then(|| format!("an image is of the kind {kind}, which no source promises"));
        let declared = image.content_type.as_ref().filter(|declared| is_bare_type(declared));
        let bare =
            declared.map(|declared| format!("a {} is declared as {declared}", kind.to_uppercase()));
        let bare = bare.or_else(|| {
            (image.link.is_some() && image.content_type.is_none())
                .then(|| "an image is declared as nothing".to_owned())
        });
        let misnamed = misnamed(image).filter(|_| !promises_kind(contract));
        let redirect = image.redirected.then(|| "an image's link redirects to it".to_owned());
        for text in strange.into_iter().chain(bare).chain(misnamed).chain(redirect) {
            if !odd.contains(&text) {
                odd.push(text);
            }
        }
    }
    let (count, different) = (image_count(contract, exchange), exchange.images.len());
    if (1..count).contains(&different) {
        let copies = count - different;
        odd.push(format!("{count} images came, {copies} of them a copy of another"));
    }
    odd
}

/// How many images came: an item that has one as a link and in base64 holds it once.
fn image_count(contract: &Contract<'_>, exchange: &Exchange) -> usize {
    let (call, body) = match &exchange.task {
        None => (CallName::Create, Some(&exchange.body)),
        Some(task) if task.result.is_some() => (CallName::Result, task.result.as_ref()),
        Some(task) => (CallName::Poll, task.polls.last()),
    };
    let mut items: Vec<&Value> = Vec::new();
    let is_image = |role| matches!(role, Some(AnswerRole::ImageLink | AnswerRole::ImageBase64));
    let answers = contract.clauses::<AnswerClause>();
    for answer in answers.filter(|answer| answer.call == call && is_image(answer.role)) {
        let Some((list, field)) = answer.body.path.rsplit_once("[].") else { continue };
        let lists = body.map(|body| each(body, list)).unwrap_or_default();
        let of_lists = lists.into_iter().flatten().filter_map(Value::as_array).flatten();
        for item in of_lists.filter(|item| at(item, field).is_some_and(is_given)) {
            if !items.iter().any(|known| std::ptr::eq(*known, item)) {
                items.push(item);
            }
        }
    }
    if items.is_empty() { exchange.images.len() } else { items.len() }
}

pub(super) fn count(
    contract: &Contract<'_>,
    (low, high): (u64, u64),
    exchange: &Exchange,
) -> Assessment {
    if let Some(verdict) = no_picture(contract, exchange) {
        return verdict;
    }
    let seen = image_count(contract, exchange) as u64;
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

/// All sizes together, held against each side of a dispute as a whole: a size that a side does not
/// offer is refused, or the default is drawn in its place. Who draws all of them keeps every side's
/// word.
pub(super) fn all_sizes(
    judge: &Judge<'_, '_>,
    default: Size,
    wanted: &[(usize, Size)],
    sides: &[DisputeSide],
) -> Assessment {
    let (mut met, mut not) = (Vec::new(), Vec::new());
    for (ask, size) in wanted {
        let exchange = match judge.taken(*ask, &[]) {
            Ok(Some(exchange)) => exchange,
            Ok(None) => {
                met.push(false);
                not.push(format!("{size} refused"));
                continue;
            }
            Err(verdict) => return verdict,
        };
        let ignored = sizes(exchange).iter().all(|seen| *seen == default.to_string());
        match drawn(judge.contract, &[*size], exchange).outcome {
            Verdict::Holds => met.push(true),
            Verdict::Broken if ignored => {
                met.push(false);
                not.push(format!("{size} drawn as {default}"));
            }
            Verdict::Broken => {
                let why = format!("the image is neither {size} nor {default}");
                return Assessment::broken(why, sizes(exchange).join(", "));
            }
            Verdict::Looser | Verdict::Inconclusive | Verdict::Skipped => {
                return Assessment::unclear("an image could not be measured", size.to_string());
            }
        }
    }
    if met.is_empty() {
        return Assessment::skipped("there is no size but the default");
    }
    if not.is_empty() {
        return Assessment::holds("all sizes are drawn as asked");
    }
    let not = not.join(", ");
    match sides.iter().find(|(_, says)| fits(says, &met)) {
        Some(_) if !met.contains(&true) => {
            Assessment::holds(format!("only {default} is drawn: {not}"))
        }
        Some((side, _)) => Assessment::holds(format!("as one side says ({side}): {not}")),
        None => Assessment::broken("what is drawn fits no side as a whole", not),
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
