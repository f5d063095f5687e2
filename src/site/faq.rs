//! Questions that people ask of a listing, answered from facts; what is unknown is not answered.
//!
//! Each question is one template: its first paragraph is the question, the others the answer.

use askama::Template;
use serde::Serialize;

use super::Site;
use super::head::Json;
use super::known::Known;

mod about;
mod asked;
mod calling;
mod cost;
mod drawing;
mod failing;
mod general;
mod told;

use asked::{Asked, Basis};

pub(crate) use general::general;

/// A link to where an answer can be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it leads to.
    pub label: String,
    /// Where: within the site.
    pub href: String,
}

/// One question with its answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// An id within the page: `faq-cost`.
    pub anchor: String,
    /// The question.
    pub question: String,
    /// Plain text, a paragraph each; the writer of the page escapes it.
    pub paragraphs: Vec<String>,
    /// Where the answer can be checked.
    pub evidence: Vec<Evidence>,
    /// The day of a stale fact, where the answer rests on one; else nothing.
    pub stale: String,
}

/// What makes the text of one question; `None` where the facts leave it open.
type Asking = fn(&Asked<'_, '_>, &mut Basis) -> Option<String>;

/// Every question, in the order of a page.
const QUESTIONS: &[(&str, Asking)] = &[
    ("faq-what", about::what),
    ("faq-cost", cost::cost),
    ("faq-differ", cost::differ),
    ("faq-call", calling::call),
    ("faq-sizes", drawing::sizes),
    ("faq-qualities", drawing::qualities),
    ("faq-images", drawing::images),
    ("faq-uses", about::uses),
    ("faq-capabilities", calling::capabilities),
    ("faq-own-key", cost::own_key),
    ("faq-mode", calling::mode),
    ("faq-errors", failing::errors),
    ("faq-failure", failing::charged),
    ("faq-links", drawing::links),
    ("faq-languages", about::languages),
    ("faq-prompt", calling::prompt),
    ("faq-licence", about::licence),
    ("faq-fresh", about::fresh),
];

/// Every question about a listing that its facts can answer.
pub(crate) fn answers(known: &Known<'_, '_>) -> Vec<Answer> {
    let asked = Asked::of(known);
    let answer = |(anchor, question): &(&str, Asking)| {
        let mut basis = Basis::default();
        let text = question(&asked, &mut basis)?;
        let stale = basis.stale.map(|day| day.to_string()).unwrap_or_default();
        written(anchor, &text, basis.evidence, stale)
    };
    QUESTIONS.iter().filter_map(answer).collect()
}

/// The answers as data for readers that are programs.
pub(crate) fn structured<'a>(answers: &'a [Answer]) -> Json {
    let question = |answer: &'a Answer| Question {
        kind: "Question",
        name: &answer.question,
        accepted: Text { kind: "Answer", text: answer.paragraphs.join("\n\n") },
    };
    Json::of(&Faq {
        context: "https://schema.org",
        kind: "FAQPage",
        questions: answers.iter().map(question).collect(),
    })
}

#[derive(Serialize)]
struct Faq<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "mainEntity")]
    questions: Vec<Question<'a>>,
}

#[derive(Serialize)]
struct Question<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    #[serde(rename = "acceptedAnswer")]
    accepted: Text,
}

#[derive(Serialize)]
struct Text {
    #[serde(rename = "@type")]
    kind: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "faq/stale.txt", escape = "none")]
struct Stale<'s> {
    day: &'s str,
}

/// An answer from the text of its template; `None` where only the question is left.
fn written(anchor: &str, text: &str, evidence: Vec<Evidence>, stale: String) -> Option<Answer> {
    let mut paragraphs = text.split("\n\n").map(told::one_line).filter(|text| !text.is_empty());
    let question = paragraphs.next()?;
    let mut paragraphs: Vec<_> = paragraphs.collect();
    if paragraphs.is_empty() {
        return None;
    }
    if !stale.is_empty() {
        paragraphs.extend(Stale { day: &stale }.render().ok().map(|text| told::one_line(&text)));
    }
    Some(Answer { anchor: anchor.to_owned(), question, paragraphs, evidence, stale })
}
