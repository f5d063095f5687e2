//! A provider's page: what it sells and on what terms, and who says so.

use std::collections::BTreeSet;

use super::super::disputes::Dispute;
use super::super::head::{Head, Naming};
use super::super::link::{self, Link};
use super::super::own::Labelled;
use super::super::prices::PriceRow;
use super::super::words::counted;
use super::super::{Site, address};
use super::forms;
use crate::catalog::{Field, Subject};

/// What is asked of every provider; the rest is shown where it is stated.
const ASKED: &[Field] = &[
    Field::Credits,
    Field::Fee,
    Field::FailureCharged,
    Field::ByokKey,
    Field::ByokWaivesFee,
    Field::OutOfFunds,
    Field::KeyVariable,
    Field::KeyPrefix,
    Field::Concurrency,
];

/// Everything that is known of a provider.
#[derive(Debug)]
pub(crate) struct ProviderPage<'s> {
    pub(crate) head: Head,
    pub(crate) note: String,
    /// The variable from which cogdex reads a key, or nothing.
    pub(crate) key_variable: String,
    pub(crate) terms: Vec<Labelled<'s>>,
    /// What else is stated at this level.
    pub(crate) others: Vec<Labelled<'s>>,
    pub(crate) prices: Vec<PriceRow>,
    pub(crate) endpoints: Vec<Link>,
    pub(crate) disputes: Vec<Dispute<'s>>,
    pub(crate) sources: Vec<Link>,
}

impl<'s> ProviderPage<'s> {
    pub(crate) fn of<'c>(site: &'s Site<'c>, provider: &'c Subject) -> Self {
        let name = link::name(provider);
        let listings = site.index.by_provider.get(provider.id.as_str());
        let listings = listings.map_or(&[][..], Vec::as_slice);
        let cost = site.cost(listings);
        let cost = cost.map_or_else(String::new, |cost| format!("; one image costs {cost}"));
        let naming = Naming {
            title: name.to_owned(),
            description: format!(
                "What {name} sells ({}{cost}), on what terms, and who says so.",
                counted(listings.len(), "listing")
            ),
            href: address::of(provider),
            ..Naming::default()
        };
        let endpoints = endpoints(site, provider);
        let others = site.own(provider).into_iter();
        let others = others.filter(|fact| !ASKED.contains(&fact.key.field)).map(|fact| Labelled {
            label: super::super::words::titled(&fact.key.to_string()),
            said: vec![site.view(&fact)],
        });
        let mine = || [provider].into_iter().chain(endpoints.iter().copied());
        let subjects = || mine().chain(listings.iter().copied());
        Self {
            head: site.head(naming),
            note: provider.head("note").unwrap_or_default().to_owned(),
            key_variable: provider.head("key-env").unwrap_or_default().to_owned(),
            terms: site.own_known(provider, ASKED),
            others: others.collect(),
            prices: site.prices(listings),
            endpoints: endpoints.iter().map(|endpoint| Link::named(endpoint)).collect(),
            disputes: subjects().flat_map(|subject| site.disputes_of(subject)).collect(),
            sources: sources(site, subjects()),
        }
    }
}

forms!(ProviderPage<'s>, "pages/provider.html", "pages/provider.md");

/// The endpoints whose id begins with the provider's; the map is sorted, so that they are near.
fn endpoints<'c>(site: &Site<'c>, provider: &'c Subject) -> Vec<&'c Subject> {
    let first = format!("{}/", provider.id);
    let from = site.catalog.endpoints.range(first.clone()..);
    from.take_while(|(id, _)| id.starts_with(&first)).map(|(_, endpoint)| endpoint).collect()
}

fn sources<'c>(site: &Site<'c>, subjects: impl Iterator<Item = &'c Subject>) -> Vec<Link> {
    let as_of = site.settings.as_of;
    let mut ids = BTreeSet::new();
    for subject in subjects {
        let statements = subject.statements.iter().filter(|it| it.seen <= as_of);
        ids.extend(statements.map(|statement| statement.source.as_str()));
        let clauses = subject.clauses.iter().filter(|it| it.seen <= as_of);
        ids.extend(clauses.map(|clause| clause.source.as_str()));
    }
    ids.into_iter().map(|id| site.source_link(id)).collect()
}
