//! Images in an answer: where the contract says, else links that could be one, to be tried in turn.

use std::collections::HashMap;

use serde_json::Value;

use super::runner::answer::parsed;
use crate::catalog::{AnswerClause, AnswerRole, CallName};
use crate::contract::{Contract, Exchange, at, stated_kind};

/// More images than any answer holds; the rest is not fetched.
const MAX_IMAGES: usize = 16;

/// So many places in an answer are tried where no source says which one holds the image.
const MAX_PLACES: usize = 6;

/// The longest name of a place that is tried; in a hostile answer each link has a place of its own.
const MAX_PLACE_BYTES: usize = 256;

/// Words of a key, or at the end of a link, that name something else than the image that was asked
/// for: nobody knows what a request for it would do.
const OTHER_WORDS: [&str; 40] = [
    "abort",
    "account",
    "avatar",
    "billing",
    "callback",
    "cancel",
    "console",
    "contact",
    "dashboard",
    "delete",
    "doc",
    "docs",
    "documentation",
    "feedback",
    "help",
    "home",
    "homepage",
    "hook",
    "icon",
    "invite",
    "log",
    "login",
    "logo",
    "logs",
    "metrics",
    "notify",
    "pay",
    "policy",
    "poll",
    "preview",
    "pricing",
    "retry",
    "status",
    "stop",
    "support",
    "terms",
    "thumb",
    "thumbnail",
    "upgrade",
    "webhook",
];

/// Words of a place at which an image is likely.
const IMAGE_WORDS: [&str; 8] =
    ["b64", "base64", "image", "images", "output", "outputs", "picture", "result"];

/// Keys whose value names the kind of an image, in lower case and as one word.
const TYPE_KEYS: [&str; 11] = [
    "contenttype",
    "mimetype",
    "mime",
    "mediatype",
    "outputformat",
    "imageformat",
    "imagetype",
    "fileformat",
    "filetype",
    "extension",
    "format",
];

/// How the base64 of a PNG, a JPEG, a GIF and a WebP begins.
const BASE64_STARTS: [&str; 4] = ["iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR"];

/// An image that an answer names or holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImageRef {
    /// Behind a link.
    Link {
        link: String,
        /// Its place in the body, where no source shows one.
        place: Option<String>,
        /// The kind that the answer names.
        kind: Option<&'static str>,
    },
    Inline {
        base64: String,
        /// Its place in the body, where no source shows one.
        place: Option<String>,
        /// The kind that the answer names.
        kind: Option<&'static str>,
    },
}

impl ImageRef {
    /// What is fetched, or decoded.
    pub(super) fn link(&self) -> String {
        match self {
            Self::Link { link, .. } => link.clone(),
            Self::Inline { base64, .. } => format!("data:image/png;base64,{base64}"),
        }
    }

    /// The kind that the answer names.
    pub(super) fn named_kind(&self) -> Option<&'static str> {
        match self {
            Self::Link { kind, .. } | Self::Inline { kind, .. } => *kind,
        }
    }

    fn is_link(&self) -> bool {
        matches!(self, Self::Link { .. })
    }

    /// The link, or the base64.
    fn text(&self) -> &str {
        match self {
            Self::Link { link: text, .. } | Self::Inline { base64: text, .. } => text,
        }
    }

    fn place(&self) -> Option<&str> {
        match self {
            Self::Link { place, .. } | Self::Inline { place, .. } => place.as_deref(),
        }
    }
}

/// What may be the images of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImageRefs {
    /// They stand where a source says.
    Stated(Vec<ImageRef>),
    /// No source says where; each group is of one place, and the first with an image is it.
    Places(Vec<Vec<ImageRef>>),
}

/// All images that an answer of a call has.
pub(super) fn image_refs(contract: &Contract<'_>, call: CallName, body: &Value) -> ImageRefs {
    let mut found: Vec<ImageRef> = Vec::new();
    for answer in contract.clauses::<AnswerClause>().filter(|answer| answer.call == call) {
        let is_link = answer.role == Some(AnswerRole::ImageLink);
        if !is_link && answer.role != Some(AnswerRole::ImageBase64) {
            continue;
        }
        for (text, holder) in all(body, &answer.path) {
            if found.len() == MAX_IMAGES {
                break;
            }
            // A hostile answer says one thing a hundred thousand times.
            if found.iter().any(|known| known.is_link() == is_link && known.text() == text) {
                continue;
            }
            let (text, place) = (text.to_owned(), None);
            let kind = named_kind(holder).or_else(|| named_kind(body));
            found.push(if is_link {
                ImageRef::Link { link: text, place, kind }
            } else {
                ImageRef::Inline { base64: text, place, kind }
            });
        }
    }
    if found.is_empty() {
        ImageRefs::Places(places(contract, body))
    } else {
        ImageRefs::Stated(found)
    }
}

/// Every text at a path, through all items of its arrays, with what it stands in.
fn all<'v>(value: &'v Value, path: &str) -> Vec<(&'v str, &'v Value)> {
    let Some((array, rest)) = path.split_once("[]") else {
        let holder = path.rsplit_once('.').and_then(|(holder, _)| at(value, holder));
        let text = at(value, path).and_then(Value::as_str);
        return text.map(|text| (text, holder.unwrap_or(value))).into_iter().collect();
    };
    let items = at(value, array).and_then(Value::as_array);
    let rest = rest.trim_start_matches('.');
    let inner = |item: &'v Value| match item.as_str() {
        Some(text) if rest.is_empty() => vec![(text, value)],
        _ if rest.is_empty() => Vec::new(),
        _ => all(item, rest),
    };
    items.into_iter().flatten().flat_map(inner).collect()
}

/// All that could be an image and is not the task's own address, by place; the likely first.
fn places(contract: &Contract<'_>, body: &Value) -> Vec<Vec<ImageRef>> {
    let own = contract
        .clauses::<AnswerClause>()
        .filter(|answer| answer.role == Some(AnswerRole::PollLink))
        .filter_map(|answer| at(body, &answer.path)?.as_str());
    let mut found = PossibleImages { own: own.collect(), ..PossibleImages::default() };
    found.walk(body, "", None);
    let is_likely = |place: &Vec<ImageRef>| {
        place[0]
            .place()
            .is_some_and(|place| words(place).any(|w| IMAGE_WORDS.contains(&w.as_str())))
    };
    let mut places = found.places;
    places.sort_by_cached_key(|place| !is_likely(place));
    places.truncate(MAX_PLACES);
    places
}

/// What may be an image, by place, in the order of the body.
#[derive(Debug, Default)]
struct PossibleImages<'v> {
    /// Links of the task itself, which lead to none.
    own: Vec<&'v str>,
    places: Vec<Vec<ImageRef>>,
    /// Which of the places has a name.
    numbers: HashMap<String, usize>,
}

impl PossibleImages<'_> {
    /// Goes through a value at a place, for which the objects around it name a kind.
    fn walk(&mut self, value: &Value, place: &str, kind: Option<&'static str>) {
        if place.len() > MAX_PLACE_BYTES {
            return;
        }
        match value {
            // Some hand on the answer of another service as they got it.
            Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
                if let Some(inner) = parsed(text.as_bytes()) {
                    self.walk(&inner, place, kind);
                }
            }
            Value::String(text) => self.add(text, place, kind),
            Value::Array(items) => {
                let place = format!("{place}[]");
                for item in items {
                    self.walk(item, &place, kind);
                }
            }
            Value::Object(object) => {
                // `{"rel": "cancel", "href": …}` names its link as a key would.
                let mut named = ["rel", "name", "type"].iter();
                if named.any(|key| object.get(*key).and_then(Value::as_str).is_some_and(is_other)) {
                    return;
                }
                let kind = named_kind(value).or(kind);
                for (key, value) in object.iter().filter(|(key, _)| !is_other(key)) {
                    if place.is_empty() {
                        self.walk(value, key, kind);
                    } else {
                        self.walk(value, &format!("{place}.{key}"), kind);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn add(&mut self, text: &str, place: &str, kind: Option<&'static str>) {
        if self.own.contains(&text) {
            return;
        }
        let Some(image) = image_ref(text, place, kind) else { return };
        let Some(&number) = self.numbers.get(place) else {
            self.numbers.insert(place.to_owned(), self.places.len());
            self.places.push(vec![image]);
            return;
        };
        let place = &mut self.places[number];
        if place.len() < MAX_IMAGES && !place.contains(&image) {
            place.push(image);
        }
    }
}

/// The image that a text names or holds, if it may be one.
fn image_ref(text: &str, place: &str, kind: Option<&'static str>) -> Option<ImageRef> {
    let place = Some(place.to_owned());
    let starts =
        |start: &&str| text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    if ["https://", "http://", "data:image/"].iter().any(starts) {
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let is_page = !starts(&"data:") && is_other(last);
        return (!is_page).then(|| ImageRef::Link { link: text.to_owned(), place, kind });
    }
    let is_base64 = text.len() > 40 && BASE64_STARTS.iter().any(|start| text.starts_with(start));
    is_base64.then(|| ImageRef::Inline { base64: text.to_owned(), place, kind })
}

/// The kind that an object names for the image beside it.
fn named_kind(object: &Value) -> Option<&'static str> {
    let fields = object.as_object()?.iter();
    let named = fields.filter_map(|(key, value)| Some((key, value.as_str()?)));
    named.into_iter().find_map(|(key, value)| {
        let key: String = words(key).collect();
        let is_type = key == "type" && value.contains('/');
        (is_type || TYPE_KEYS.contains(&key.as_str())).then(|| stated_kind(value)).flatten()
    })
}

/// Whether a key, or the end of a link, names something else than an image.
fn is_other(name: &str) -> bool {
    words(name).any(|word| OTHER_WORDS.contains(&word.as_str()))
}

/// The words of a name such as `cancelUrl`, `cancel_url` or `Cancel-URL`, in lower case.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = Vec::new();
    let (mut word, mut before) = (String::new(), ' ');
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            words.push(std::mem::take(&mut word));
        }
        word.extend(c.to_lowercase().filter(|_| c.is_alphanumeric()));
        before = c;
    }
    words.push(word);
    words.into_iter().filter(|word| !word.is_empty())
}

/// Where an image stood that no source shows.
pub(super) fn unstated(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    let done = exchange.task.as_ref().filter(|task| task.is_done());
    let (call, body) = match done {
        Some(task) => match (&task.result, task.polls.last()) {
            (Some(result), _) => (CallName::Result, result),
            (None, last) => (CallName::Poll, last?),
        },
        None => (CallName::Create, &exchange.body),
    };
    let ImageRefs::Places(places) = image_refs(contract, call, body) else { return None };
    // What is kept of a link that is no image has no kind.
    let image = exchange.images.iter().find(|image| image.kind.is_some())?;
    let is_it = |found: &&ImageRef| match (found, &image.link) {
        // A link that is kept may be cut.
        (ImageRef::Link { link, .. }, Some(kept)) => {
            link == kept || link.starts_with(kept.trim_end_matches('…'))
        }
        (ImageRef::Inline { .. }, None) => true,
        (ImageRef::Link { .. }, None) | (ImageRef::Inline { .. }, Some(_)) => false,
    };
    let place = places.iter().flatten().find(is_it)?.place()?;
    Some(format!("the image stood at `{place}`"))
}
