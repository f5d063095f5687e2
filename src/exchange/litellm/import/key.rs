//! Keys of the map: `hd/1024-x-1024/dall-e-3` is a quality, a size and a model's code, with the
//! provider before the code, before everything, or not at all.

use crate::catalog::{Conditions, Size};

/// The most characters of a key; the longest of the map has 70.
const MAX_KEY_BYTES: usize = 200;

/// The most characters of a part of a listing's id: it becomes the name of a file.
const MAX_ID_CHARS: usize = 100;

/// The qualities that `LiteLLM` knows; after a size, any other word belongs to the model's code.
const QUALITIES: [&str; 6] = ["low", "medium", "high", "auto", "standard", "hd"];

/// What the key of a row says.
#[derive(Debug)]
pub(super) struct KeyParts {
    /// The model's code, without provider, size and quality.
    pub(super) code: String,
    /// The size, quality and steps for which the row holds; the error is one that no catalog can
    /// say.
    pub(super) when: Result<Conditions, String>,
}

/// Reads a key beside the provider of its row.
pub(super) fn read(key: &str, provider: &str) -> Result<KeyParts, String> {
    for text in [key, provider] {
        if text.len() > MAX_KEY_BYTES {
            return Err(format!("its name has {} bytes of at most {MAX_KEY_BYTES}", text.len()));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("its name has a character that no code has".to_owned());
        }
    }
    let mut parts: Vec<&str> = without(provider, key.split('/').collect());
    let mut when = Ok(Conditions::default());
    if let Some(at) = parts.iter().take(2).position(|part| is_size(part)) {
        let size = size(parts[at]);
        let mut quality = (at == 1).then(|| parts[0].to_owned());
        parts.drain(..=at);
        if parts.len() > 1 && quality.is_none() && QUALITIES.contains(&parts[0]) {
            quality = Some(parts.remove(0).to_owned());
        }
        let has_steps = parts.len() > 1 && is_steps(parts[0]);
        let steps = has_steps.then(|| steps(parts.remove(0))).transpose();
        when = size.and_then(|size| {
            Ok(Conditions { size, quality, steps: steps?, ..Conditions::default() })
        });
        parts = without(provider, parts);
    }
    if parts.iter().any(|part| is_size(part) || is_steps(part)) {
        return Err("a size or steps stand where no key has them".to_owned());
    }
    Ok(KeyParts { code: parts.join("/"), when })
}

/// The parts after the provider's name; `vertex_ai` is that of `vertex_ai-image-models`.
fn without<'k>(provider: &str, mut parts: Vec<&'k str>) -> Vec<&'k str> {
    let names = |part: &str| {
        let rest = provider.strip_prefix(part).filter(|_| !part.is_empty());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if parts.len() > 1 && names(parts[0]) {
        parts.remove(0);
    }
    parts
}

fn is_size(part: &str) -> bool {
    let side = |side: &str| side == "max" || side.bytes().all(|b| b.is_ascii_digit());
    let sides = part.split_once("-x-");
    sides.is_some_and(|(a, b)| !a.is_empty() && !b.is_empty() && side(a) && side(b))
}

/// The size of `1024-x-1024`; `max-x-max` is every size that no other row names.
fn size(part: &str) -> Result<Option<Size>, String> {
    if part == "max-x-max" {
        return Ok(None);
    }
    part.replace("-x-", "x").parse().map(Some)
}

/// The steps of `50-steps`.
fn steps(part: &str) -> Result<u64, String> {
    let count = part.strip_suffix("-steps").and_then(|count| count.parse().ok());
    count.ok_or_else(|| {
        format!(
            "it is the price of every number of steps above the other rows' (`{part}`), and the \
             `steps` of a catalog's row are one number"
        )
    })
}

fn is_steps(part: &str) -> bool {
    let count = part.strip_suffix("-steps");
    count.is_some_and(|count| count == "max" || count.bytes().all(|b| b.is_ascii_digit()))
}

/// A name as a part of an id: lower-case letters, digits, `.`, `_` and `-`.
pub(super) fn part_of_id(name: &str) -> Result<String, String> {
    let plain = |c: char| {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }
    };
    let part: String = name.chars().map(plain).collect();
    let part = part.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if part.is_empty() {
        return Err("its name has neither letter nor digit".to_owned());
    }
    if part.len() > MAX_ID_CHARS {
        return Err(format!("its id would have more than {MAX_ID_CHARS} characters"));
    }
    Ok(part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{part_of_id, read};

    #[test]
    fn size_quality_and_provider_stand_in_any_order_that_is_met() {
        for (key, provider, expected) in [
            ("dall-e-3", "openai", "dall-e-3"),
            ("1024-x-1024/dall-e-2", "openai", "dall-e-2 1024x1024"),
            ("hd/1024-x-1792/dall-e-3", "openai", "dall-e-3 1024x1792 hd"),
            ("1024-x-1024/hd/dall-e-3", "openai", "dall-e-3 1024x1024 hd"),
            ("azure/hd/1024-x-1024/dall-e-3", "azure", "dall-e-3 1024x1024 hd"),
            ("1024-x-1024/azure/dall-e-3", "azure", "dall-e-3 1024x1024"),
            ("2k/512-x-512/fal_ai/a/b", "fal_ai", "a/b 512x512 2k"),
            ("fal_ai/fal-ai/flux/dev", "fal_ai", "fal-ai/flux/dev"),
            ("vertex_ai/imagen", "vertex_ai-image-models", "imagen"),
            ("hd/dall-e-3", "openai", "hd/dall-e-3"),
            ("azure", "azure", "azure"),
            ("max-x-max/50-steps/m", "bedrock", "m 50"),
            ("512-x-512/50-steps/bedrock/m:0", "bedrock", "m:0 512x512 50"),
            ("512-x-512/max-steps/bedrock/m:0", "bedrock", "m:0 none"),
            ("99999-x-1/m", "openai", "m none"),
        ] {
            let place = read(key, provider).unwrap();
            let when = place.when.map_or(" none".to_owned(), |when| {
                let size = when.size.map(|size| format!(" {size}")).unwrap_or_default();
                let quality = when.quality.map(|quality| format!(" {quality}")).unwrap_or_default();
                let steps = when.steps.map(|steps| format!(" {steps}")).unwrap_or_default();
                size + &quality + &steps
            });
            assert_eq!(format!("{}{when}", place.code), expected, "{key}");
        }
        for key in ["a/b/1024-x-1024/m", "m\n", "", "m/50-steps"] {
            let read = read(key, "openai").and_then(|place| part_of_id(&place.code));
            assert!(read.is_err(), "{key:?}");
        }
    }

    #[test]
    fn no_name_leaves_its_folder() {
        for (name, expected) in [
            ("../../etc/passwd", "etc-passwd"),
            ("..", ""),
            ("FLUX.1-Kontext-pro", "flux.1-kontext-pro"),
            ("a\"b\\c", "a-b-c"),
            ("imagegeneration@006", "imagegeneration-006"),
            (".hidden", "hidden"),
        ] {
            assert_eq!(part_of_id(name).unwrap_or_default(), expected);
        }
        assert!(part_of_id(&"x".repeat(101)).is_err());
    }
}
