//! Verification: what a page says of each excerpt, from the bytes of a page up to the exit code.

use cogdex::catalog::Catalog;
use cogdex::verify::{FigureFinding, FigureVerdict, PageFormat, PageText, judge, plan};

use crate::support::{TODAY, catalog};

mod command;
mod damage;
mod net;
mod pages;
mod rates;
mod record;

/// A catalog with one listing of `CogView-4` and some statements of the source `page`.
pub(crate) fn cogview(statements: &str) -> Catalog {
    let listing = format!("model = \"cogview-4\"\nslug = \"cogview-4-250304\"\n{statements}");
    let model = "name = \"CogView-4\"\n";
    catalog(&[("listings/p/l.toml", &listing), ("models/cogview-4.toml", model)])
}

/// A catalog whose one statement has a price and its excerpt.
pub(crate) fn priced(price: &str, excerpt: &str) -> Catalog {
    cogview(&format!(
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"{price}\"\n\
         excerpt = {{ price = '{excerpt}' }}\n"
    ))
}

/// Words enough for a page that can be read.
pub(crate) fn filler() -> String {
    let words = "The model draws pictures of whatever a prompt describes, in many styles.\n";
    words.repeat(20)
}

/// What a page says of the figures of `page`.
pub(crate) fn judged(catalog: &Catalog, page: &PageText) -> Vec<FigureFinding> {
    let planned = plan(catalog, TODAY);
    let page_figures = planned.iter().find(|planned| planned.source.id == "page").unwrap();
    judge(page, page_figures).0
}

/// What a text says of the one figure, and the words that were found.
pub(crate) fn verdict(catalog: &Catalog, page: &str) -> (FigureVerdict, String) {
    let found = judged(catalog, &PageText::from_text(page.to_owned()));
    assert_eq!(found.len(), 1);
    (found[0].verdict, found[0].found.clone().unwrap_or_default())
}

/// The text of a page of HTML.
pub(crate) fn html(page: &str) -> PageText {
    PageText::read(page.as_bytes(), PageFormat::Html, Some("text/html")).unwrap()
}
