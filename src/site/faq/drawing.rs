//! What is drawn: sizes, qualities and their times, how many images, and how long links live.

use askama::Template;

use super::asked::{Asked, Basis, Names};
use super::told::Told;
use crate::catalog::Field;

#[derive(Template)]
#[template(path = "faq/sizes.txt", escape = "none")]
struct Drawn<'a> {
    names: &'a Names,
    sizes: Option<Told>,
    default: Option<Told>,
    recommended: Option<Told>,
    spelling: Option<Told>,
}

/// Which sizes does it draw?
pub(super) fn sizes(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let sizes = asked.told(basis, Field::Sizes);
    let default = asked.told(basis, Field::DefaultSize);
    let recommended = asked.told(basis, Field::RecommendedSizes);
    sizes.as_ref().or(default.as_ref()).or(recommended.as_ref())?;
    let spelling = asked.told(basis, Field::SizeSpelling);
    Drawn { names: &asked.names, sizes, default, recommended, spelling }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/qualities.txt", escape = "none")]
struct Pace<'a> {
    names: &'a Names,
    qualities: Option<Told>,
    default: Option<Told>,
    models: Option<Told>,
    latency: Option<Told>,
}

/// Which qualities are there, and how long do they take?
pub(super) fn qualities(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let qualities = asked.told(basis, Field::Qualities);
    let latency = asked.told(basis, Field::Latency);
    qualities.as_ref().or(latency.as_ref())?;
    let default = asked.told(basis, Field::DefaultQuality);
    let models = asked.told(basis, Field::QualityModels);
    Pace { names: &asked.names, qualities, default, models, latency }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/images.txt", escape = "none")]
struct Images<'a> {
    names: &'a Names,
    images: Told,
}

/// How many images does one call draw?
pub(super) fn images(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let images = asked.told(basis, Field::ImagesPerAnswer)?;
    Images { names: &asked.names, images }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/links.txt", escape = "none")]
struct Links<'a> {
    names: &'a Names,
    lifetime: Told,
}

/// How long does a link to an image live?
pub(super) fn links(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let lifetime = asked.told(basis, Field::LinkLifetime)?;
    Links { names: &asked.names, lifetime }.render().ok()
}
