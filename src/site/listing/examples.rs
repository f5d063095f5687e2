//! Example prompts of our own for the uses that sources name; never the seller's.

use crate::catalog::{Fact, Field};
use crate::site::listing::context::ListingContext;
use crate::site::view::fact;

/// A use with a prompt for it.
#[derive(Debug)]
pub(crate) struct ExamplePrompt {
    pub(crate) use_case: String,
    pub(crate) prompt: &'static str,
}

/// The most examples of a page.
const MAX_EXAMPLES: usize = 6;

/// What images are for, by the names that sources give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(ascii_case_insensitive)]
enum ExampleSubject {
    #[strum(serialize = "Food and beverage promotion")]
    Food,
    #[strum(serialize = "E-commerce product images", serialize = "Product mockups")]
    Product,
    #[strum(serialize = "Game assets")]
    Game,
    #[strum(serialize = "Educational illustrations")]
    Education,
    #[strum(serialize = "Cultural and tourism promotion")]
    Travel,
    #[strum(serialize = "Concept art")]
    Concept,
    #[strum(serialize = "Marketing assets", serialize = "Batch marketing visuals")]
    Marketing,
    #[strum(serialize = "High-volume generation", serialize = "AI image features in apps")]
    Volume,
}

impl ExampleSubject {
    fn prompt(self) -> &'static str {
        match self {
            Self::Food => {
                "A bowl of tomato soup on a slate table, steam rising, basil on top, soft window light from the left"
            }
            Self::Product => {
                "A plain white ceramic mug on a pale grey background, studio light, sharp focus, room for a logo"
            }
            Self::Game => {
                "A wooden treasure chest with iron bands for a fantasy game, three-quarter view, flat background"
            }
            Self::Education => {
                "The water cycle as a friendly labelled drawing: sea, cloud, rain, river, in four muted colours"
            }
            Self::Travel => {
                "A stone bridge in an old river town at dawn, lanterns reflected in the water, the title \"Morning\" above"
            }
            Self::Concept => {
                "A lighthouse built into a cliff, wind turbines behind it, overcast sea, loose gouache concept sketch"
            }
            Self::Marketing => {
                "A poster for a spring book fair: an open book growing into a tree, the words \"Book Fair\" in large type"
            }
            Self::Volume => {
                "An avatar of a smiling fox in simple shapes, one colour behind it, readable at 64 pixels"
            }
        }
    }
}

/// For listings whose sources name no use.
const GENERAL: &str =
    "A lighthouse at dusk, calm sea, warm light in the lantern room, seen from the water";

pub(crate) fn examples(context: &ListingContext<'_, '_>) -> Vec<ExamplePrompt> {
    let answers = context.fact(Field::UseCases).map(Fact::effective_claims).unwrap_or_default();
    let mut examples: Vec<ExamplePrompt> = Vec::new();
    for use_case in fact::texts(answers) {
        let Ok(subject) = use_case.parse::<ExampleSubject>() else { continue };
        let prompt = subject.prompt();
        if examples.len() < MAX_EXAMPLES && examples.iter().all(|known| known.prompt != prompt) {
            examples.push(ExamplePrompt { use_case: use_case.to_owned(), prompt });
        }
    }
    if examples.is_empty() {
        examples.push(ExamplePrompt { use_case: "Anything".to_owned(), prompt: GENERAL });
    }
    examples
}
