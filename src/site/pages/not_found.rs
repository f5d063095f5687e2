//! The page for addresses where nothing is.

use super::super::Site;
use super::super::head::{Head, Naming};
use super::forms;

/// Says that nothing is here, and where everything is.
#[derive(Debug)]
pub(crate) struct NotFoundPage {
    pub(crate) head: Head,
}

impl NotFoundPage {
    pub(crate) fn of(site: &Site<'_>) -> Self {
        let naming = Naming {
            title: "Nothing is here".to_owned(),
            description: "There is no page at this address.".to_owned(),
            href: "/404.html".to_owned(),
            ..Naming::default()
        };
        Self { head: Head { twin: String::new(), ..site.head(naming) } }
    }
}

forms!(NotFoundPage, "pages/not_found.html", "pages/not_found.md");
