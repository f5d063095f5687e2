//! What is drawn: sizes, qualities and their times, how many images, and how long links live.

use askama::Template;

use crate::catalog::Field;
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::FactText;

#[derive(Template)]
#[template(path = "faq/sizes.txt", escape = "none")]
struct SizesText<'a> {
    names: &'a FaqNames,
    sizes: Option<FactText>,
    default: Option<FactText>,
    recommended: Option<FactText>,
    spelling: Option<FactText>,
}

/// Which sizes does it draw?
pub(super) fn sizes(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let sizes = faq.text(basis, Field::Sizes);
    let default = faq.text(basis, Field::DefaultSize);
    let recommended = faq.text(basis, Field::RecommendedSizes);
    sizes.as_ref().or(default.as_ref()).or(recommended.as_ref())?;
    let spelling = faq.text(basis, Field::SizeSpelling);
    SizesText { names: &faq.names, sizes, default, recommended, spelling }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/qualities.txt", escape = "none")]
struct QualitiesText<'a> {
    names: &'a FaqNames,
    qualities: Option<FactText>,
    default: Option<FactText>,
    models: Option<FactText>,
    latency: Option<FactText>,
}

/// Which qualities are there, and how long do they take?
pub(super) fn qualities(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let qualities = faq.text(basis, Field::Qualities);
    let latency = faq.text(basis, Field::Latency);
    qualities.as_ref().or(latency.as_ref())?;
    let default = faq.text(basis, Field::DefaultQuality);
    let models = faq.text(basis, Field::QualityModels);
    QualitiesText { names: &faq.names, qualities, default, models, latency }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/images.txt", escape = "none")]
struct ImagesText<'a> {
    names: &'a FaqNames,
    images: FactText,
}

/// How many images does one call draw?
pub(super) fn images(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let images = faq.text(basis, Field::ImagesPerAnswer)?;
    ImagesText { names: &faq.names, images }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/links.txt", escape = "none")]
struct LinksText<'a> {
    names: &'a FaqNames,
    lifetime: FactText,
}

/// How long does a link to an image live?
pub(super) fn links(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let lifetime = faq.text(basis, Field::LinkLifetime)?;
    LinksText { names: &faq.names, lifetime }.render().ok()
}
