//! What changed between two states of the catalog, and what that does to jobs.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::catalog::{
    Catalog, EntityKind, Fact, FieldKey, Listing, ListingId, Overflow, product, quotient, subtract,
};
use crate::pricing::{
    Job, PriceRange, PriceTable, Quote, RankBy, UsedRate, amount, catalog_stamp, rate,
};

/// How a fact moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum FactChangeKind {
    Added,
    Removed,
    /// A source says something else than before.
    Changed,
    /// Our own slip was mended.
    Corrected,
}

impl FactChangeKind {
    /// The word in the document: `added`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One fact that moved, at the level where it is stated.
#[derive(Debug)]
pub struct FactChange {
    pub level: EntityKind,
    pub id: String,
    pub key: FieldKey,
    pub change: FactChangeKind,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// What a change does to one job on one listing.
#[derive(Debug)]
pub struct Effect {
    pub job: String,
    /// What is compared: totals, or what has to be paid first.
    pub rank_by: RankBy,
    pub listing: String,
    pub old: Option<Quote>,
    pub new: Option<Quote>,
    /// By how much the high end of it moved, as a fraction of the old one; with a budget, by how much
    /// an image did. Rounded once.
    pub share: Option<Decimal>,
    /// The same of the low end.
    pub low_share: Option<Decimal>,
}

/// All that changed.
#[derive(Debug)]
pub struct Differences {
    pub facts: Vec<FactChange>,
    /// Jobs of which state or total moved.
    pub effects: Vec<Effect>,
}

/// Compares two catalogs on one day; each job by what it is ranked by.
pub fn diff(
    (old_table, new_table): (&PriceTable<'_>, &PriceTable<'_>),
    jobs: &[(Job, RankBy)],
    as_of: Date,
    listings: impl Fn(&Catalog, &Listing) -> bool,
) -> Differences {
    let (old, new) = (old_table.catalog(), new_table.catalog());
    let mut facts = Vec::new();
    for level in EntityKind::ALL {
        let ids: BTreeSet<_> = ids(old, level).chain(ids(new, level)).collect();
        for id in ids {
            facts.extend(moved(old, new, level, id, as_of));
        }
    }
    let mut effects = Vec::new();
    let both: BTreeSet<&ListingId> = old.listings.keys().chain(new.listings.keys()).collect();
    for (job, rank_by) in jobs {
        for id in &both {
            let one = |table: &PriceTable<'_>| {
                let listing = table.catalog().listings.get(*id);
                let listing = listing.filter(|listing| listings(table.catalog(), listing));
                listing.map(|listing| table.quote(listing, as_of, job))
            };
            effects.extend(effect((job, *rank_by), id, one(old_table), one(new_table)));
        }
    }
    Differences { facts, effects }
}

fn ids(catalog: &Catalog, kind: EntityKind) -> impl Iterator<Item = &str> {
    catalog.entities().filter(move |entity| entity.kind == kind).map(|entity| &*entity.id)
}

fn moved(
    old: &Catalog,
    new: &Catalog,
    level: EntityKind,
    id: &str,
    as_of: Date,
) -> Vec<FactChange> {
    let (before, now) = (old.entity(level, id), new.entity(level, id));
    let keys: BTreeSet<&FieldKey> = [before, now]
        .into_iter()
        .flatten()
        .flat_map(|entity| &entity.statements)
        .flat_map(|statement| statement.stated.iter().map(|stated| &stated.key))
        .collect();
    let fact = |catalog, entity: Option<_>, key| {
        entity.and_then(|entity| Catalog::fact_of(catalog, entity, key, as_of))
    };
    let mut moved = Vec::new();
    for key in keys {
        let (was, is) = (fact(old, before, key), fact(new, now, key));
        let change = match (&was, &is) {
            (None, Some(_)) => FactChangeKind::Added,
            (Some(_), None) => FactChangeKind::Removed,
            (Some(was), Some(is)) if differ(was, is) => {
                if mended(was, is) {
                    FactChangeKind::Corrected
                } else {
                    FactChangeKind::Changed
                }
            }
            _ => continue,
        };
        let (old, new) = (was.as_ref().map(views), is.as_ref().map(views));
        moved.push(FactChange { level, id: id.to_owned(), key: key.clone(), change, old, new });
    }
    moved
}

fn differ(was: &Fact<'_>, is: &Fact<'_>) -> bool {
    !was.says_the_same(is) || was.state() != is.state()
}

/// Whether every side that is new was marked as a mended slip of ours.
fn mended(was: &Fact<'_>, is: &Fact<'_>) -> bool {
    let before: Vec<_> = was.claims.iter().map(|view| view.value).collect();
    let mut new = is.claims.iter().filter(|view| !before.contains(&view.value)).peekable();
    new.peek().is_some()
        && new.flat_map(|view| &view.sides).all(|side| side.statement.corrected.is_some())
}

fn views(fact: &Fact<'_>) -> String {
    let views: Vec<_> = fact.effective_claims().iter().map(|view| view.value.to_string()).collect();
    views.join(" | ")
}

fn effect(
    (job, rank_by): (&Job, RankBy),
    id: &str,
    old: Option<Quote>,
    new: Option<Quote>,
) -> Option<Effect> {
    let seen = |quote: &Option<Quote>| {
        quote.as_ref().map(|it| (it.state, it.total, it.images, it.ranked_amount(rank_by)))
    };
    if seen(&old) == seen(&new) {
        return None;
    }
    let job = job.name.clone().unwrap_or_default();
    let listing = id.to_owned();
    let mut effect = Effect { job, rank_by, listing, old, new, share: None, low_share: None };
    if let (Some(old), Some(new)) =
        (effect.cost(effect.old.as_ref()), effect.cost(effect.new.as_ref()))
    {
        // What can't be held is told by the totals alone.
        let share = |old: Decimal, new| moved_by(old, new).ok().filter(|_| !old.is_zero());
        (effect.share, effect.low_share) = (share(old.high, new.high), share(old.low, new.low));
    }
    Some(effect)
}

/// By how much a figure moved, as a fraction of the old one.
fn moved_by(old: Decimal, new: Decimal) -> Result<Decimal, Overflow> {
    quotient(subtract(new, old)?, old)
}

/// A pair of figures that stand for the same before and now, the greater being the worse.
type Ends = (Decimal, Decimal);

impl Effect {
    /// What of a quote is dearer or cheaper: what it is ranked by, or what an image costs where a
    /// budget keeps the total near itself.
    pub fn cost(&self, quote: Option<&Quote>) -> Option<PriceRange> {
        let quote = quote?;
        if quote.images.is_some() { quote.per_image } else { quote.ranked_amount(self.rank_by) }
    }

    /// What got better or worse: both ends of what is paid and, with a budget, of what an image of
    /// the same budget takes of it; none where a total came or went.
    fn ends(&self) -> Option<Vec<Ends>> {
        let (old, new) = (self.cost(self.old.as_ref())?, self.cost(self.new.as_ref())?);
        let mut ends = vec![(old.low, new.low), (old.high, new.high)];
        let images = |quote: &Option<Quote>| quote.as_ref().and_then(|quote| quote.images);
        if let (Some(old), Some(new)) = (images(&self.old), images(&self.new)) {
            // Half as many images is twice the price of one: fewer are the worse.
            ends.push((new.low.into(), old.low.into()));
            ends.push((new.high.into(), old.high.into()));
        }
        Some(ends)
    }

    /// The move in per cent, rounded to two decimals for reading; both ends where they differ.
    pub fn percent(&self) -> Option<String> {
        let (low, high) = (percent(self.low_share), percent(self.share));
        match (low, high) {
            (Some(low), Some(high)) if low != high => Some(format!("{low} to {high}")),
            (low, high) => high.or(low),
        }
    }
}

fn percent(share: Option<Decimal>) -> Option<String> {
    let percent = product(share?, Decimal::ONE_HUNDRED).ok()?.round_dp(2).normalize();
    Some(format!("{}{percent}%", if percent > Decimal::ZERO { "+" } else { "" }))
}

/// A change of totals that makes the answer "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// Whether dearer, else cheaper.
    pub increase: bool,
    /// From which share on.
    pub share: Decimal,
}

/// What an alarm says to an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmOutcome {
    /// Below the alarm.
    Quiet,
    /// At or above it.
    Alarm,
    /// A total came or went, so there is nothing to divide.
    CannotTell,
}

impl Alarm {
    /// Judges one effect by both ends of what it costs, and of the images that a budget gives; from
    /// nothing to something is an increase without limit.
    pub fn judge(self, effect: &Effect) -> AlarmOutcome {
        let (old, new) = (effect.cost(effect.old.as_ref()), effect.cost(effect.new.as_ref()));
        if old.is_none() && new.is_none() {
            return AlarmOutcome::Quiet;
        }
        match effect.ends() {
            None => AlarmOutcome::CannotTell,
            Some(ends) if ends.iter().any(|(old, new)| self.is_reached(*old, *new)) => {
                AlarmOutcome::Alarm
            }
            Some(_) => AlarmOutcome::Quiet,
        }
    }

    fn is_reached(self, old: Decimal, new: Decimal) -> bool {
        if old == new || (new > old) != self.increase {
            return false;
        }
        // What can't be held has moved beyond any share.
        let by = if old.is_zero() { Err(Overflow) } else { moved_by(old, new) };
        by.is_ok_and(|by| by.abs() >= self.share) || by.is_err()
    }
}

impl Differences {
    /// The rates at which the jobs that moved were converted before, and now.
    pub fn rates(&self) -> (Vec<&UsedRate>, Vec<&UsedRate>) {
        let used = |side: fn(&Effect) -> &Option<Quote>| {
            let mut rates = Vec::new();
            for rate in
                self.effects.iter().filter_map(|it| side(it).as_ref()).flat_map(|q| &q.rates)
            {
                if !rates.contains(&rate) {
                    rates.push(rate);
                }
            }
            rates
        };
        (used(|effect| &effect.old), used(|effect| &effect.new))
    }

    /// The document of `diff --format json`.
    pub fn document(&self, old: &PriceTable<'_>, new: &PriceTable<'_>, as_of: Date) -> Value {
        let fact = |moved: &FactChange| {
            json!({
                "level": moved.level.to_string(), "id": moved.id,
                "field": moved.key.to_string(), "change": moved.change.as_str(),
                "old": moved.old, "new": moved.new,
            })
        };
        let side = |quote: &Option<Quote>| {
            quote.as_ref().map(|quote| {
                let range = |r: PriceRange| json!({ "low": amount(r.low), "high": amount(r.high) });
                let images = quote.images.map(|n| json!({ "low": n.low, "high": n.high }));
                json!({
                    "state": quote.state.as_str(), "total": quote.total.map(range), "images": images,
                    "first_payment": quote.first_payment.map(range),
                })
            })
        };
        let effect = |effect: &Effect| {
            json!({
                "job": effect.job, "listing": effect.listing,
                "old": side(&effect.old), "new": side(&effect.new),
                "share": effect.share.map(amount), "low_share": effect.low_share.map(amount),
            })
        };
        let rates = |rates: &[&UsedRate]| rates.iter().map(|it| rate(it)).collect::<Vec<_>>();
        json!({
            "format": 1,
            "old": catalog_stamp(old.catalog()),
            "new": catalog_stamp(new.catalog()),
            "as_of": as_of.to_string(),
            "currency": new.terms().currency.code(),
            "rates": { "old": rates(&self.rates().0), "new": rates(&self.rates().1) },
            "facts": self.facts.iter().map(fact).collect::<Vec<_>>(),
            "effects": self.effects.iter().map(effect).collect::<Vec<_>>(),
        })
    }
}
