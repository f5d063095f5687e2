//! Everything that a listing's page and its answers draw on, looked up once.

use crate::catalog::{ClauseKindBody, Fact, Field, FieldKey, FieldValue, Listing, Size};
use crate::contract::{Contract, Promise};
use crate::pricing::Quote;
use crate::site::link::Link;

use crate::site::context::SiteContext;
use crate::site::view::fact::{self, FactView};
use crate::site::view::side::{self, ClauseWording};

/// A listing with its facts and its contract.
pub(crate) struct ListingContext<'s, 'c> {
    pub(crate) site: &'s SiteContext<'c>,
    pub(crate) listing: &'c Listing,
    pub(crate) facts: Vec<Fact<'c>>,
    pub(crate) contract: Option<Contract<'c>>,
    pub(crate) quote: Option<&'s Quote>,
}

impl<'s, 'c> ListingContext<'s, 'c> {
    pub(crate) fn new(site: &'s SiteContext<'c>, listing: &'c Listing) -> Self {
        let (catalog, as_of) = (site.catalog, site.settings.as_of);
        let facts = catalog.facts(listing, as_of);
        let contract = Contract::new(catalog, listing, as_of);
        Self { site, listing, facts, contract, quote: site.index.quote(listing) }
    }

    pub(crate) fn fact(&self, field: Field) -> Option<&Fact<'c>> {
        self.facts.iter().find(|fact| fact.key.field == field && fact.key.name.is_none())
    }

    pub(crate) fn named(&self, field: Field, name: &str) -> Option<&Fact<'c>> {
        let of = |key: &FieldKey| key.field == field && key.name.as_deref() == Some(name);
        self.facts.iter().find(|fact| of(fact.key))
    }

    /// The value of a field where one answer alone counts.
    pub(crate) fn value(&self, field: Field) -> Option<&'c FieldValue> {
        self.fact(field).and_then(Fact::value)
    }

    /// The answers that count, joined by ` or `; nothing where none is known.
    pub(crate) fn words(&self, field: Field) -> String {
        self.fact(field).map(Fact::words).unwrap_or_default()
    }

    /// The facts of these fields, in this order.
    pub(crate) fn views(&self, fields: &[Field]) -> Vec<FactView<'s>> {
        let of = |field: &Field| {
            let field = *field;
            self.facts.iter().filter(move |fact| fact.key.field == field)
        };
        fields.iter().flat_map(of).map(|fact| fact::fact_view(self.site, fact)).collect()
    }

    /// Every wording of the promises of a kind.
    pub(crate) fn wordings<B: ClauseKindBody + PartialEq>(
        &self,
        fits: impl Fn(&B) -> bool,
    ) -> Vec<ClauseWording<'s, &'c B>> {
        let Some(contract) = &self.contract else { return Vec::new() };
        let of_promise = |promise: &Promise<'c>| {
            let clauses = promise.typed::<B>().filter(|it| fits(it.body));
            let said = clauses.map(|it| (it.body, it.clause));
            side::wordings(self.site, &contract.endpoint.entity, said)
        };
        contract.promises.iter().flat_map(of_promise).collect()
    }

    /// Whether sources differ on a field.
    pub(crate) fn is_disputed(&self, field: Field) -> bool {
        self.fact(field).is_some_and(fact::is_disputed)
    }

    /// The size where none is asked for, or the one that is priced.
    pub(crate) fn default_size(&self) -> Size {
        let stated = self.value(Field::DefaultSize).and_then(FieldValue::try_as_size_ref);
        stated.copied().unwrap_or(self.site.index.job.size)
    }

    pub(crate) fn family(&self) -> &'c str {
        self.site.catalog.family(self.listing)
    }

    pub(crate) fn provider_link(&self) -> Link {
        Link::provider(self.site.catalog, self.listing.provider.as_str())
    }

    pub(crate) fn provider_name(&self) -> String {
        self.provider_link().label
    }
}
