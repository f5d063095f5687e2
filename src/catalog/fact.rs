//! A fact: what all current statements together say of one field, and what decides a dispute.

use std::collections::HashMap;

use jiff::civil::Date;

use super::Catalog;
use super::entity::{Entity, EntityKind, Listing};
use super::field::Field;
use super::source::SourceKind;
use super::statement::{FieldKey, Ruling, SourcePlace, Stated, Statement, is_stale};
use super::value::FieldValue;

/// One source at one place, with what it says.
#[derive(Debug, Clone, Copy)]
pub struct ClaimSide<'c> {
    pub statement: &'c Statement,
    pub stated: &'c Stated,
}

/// One answer, with everyone who gives it.
#[derive(Debug, Clone)]
pub struct Claim<'c> {
    /// The answer, as its first side writes it.
    pub value: &'c FieldValue,
    pub sides: Vec<ClaimSide<'c>>,
}

impl Claim<'_> {
    /// The sides' names, source and place.
    pub fn sides(&self) -> Vec<SourcePlace> {
        self.sides.iter().map(|side| side.statement.side()).collect()
    }
}

/// What decided a dispute.
#[derive(Debug, Clone, Copy)]
pub enum Settlement<'c> {
    /// A probe saw it.
    Probe(&'c Statement),
    /// An invoice shows it.
    Invoice(&'c Statement),
    /// A person decided.
    Ruling(&'c Ruling),
}

/// How the sources stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum FactState {
    Agreed,
    /// They differ, and nothing decides.
    Disputed,
    /// They differ, and something decides.
    Settled,
}

/// What is known of a field. Where nothing is, there is no fact.
#[derive(Debug, Clone)]
pub struct Fact<'c> {
    pub key: &'c FieldKey,
    /// Where it was stated: the nearest entity that says anything.
    pub entity: &'c Entity,
    /// The answers; one where all agree.
    pub claims: Vec<Claim<'c>>,
    /// The answer that was decided for, and by what.
    pub settled: Option<(usize, Settlement<'c>)>,
}

impl<'c> Fact<'c> {
    /// How the sources stand to each other.
    pub fn state(&self) -> FactState {
        match (self.claims.len(), &self.settled) {
            (0 | 1, _) => FactState::Agreed,
            _ if self.claims_agree() => FactState::Agreed,
            (_, Some(_)) => FactState::Settled,
            _ => FactState::Disputed,
        }
    }

    /// Whether no two answers differ on a job, as tables that speak of different ones.
    fn claims_agree(&self) -> bool {
        let agrees = |(i, a): (usize, &Claim<'_>)| {
            self.claims[i + 1..].iter().all(|b| a.value.agrees_with(b.value))
        };
        self.claims.iter().enumerate().all(agrees)
    }

    /// Returns the kind of entity that it comes from.
    pub fn level(&self) -> EntityKind {
        self.entity.kind
    }

    /// The answers that count: all of them, or the one that was decided for.
    pub fn effective_claims(&self) -> &[Claim<'c>] {
        match self.settled {
            Some((view, _)) => &self.claims[view..=view],
            None => &self.claims,
        }
    }

    /// The answer, where one alone counts.
    pub fn value(&self) -> Option<&'c FieldValue> {
        match self.effective_claims() {
            [view] => Some(view.value),
            _ => None,
        }
    }

    /// The answers that count, joined by ` or `.
    pub fn words(&self) -> String {
        match self.effective_claims() {
            [view] => view.value.to_string(),
            views => {
                let values: Vec<_> = views.iter().map(|view| view.value.to_string()).collect();
                values.join(" or ")
            }
        }
    }

    /// The sides of the answers that count.
    pub fn effective_sides(&self) -> impl Iterator<Item = &ClaimSide<'c>> {
        self.effective_claims().iter().flat_map(|view| &view.sides)
    }

    /// Whether nothing that supports it is fresh; what can't age never is.
    pub fn is_stale(&self, as_of: Date) -> bool {
        self.supported_on(as_of).is_some_and(|day| is_stale(day, as_of))
    }

    /// The day of its youngest support; none for what can't age.
    pub fn supported_on(&self, as_of: Date) -> Option<Date> {
        let dated = self.effective_sides().map(|side| side.statement.dated(as_of));
        dated.max().filter(|_| self.key.field.can_age())
    }

    /// Whether both facts give the same answers, whoever gives them.
    pub fn says_the_same(&self, other: &Fact<'_>) -> bool {
        let covers = |a: &[Claim<'_>], b: &[Claim<'_>]| {
            a.iter().all(|a| b.iter().any(|b| a.value == b.value))
        };
        covers(self.effective_claims(), other.effective_claims())
            && covers(other.effective_claims(), self.effective_claims())
    }
}

/// Every key that any of some entities states on a day, in the order of the fields.
pub(crate) fn keys<'c>(
    entities: impl Iterator<Item = &'c Entity>,
    as_of: Date,
) -> Vec<&'c FieldKey> {
    let statements = entities.flat_map(|entity| &entity.statements);
    let stated = statements.filter(|it| it.seen <= as_of).flat_map(|it| &it.stated);
    let mut keys: Vec<_> = stated.map(|stated| &stated.key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What is current of a field: of each source the newest statements that speak of it,
/// unless they say that it vanished.
pub(crate) fn current<'c, 'k>(
    entity: &'c Entity,
    key: &'k FieldKey,
    as_of: Date,
) -> impl Iterator<Item = ClaimSide<'c>> + use<'c, 'k> {
    let field = key.field;
    let last = (entity.statements.len() > MAX_COMPARED).then(|| last_days(entity, field, as_of));
    let newest = move |statement: &Statement| {
        if let Some(last) = &last {
            return last.get(statement.source.as_str()) == Some(&statement.seen);
        }
        let newer = |other: &Statement| {
            other.seen > statement.seen
                && other.seen <= as_of
                && other.source == statement.source
                && other.speaks_of(field)
        };
        // The newest stand last, as a rule: of a long past each is told at once.
        !entity.statements.iter().rev().any(newer)
    };
    entity
        .statements
        .iter()
        .filter(move |statement| statement.seen <= as_of)
        .filter_map(move |statement| Some(ClaimSide { statement, stated: statement.states(key)? }))
        .filter(move |side| !side.statement.withdraws(field) && newest(side.statement))
}

/// So few statements are compared with each other sooner than a map is made of them.
const MAX_COMPARED: usize = 64;

/// The day on which each source last spoke of a field.
fn last_days(entity: &Entity, field: Field, as_of: Date) -> HashMap<&str, Date> {
    let mut days = HashMap::new();
    let spoken = |it: &&Statement| it.seen <= as_of && it.speaks_of(field);
    for it in entity.statements.iter().filter(spoken) {
        let day = days.entry(it.source.as_str()).or_insert(it.seen);
        *day = it.seen.max(*day);
    }
    days
}

impl Catalog {
    /// What is known of `key` for a listing on a day; `None` is unknown.
    pub fn fact<'c>(
        &'c self,
        listing: &'c Listing,
        key: &FieldKey,
        as_of: Date,
    ) -> Option<Fact<'c>> {
        self.levels(listing).find_map(|entity| self.fact_of(entity, key, as_of))
    }

    /// What is known of a field that is no table.
    pub fn field<'c>(
        &'c self,
        listing: &'c Listing,
        field: Field,
        as_of: Date,
    ) -> Option<Fact<'c>> {
        self.fact(listing, &FieldKey::new(field), as_of)
    }

    /// What is stated of `key` at one level alone.
    pub fn fact_of<'c>(
        &'c self,
        entity: &'c Entity,
        key: &FieldKey,
        as_of: Date,
    ) -> Option<Fact<'c>> {
        let mut claims: Vec<Claim<'c>> = Vec::new();
        let mut found = None;
        for side in current(entity, key, as_of) {
            found = Some(&side.stated.key);
            match claims.iter_mut().find(|claim| *claim.value == side.stated.value) {
                Some(claim) => claim.sides.push(side),
                None => claims.push(Claim { value: &side.stated.value, sides: vec![side] }),
            }
        }
        let mut fact = Fact { key: found?, entity, claims, settled: None };
        if fact.claims.len() > 1 {
            fact.settled = self.settlement(&fact, as_of);
        }
        Some(fact)
    }

    /// What is known of each of some keys for a listing on a day, in their order.
    pub fn each<'c, 'k>(
        &'c self,
        listing: &'c Listing,
        keys: impl IntoIterator<Item = &'k FieldKey>,
        as_of: Date,
    ) -> impl Iterator<Item = Option<Fact<'c>>> {
        let levels: Vec<_> = self.levels(listing).collect();
        let known = move |key| levels.iter().find_map(|entity| self.fact_of(entity, key, as_of));
        keys.into_iter().map(known)
    }

    /// Every fact of a listing on a day, in the order of the fields.
    pub fn facts<'c>(&'c self, listing: &'c Listing, as_of: Date) -> Vec<Fact<'c>> {
        let keys = keys(self.levels(listing), as_of);
        self.each(listing, keys, as_of).flatten().collect()
    }

    /// Every fact of one level alone on a day, in the order of the fields.
    pub fn facts_of<'c>(&'c self, entity: &'c Entity, as_of: Date) -> Vec<Fact<'c>> {
        let known = |key| self.fact_of(entity, key, as_of);
        keys(std::iter::once(entity), as_of).into_iter().filter_map(known).collect()
    }

    /// Whether a ruling decides no more, because a side moved, went or came since it was made.
    pub fn has_lapsed(&self, entity: &Entity, ruling: &Ruling, as_of: Date) -> bool {
        let fact = self.fact_of(entity, &ruling.key, as_of);
        !fact.is_some_and(|fact| holds(ruling, &fact.claims))
    }

    /// What decides: the newest probe for what can be observed, the newest invoice for money,
    /// else a ruling that has not lapsed.
    fn settlement<'c>(&self, fact: &Fact<'c>, as_of: Date) -> Option<(usize, Settlement<'c>)> {
        let observable = fact.key.field.info().observable;
        let money = fact.key.field.is_money();
        let seen_by = |kind: SourceKind| {
            let sides = fact
                .claims
                .iter()
                .enumerate()
                .flat_map(|(view, it)| it.sides.iter().map(move |side| (view, side.statement)));
            let of_kind = sides.filter(|(_, statement)| {
                self.sources.get(&statement.source).is_some_and(|source| source.kind == kind)
            });
            // Two runs of one day that differ decide nothing.
            let newest: Vec<_> = of_kind.collect();
            let day = newest.iter().map(|(_, statement)| statement.seen).max()?;
            let mut last = newest.into_iter().filter(|(_, statement)| statement.seen == day);
            let (view, statement) = last.next()?;
            last.all(|(other, _)| other == view).then_some((view, statement))
        };
        let probe = observable.then(|| seen_by(SourceKind::Probe)).flatten();
        let invoice = money.then(|| seen_by(SourceKind::Invoice)).flatten();
        probe
            .map(|(view, statement)| (view, Settlement::Probe(statement)))
            .or_else(|| invoice.map(|(view, s)| (view, Settlement::Invoice(s))))
            .or_else(|| ruled(fact, as_of))
    }
}

fn ruled<'c>(fact: &Fact<'c>, as_of: Date) -> Option<(usize, Settlement<'c>)> {
    let rulings = fact.entity.rulings.iter().filter(|ruling| {
        ruling.key == *fact.key && ruling.date <= as_of && holds(ruling, &fact.claims)
    });
    let ruling = rulings.max_by_key(|ruling| ruling.date)?;
    let view = fact.claims.iter().position(|view| view.value.to_string() == ruling.decides)?;
    Some((view, Settlement::Ruling(ruling)))
}

/// Whether every side still stands as it stood when the ruling was made, and no other came up.
pub(crate) fn holds(ruling: &Ruling, claims: &[Claim<'_>]) -> bool {
    let now: Vec<(String, String)> = claims
        .iter()
        .flat_map(|view| &view.sides)
        .map(|side| (side.statement.side().to_string(), side.stated.value.to_string()))
        .collect();
    now.len() == ruling.sides.len() && ruling.sides.iter().all(|side| now.contains(side))
}
