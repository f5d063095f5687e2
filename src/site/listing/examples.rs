//! Example prompts of our own for the uses that sources name; never the seller's.

use crate::catalog::{Fact, Field};
use crate::site::listing::context::ListingContext;

/// A use with a prompt for it.
#[derive(Debug)]
pub(crate) struct ExamplePrompt {
    pub(crate) use_case: String,
    pub(crate) prompt: &'static str,
}

/// The most examples of a page.
const MAX_EXAMPLES: usize = 6;

/// Words of a use, and a prompt for it.
const PROMPTS: &[(&[&str], &str)] = &[
    (
        &["food", "beverage", "restaurant"],
        "A bowl of tomato soup on a slate table, steam rising, basil on top, soft window light from the left",
    ),
    (
        &["commerce", "product", "mockup"],
        "A plain white ceramic mug on a pale grey background, studio light, sharp focus, room for a logo",
    ),
    (
        &["game"],
        "A wooden treasure chest with iron bands for a fantasy game, three-quarter view, flat background",
    ),
    (
        &["education", "illustration", "school"],
        "The water cycle as a friendly labelled drawing: sea, cloud, rain, river, in four muted colours",
    ),
    (
        &["tourism", "cultural", "travel"],
        "A stone bridge in an old river town at dawn, lanterns reflected in the water, the title \"Morning\" above",
    ),
    (
        &["concept"],
        "A lighthouse built into a cliff, wind turbines behind it, overcast sea, loose gouache concept sketch",
    ),
    (
        &["marketing", "visual", "advert", "poster", "promotion"],
        "A poster for a spring book fair: an open book growing into a tree, the words \"Book Fair\" in large type",
    ),
    (
        &["high-volume", "batch", "app"],
        "An avatar of a smiling fox in simple shapes, one colour behind it, readable at 64 pixels",
    ),
];

/// For listings whose sources name no use.
const GENERAL: &str =
    "A lighthouse at dusk, calm sea, warm light in the lantern room, seen from the water";

pub(crate) fn examples(context: &ListingContext<'_, '_>) -> Vec<ExamplePrompt> {
    let views = context.fact(Field::UseCases).into_iter().flat_map(Fact::counting);
    let uses = views.filter_map(|view| view.value.try_as_texts_ref()).flat_map(|uses| &uses.0);
    let mut examples: Vec<ExamplePrompt> = Vec::new();
    for use_case in uses {
        let Some(prompt) = prompt(use_case) else { continue };
        if examples.len() < MAX_EXAMPLES && examples.iter().all(|known| known.prompt != prompt) {
            examples.push(ExamplePrompt { use_case: use_case.clone(), prompt });
        }
    }
    if examples.is_empty() {
        examples.push(ExamplePrompt { use_case: "Anything".to_owned(), prompt: GENERAL });
    }
    examples
}

fn prompt(use_case: &str) -> Option<&'static str> {
    let plain = use_case.to_lowercase();
    let fits = |(words, _): &&(&[&str], &str)| words.iter().any(|word| plain.contains(word));
    PROMPTS.iter().find(fits).map(|(_, prompt)| *prompt)
}
