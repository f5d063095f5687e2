//! Questions that facts alone answer: each is a template that is given some facts, and has no
//! answer where it prints none.

use askama::Template;

use crate::catalog::Field;
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::FactText;

/// Makes the function of each question from its template and the facts that the template is given.
macro_rules! fact_questions {
    ($($name:ident $path:literal { $($fact:ident: $field:ident $(. $key:literal)?),* $(,)? })*) => {$(
        pub(super) fn $name(
            faq: &FaqContext<'_, '_>,
            basis: &mut AnswerBasis,
        ) -> askama::Result<String> {
            #[derive(Template)]
            #[template(path = $path, escape = "none")]
            struct Text<'a> {
                names: &'a FaqNames,
                $($fact: Option<FactText>,)*
            }
            let text = Text {
                names: &faq.names,
                $($fact: faq.fact(basis, Field::$field, None $(.or(Some($key)))?),)*
            };
            text.render()
        }
    )*};
}

fact_questions! {
    what "faq/what.txt" { input: Input, output: Output, upstream: Upstream, active: Active }
    sizes "faq/sizes.txt" {
        sizes: Sizes, default: DefaultSize, recommended: RecommendedSizes, spelling: SizeSpelling,
    }
    qualities "faq/qualities.txt" {
        qualities: Qualities, latency: Latency, default: DefaultQuality, models: QualityModels,
    }
    images "faq/images.txt" { images: ImagesPerAnswer }
    uses "faq/uses.txt" { uses: UseCases }
    own_key "faq/own_key.txt" {
        byok: Capabilities."byok", whose: ByokKey, waives: ByokWaivesFee,
    }
    links "faq/links.txt" { lifetime: LinkLifetime }
    languages "faq/languages.txt" { languages: Languages }
    prompt "faq/prompt.txt" { limit: PromptLimit }
    licence "faq/licence.txt" { licence: Licence, commercial: Capabilities."commercial-use" }
}
