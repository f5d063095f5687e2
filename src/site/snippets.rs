//! Code that calls an endpoint, made from its contract, one snippet for each language.

use crate::catalog::{Fact, Field, Listing};
use crate::contract::Contract;
use crate::site::context::SiteContext;

mod accessors;
mod call_plan;
mod literals;
mod package;
mod render;

use crate::site::snippets::call_plan::CallPlan;
use crate::site::snippets::literals::Language;

/// A piece of code to copy.
#[derive(Debug, Clone)]
pub struct Snippet {
    /// An id within the page: `call-python`.
    pub anchor: String,
    /// `Python, with the openai package`.
    pub label: String,
    /// The word of the language for Markdown fences: `python`.
    pub language: &'static str,
    /// The code; its first assignment is `BASE_URL`.
    pub code: String,
}

/// The snippets of a listing; none where no contract is known.
pub(crate) fn snippets<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> Vec<Snippet> {
    let Some(contract) = Contract::new(site.catalog, listing, site.settings.as_of) else {
        return Vec::new();
    };
    let Some(recipe) = CallPlan::from_contract(&contract) else { return Vec::new() };
    let snippet = |word: &str, label: &str, language, code| Snippet {
        anchor: format!("call-{word}"),
        label: label.to_owned(),
        language,
        code,
    };
    let written = |language| render::written(&recipe, language);
    let mut snippets = vec![snippet("curl", "curl", "sh", written(Language::Shell))];
    // Which package its pages use is a fact; how a package is used is ours to know.
    for package in packages(&contract) {
        let label = format!("Python, with {package}");
        if let Some(code) = package::written(&recipe, &package) {
            snippets.push(snippet(&format!("python-{package}"), &label, "python", code));
        }
    }
    snippets.extend([
        snippet("python", "Python", "python", written(Language::Python)),
        snippet("javascript", "JavaScript", "javascript", written(Language::JavaScript)),
        snippet("java", "Java", "java", written(Language::Java)),
        snippet("rust", "Rust", "rust", written(Language::Rust)),
    ]);
    // A template that can't be printed leaves no half of a program behind.
    snippets.retain(|snippet| !snippet.code.is_empty());
    snippets
}

/// The first call alone; none where no contract is known.
pub(crate) fn first_call<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> Option<Snippet> {
    let contract = Contract::new(site.catalog, listing, site.settings.as_of)?;
    let code = render::first_call(&CallPlan::from_contract(&contract)?);
    let (anchor, label) = ("call-first".to_owned(), "Just the call".to_owned());
    Some(Snippet { anchor, label, language: "sh", code })
}

/// The packages that the listing's sources name, each once.
fn packages(contract: &Contract<'_>) -> Vec<String> {
    let fact = contract.fact(Field::Client);
    let views = fact.as_ref().map(Fact::effective_claims).unwrap_or_default();
    views.iter().filter_map(|view| view.value.try_as_text_ref()).cloned().collect()
}
