//! The pages: one struct with ready values for each kind, and two templates that print it, one in
//! HTML and one in Markdown.

use askama::Template;

use crate::site::context::SiteContext;
use crate::site::page::{Page, PageForm};

mod changes;
mod compare;
mod console;
mod directory;
mod disputes;
mod endpoint;
mod faq;
mod forms;
mod home;
mod listing;
mod model;
mod not_found;
mod provider;
mod reading;
mod sources;
mod status;

use forms::forms;

/// Makes a page in some of its forms, in their order: its values are looked up once for all.
pub(crate) fn render<'c>(
    site: &SiteContext<'c>,
    page: Page<'c>,
    form: &[PageForm],
) -> askama::Result<Vec<String>> {
    match page {
        Page::Home => home::HomePage::new(site).write(form),
        Page::Faq => faq::FaqPage::new(site).write(form),
        Page::Listing(listing) => listing::ListingPage::new(site, listing).write(form),
        Page::Endpoint(endpoint) => endpoint::EndpointPage::new(site, endpoint).write(form),
        Page::Provider(provider) => provider::ProviderPage::new(site, provider).write(form),
        Page::Model(model) => model::ModelPage::new(site, model).write(form),
        Page::Compare(pair) => compare::ComparePage::new(site, pair).write(form),
        Page::Directory(directory) => directory::DirectoryPage::new(site, directory).write(form),
        Page::Disputes => disputes::DisputesPage::new(site).write(form),
        Page::Sources => sources::SourcesPage::new(site).write(form),
        Page::Changes => changes::ChangesPage::new(site).write(form),
        Page::Status => status::StatusPage::new(site).write(form),
        Page::Reading => reading::ReadingPage::new(site).write(form),
        Page::Console => console::ConsolePage::new(site).write(form),
        Page::NotFound => not_found::NotFoundPage::new(site).write(form),
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
