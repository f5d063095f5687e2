//! The pages: one struct with ready values for each kind, and two templates that print it, one in
//! HTML and one in Markdown.

use askama::Template;

use crate::catalog::Subject;
use crate::site::listing_pairs::ListingPair;
use crate::site::{Site, urls};

pub(crate) mod changes;
mod compare;
mod console;
mod disputes;
mod endpoint;
mod faq;
mod home;
mod listing;
mod model;
mod not_found;
mod provider;
mod reading;
mod sources;
mod status;

pub(crate) use crate::site::pages::home::BOOK;

/// Which of the twins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageForm {
    Html,
    Markdown,
}

/// A page that can be made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page<'c> {
    Home,
    Faq,
    Listing(&'c Subject),
    Endpoint(&'c Subject),
    Provider(&'c Subject),
    Model(&'c Subject),
    Compare(ListingPair<'c>),
    Disputes,
    Sources,
    Changes,
    Status,
    Reading,
    NotFound,
    /// Stands among no others: nothing lists it, and only a server has it.
    Console,
}

impl<'c> Page<'c> {
    /// Every page of a site.
    pub(crate) fn all(site: &Site<'c>) -> Vec<Self> {
        let mut pages = vec![Self::Home, Self::Faq, Self::Reading, Self::NotFound];
        pages.extend([Self::Disputes, Self::Sources, Self::Changes, Self::Status]);
        pages.extend(site.catalog.listings.values().map(Self::Listing));
        pages.extend(site.catalog.endpoints.values().map(Self::Endpoint));
        pages.extend(site.catalog.providers.values().map(Self::Provider));
        pages.extend(site.catalog.models.values().map(Self::Model));
        pages.extend(site.pairs().into_iter().map(Self::Compare));
        pages
    }

    /// The one thing it is about, where it is about one.
    pub(crate) fn subject(self) -> Option<&'c Subject> {
        match self {
            Self::Listing(subject)
            | Self::Endpoint(subject)
            | Self::Provider(subject)
            | Self::Model(subject) => Some(subject),
            Self::Compare(pair) => Some(pair.one),
            Self::Home
            | Self::Console
            | Self::Disputes
            | Self::Sources
            | Self::Changes
            | Self::Status
            | Self::Faq
            | Self::Reading
            | Self::NotFound => None,
        }
    }

    /// Its address within the site.
    pub(crate) fn href(self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Listing(subject)
            | Self::Endpoint(subject)
            | Self::Provider(subject)
            | Self::Model(subject) => urls::of(subject),
            Self::Compare(pair) => urls::pair(pair.one, pair.other),
            Self::Disputes => "/disputes/".to_owned(),
            Self::Sources => "/sources/".to_owned(),
            Self::Changes => "/changes/".to_owned(),
            Self::Status => "/status/".to_owned(),
            Self::Faq => "/faq/".to_owned(),
            Self::Reading => "/reading/".to_owned(),
            Self::NotFound => "/404.html".to_owned(),
            Self::Console => "/console/".to_owned(),
        }
    }
}

/// Makes a page in some of its forms, in their order: its values are looked up once for all.
pub(crate) fn render<'c>(
    site: &Site<'c>,
    page: Page<'c>,
    form: &[PageForm],
) -> askama::Result<Vec<String>> {
    match page {
        Page::Home => home::HomePage::of(site).write(form),
        Page::Faq => faq::FaqPage::of(site).write(form),
        Page::Listing(listing) => listing::ListingPage::of(site, listing).write(form),
        Page::Endpoint(endpoint) => endpoint::EndpointPage::of(site, endpoint).write(form),
        Page::Provider(provider) => provider::ProviderPage::of(site, provider).write(form),
        Page::Model(model) => model::ModelPage::of(site, model).write(form),
        Page::Compare(pair) => compare::ComparePage::of(site, pair).write(form),
        Page::Disputes => disputes::DisputesPage::of(site).write(form),
        Page::Sources => sources::SourcesPage::of(site).write(form),
        Page::Changes => changes::ChangesPage::of(site).write(form),
        Page::Status => status::StatusPage::of(site).write(form),
        Page::Reading => reading::ReadingPage::of(site).write(form),
        Page::Console => console::ConsolePage::of(site).write(form),
        Page::NotFound => not_found::NotFoundPage::of(site).write(form),
    }
}

/// More bytes than most pages have, so that few grow while they are printed.
const PAGE_BYTES: usize = 64 << 10;

/// Prints a template.
fn print(template: &impl Template) -> askama::Result<String> {
    let mut text = String::with_capacity(PAGE_BYTES);
    template.render_into(&mut text)?;
    Ok(text)
}

/// Gives a page struct its two templates; each sees the struct as `page`.
macro_rules! forms {
    ($page:ident $(<$life:lifetime>)?, $html:literal, $markdown:literal) => {
        #[derive(askama::Template)]
        #[template(path = $html, config = "templates/askama.toml")]
        struct Html<'a, $($life)?> {
            page: &'a $page $(<$life>)?,
        }

        #[derive(askama::Template)]
        #[template(path = $markdown, config = "templates/askama.toml")]
        struct Markdown<'a, $($life)?> {
            page: &'a $page $(<$life>)?,
        }

        impl $(<$life>)? $page $(<$life>)? {
            /// Prints the page, once for each form.
            pub(crate) fn write(
                &self,
                forms: &[$crate::site::pages::PageForm],
            ) -> askama::Result<Vec<String>> {
                let print = |form: &$crate::site::pages::PageForm| match form {
                    $crate::site::pages::PageForm::Html => {
                        $crate::site::pages::print(&Html { page: self })
                    }
                    $crate::site::pages::PageForm::Markdown => {
                        $crate::site::pages::print(&Markdown { page: self })
                    }
                };
                forms.iter().map(print).collect()
            }
        }
    };
}

use forms;
