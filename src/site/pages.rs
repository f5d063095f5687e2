//! The pages: one struct with ready values for each kind, and two templates that print it, one in
//! HTML and one in Markdown.

use super::{Site, address};
use crate::catalog::Subject;

mod console;
mod home;
mod listing;
mod not_found;
mod reading;

pub(crate) use home::BOOK;

/// Which of the twins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Markdown,
}

/// A page that can be made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page<'c> {
    Home,
    Listing(&'c Subject),
    Reading,
    NotFound,
    /// Stands among no others: nothing lists it, and only a server has it.
    Console,
}

impl<'c> Page<'c> {
    /// Every page of a site.
    pub(crate) fn all(site: &Site<'c>) -> Vec<Self> {
        let mut pages = vec![Self::Home, Self::Reading, Self::NotFound];
        pages.extend(site.catalog.listings.values().map(Self::Listing));
        pages
    }

    /// Its address within the site.
    pub(crate) fn href(self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Listing(subject) => address::of(subject),
            Self::Reading => "/reading/".to_owned(),
            Self::NotFound => "/404.html".to_owned(),
            Self::Console => "/console/".to_owned(),
        }
    }
}

/// Makes a page in one of its forms.
pub(crate) fn render<'c>(site: &Site<'c>, page: Page<'c>, form: Form) -> askama::Result<String> {
    match page {
        Page::Home => home::HomePage::of(site).write(form),
        Page::Listing(listing) => listing::ListingPage::of(site, listing).write(form),
        Page::Reading => reading::ReadingPage::of(site).write(form),
        Page::Console => console::ConsolePage::of(site).write(form),
        Page::NotFound => not_found::NotFoundPage::of(site).write(form),
    }
}

/// Gives a page struct its two templates; each sees the struct as `page`.
macro_rules! forms {
    ($page:ty, $html:literal, $markdown:literal) => {
        #[derive(askama::Template)]
        #[template(path = $html, config = "templates/askama.toml")]
        struct Html<'a> {
            page: &'a $page,
        }

        #[derive(askama::Template)]
        #[template(path = $markdown, config = "templates/askama.toml")]
        struct Markdown<'a> {
            page: &'a $page,
        }

        impl $page {
            /// Prints the page.
            pub(crate) fn write(&self, form: $crate::site::pages::Form) -> askama::Result<String> {
                match form {
                    $crate::site::pages::Form::Html => {
                        askama::Template::render(&Html { page: self })
                    }
                    $crate::site::pages::Form::Markdown => {
                        askama::Template::render(&Markdown { page: self })
                    }
                }
            }
        }
    };
}

use forms;
