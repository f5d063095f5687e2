//! The price table: the only place that knows which offers there are. It resolves the offer of a
//! listing for a variant on a day once, and keeps it.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;

use super::job::Job;
use super::offer::{Offer, ResolvedOffer};
use super::quote::Quote;
use super::reason::{Reason, Warning, WarningCode};
use super::resolve::{Resolver, refusal_on};
use super::terms::PricingTerms;
use super::variant::Variant;
use crate::catalog::{Catalog, DeliveryMode, FieldValue, Listing, Statement};

/// How many offers a table keeps, unless it is told otherwise: some 50 MB.
pub const MAX_OFFERS: usize = 50_000;

/// A catalog that is borrowed, or shared with others that keep it.
#[derive(Debug, Clone)]
pub enum CatalogHandle<'c> {
    Borrowed(&'c Catalog),
    Shared(Arc<Catalog>),
}

impl<'c> From<&'c Catalog> for CatalogHandle<'c> {
    fn from(catalog: &'c Catalog) -> Self {
        Self::Borrowed(catalog)
    }
}

impl From<Arc<Catalog>> for CatalogHandle<'_> {
    fn from(catalog: Arc<Catalog>) -> Self {
        Self::Shared(catalog)
    }
}

impl Deref for CatalogHandle<'_> {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        match self {
            Self::Borrowed(catalog) => catalog,
            Self::Shared(catalog) => catalog,
        }
    }
}

/// The offers of all listings of a catalog under some terms. Threads may share it.
#[derive(Debug)]
pub struct PriceTable<'c> {
    catalog: CatalogHandle<'c>,
    terms: PricingTerms,
    max_offers: usize,
    cache: RwLock<Cache>,
}

/// How many terms [`PriceTables`] keeps a table for.
const MAX_TABLES: usize = 16;

/// Price tables of one catalog by their terms, for who is asked on any terms.
#[derive(Debug)]
pub struct PriceTables<'c> {
    catalog: CatalogHandle<'c>,
    tables: RwLock<HashMap<PricingTerms, Arc<PriceTable<'c>>>>,
}

impl<'c> PriceTables<'c> {
    /// Tables of a catalog; none is made yet.
    pub fn new(catalog: impl Into<CatalogHandle<'c>>) -> Self {
        Self { catalog: catalog.into(), tables: RwLock::default() }
    }

    /// The table of some terms; some are forgotten where there are too many.
    pub fn table(&self, terms: &PricingTerms) -> Arc<PriceTable<'c>> {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        let known = tables.get(terms).cloned();
        drop(tables);
        known.unwrap_or_else(|| {
            let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
            if tables.len() >= MAX_TABLES {
                tables.clear();
            }
            let new = || Arc::new(PriceTable::new(self.catalog.clone(), terms.clone()));
            Arc::clone(tables.entry(terms.clone()).or_insert_with(new))
        })
    }
}

#[derive(Debug, Default)]
struct Cache {
    listings: HashMap<String, CachedOffers>,
    /// How many offers all listings have together.
    count: usize,
}

/// The offers of one listing that were asked for.
#[derive(Debug)]
struct CachedOffers {
    /// The days on which a fact of it may change.
    changes: Arc<[Date]>,
    /// By variant, then by the number of changes before.
    by_variant: HashMap<Variant, HashMap<usize, Arc<ResolvedOffer>>>,
}

impl<'c> PriceTable<'c> {
    /// A table without any offer yet.
    pub fn new(catalog: impl Into<CatalogHandle<'c>>, terms: PricingTerms) -> Self {
        Self::with_max_offers(catalog, terms, MAX_OFFERS)
    }

    /// The same for one that keeps another number of offers; beyond, it starts anew.
    pub fn with_max_offers(
        catalog: impl Into<CatalogHandle<'c>>,
        terms: PricingTerms,
        max_offers: usize,
    ) -> Self {
        let (catalog, cache) = (catalog.into(), RwLock::default());
        Self { catalog, terms, max_offers: max_offers.max(1), cache }
    }

    /// The catalog whose offers these are.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The currency of all totals, and the rates that come before the catalog's.
    pub fn terms(&self) -> &PricingTerms {
        &self.terms
    }

    /// What a listing of the table's catalog asks for a variant on a day.
    pub fn offer(&self, listing: &Listing, as_of: Date, variant: &Variant) -> Offer {
        let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
        let known = cache.listings.get(listing.id.as_str());
        let found = known.and_then(|known| known.offer(as_of, variant).cloned());
        let changes = known.map(|known| Arc::clone(&known.changes));
        drop(cache);
        if let Some(resolved) = found {
            return Offer { resolved, as_of };
        }
        let (catalog, terms): (&Catalog, _) = (&self.catalog, &self.terms);
        let changes = changes.unwrap_or_else(|| changes_of(catalog, listing).into());
        let resolved = Arc::new(Resolver { catalog, listing, variant, terms, as_of }.offer());
        self.keep(listing.id.as_str(), changes, as_of, variant, &resolved);
        Offer { resolved, as_of }
    }

    /// A reason on a day: before a listing's first statement nothing else is to be said.
    pub fn refusal_on(listing: &Listing, as_of: Date, reason: Reason) -> Reason {
        refusal_on(listing, as_of, reason)
    }

    /// What a job costs on a listing on a day.
    pub fn quote(&self, listing: &Listing, as_of: Date, job: &Job) -> Quote {
        let offer = self.offer(listing, as_of, &Variant::from(job));
        let mut quote = offer.quote(job);
        if offer.has_batch() && job.mode.is_none() && quote.total.is_some() {
            let batch = Job { mode: Some(DeliveryMode::Batch), ..job.clone() };
            let batch = self.offer(listing, as_of, &Variant::from(&batch)).quote(&batch);
            quote.batch_total = batch.total;
            if let Some(total) = batch.total {
                let text =
                    format!("as a batch it costs {total} {} (--mode batch)", self.terms.currency);
                quote.warnings.push(Warning { code: WarningCode::BatchPrice, text });
            }
        }
        quote
    }

    fn keep(
        &self,
        listing: &str,
        changes: Arc<[Date]>,
        as_of: Date,
        variant: &Variant,
        offer: &Arc<ResolvedOffer>,
    ) {
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        if cache.count >= self.max_offers {
            *cache = Cache::default();
        }
        if !cache.listings.contains_key(listing) {
            let offers = CachedOffers { changes, by_variant: HashMap::new() };
            cache.listings.insert(listing.to_owned(), offers);
        }
        let Some(known) = cache.listings.get_mut(listing) else { return };
        let period = known.period(as_of);
        let by_period = known.by_variant.entry(variant.clone()).or_default();
        let is_new = by_period.insert(period, Arc::clone(offer)).is_none();
        cache.count += usize::from(is_new);
    }
}

impl CachedOffers {
    fn period(&self, day: Date) -> usize {
        self.changes.partition_point(|change| *change <= day)
    }

    fn offer(&self, day: Date, variant: &Variant) -> Option<&Arc<ResolvedOffer>> {
        self.by_variant.get(variant)?.get(&self.period(day))
    }
}

/// Every day on which a fact of the listing, or a rate, may change, in order.
pub fn changes_of(catalog: &Catalog, listing: &Listing) -> Vec<Date> {
    let mut days: Vec<Date> = catalog
        .levels(listing)
        .flat_map(|subject| {
            let stated = subject.statements.iter().flat_map(days_of);
            stated.chain(subject.rulings.iter().map(|ruling| ruling.date))
        })
        .chain(catalog.rates.iter().map(|rate| rate.date))
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The days on which what a statement says begins or ends, or grows younger.
fn days_of(statement: &Statement) -> Vec<Date> {
    let mut days: Vec<Date> =
        [Some(statement.seen), statement.checked].into_iter().flatten().collect();
    for stated in &statement.stated {
        if let FieldValue::Price(rows) = &stated.value {
            for when in rows.0.iter().map(|row| &row.when) {
                days.extend(when.from);
                days.extend(when.until.and_then(|until| until.tomorrow().ok()));
            }
        } else if let FieldValue::Date(date) = &stated.value {
            days.push(*date);
        }
    }
    days
}

/// Whether a price of any of some listings depends on the volume of a month.
pub fn counts_volume(catalog: &Catalog, listings: &[&Listing]) -> bool {
    let entities = listings.iter().flat_map(|listing| catalog.levels(listing));
    let stated = entities.flat_map(|it| &it.statements).flat_map(|it| &it.stated);
    let has_steps = |value: &FieldValue| {
        let rows = value.try_as_price_ref();
        rows.is_some_and(|rows| rows.0.iter().any(|row| row.up_to.is_some()))
    };
    // A call is paid whole, and a month has a number of them.
    let has_calls = |value: &FieldValue| value.try_as_span_ref().is_some_and(|it| it.low > 1);
    stated.into_iter().any(|it| has_steps(&it.value) || has_calls(&it.value))
}
