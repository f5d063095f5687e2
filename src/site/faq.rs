//! Questions that people ask of a listing, answered from facts; what is unknown is not answered.
//!
//! Each question is one template: its first paragraph is the question, the others the answer.

use askama::Template;
use serde_json::json;

use crate::site::listing::context::ListingContext;
use crate::site::page_meta::EmbeddedJson;

mod about;
mod calling;
mod context;
mod cost;
mod fact_text;
mod facts;
mod failing;
mod general;

use crate::site::faq::context::{AnswerBasis, FaqContext};

pub(crate) use crate::site::faq::general::general;

/// A link to where an answer can be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaqEvidence {
    pub label: String,
    pub href: String,
}

/// One question with its answer.
#[derive(Debug, Clone)]
pub struct FaqAnswer {
    /// An id within the page: `faq-cost`.
    pub anchor: String,
    pub question: String,
    /// Plain text, a paragraph each; the writer of the page escapes it.
    pub paragraphs: Vec<String>,
    pub evidence: Vec<FaqEvidence>,
    pub stale: String,
}

/// What makes the text of one question; the question alone where the facts leave it open.
type AnswerFn = fn(&FaqContext<'_, '_>, &mut AnswerBasis) -> askama::Result<String>;

/// Every question, in the order of a page.
const QUESTIONS: &[(&str, AnswerFn)] = &[
    ("faq-what", facts::what),
    ("faq-cost", cost::cost),
    ("faq-differ", cost::differ),
    ("faq-call", calling::call),
    ("faq-sizes", facts::sizes),
    ("faq-qualities", facts::qualities),
    ("faq-images", facts::images),
    ("faq-uses", facts::uses),
    ("faq-capabilities", calling::capabilities),
    ("faq-own-key", facts::own_key),
    ("faq-mode", calling::mode),
    ("faq-errors", failing::errors),
    ("faq-failure", failing::charged),
    ("faq-links", facts::links),
    ("faq-languages", facts::languages),
    ("faq-prompt", facts::prompt),
    ("faq-licence", facts::licence),
    ("faq-fresh", about::fresh),
];

/// Every question about a listing that its facts can answer.
pub(crate) fn answers(known: &ListingContext<'_, '_>) -> Vec<FaqAnswer> {
    let faq = FaqContext::new(known);
    let answer = |(anchor, question): &(&str, AnswerFn)| {
        let mut basis = AnswerBasis::default();
        let text = question(&faq, &mut basis).ok()?;
        let stale = basis.stale.map(|day| day.to_string()).unwrap_or_default();
        answer_from(anchor, &text, basis.evidence, stale)
    };
    QUESTIONS.iter().filter_map(answer).collect()
}

/// The answers as data for readers that are programs.
pub(crate) fn structured(answers: &[FaqAnswer]) -> EmbeddedJson {
    let question = |answer: &FaqAnswer| {
        json!({
            "@type": "Question",
            "name": answer.question,
            "acceptedAnswer": { "@type": "Answer", "text": answer.paragraphs.join("\n\n") },
        })
    };
    EmbeddedJson::new(&json!({
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": answers.iter().map(question).collect::<Vec<_>>(),
    }))
}

#[derive(Template)]
#[template(path = "faq/stale.txt", escape = "none")]
struct StaleText<'s> {
    day: &'s str,
}

/// An answer from the text of its template; `None` where only the question is left.
fn answer_from(
    anchor: &str,
    text: &str,
    evidence: Vec<FaqEvidence>,
    stale: String,
) -> Option<FaqAnswer> {
    let mut paragraphs =
        text.split("\n\n").map(fact_text::one_line).filter(|text| !text.is_empty());
    let question = paragraphs.next()?;
    let mut paragraphs: Vec<_> = paragraphs.collect();
    if paragraphs.is_empty() {
        return None;
    }
    if !stale.is_empty() {
        paragraphs
            .extend(StaleText { day: &stale }.render().ok().map(|text| fact_text::one_line(&text)));
    }
    Some(FaqAnswer { anchor: anchor.to_owned(), question, paragraphs, evidence, stale })
}
