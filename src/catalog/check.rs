//! `cogdex check`: a named table of checks, all run, everything collected.
//! What can be seen in one file alone is found while reading it; this looks across files and dates.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::prelude::*;

use super::Catalog;
use super::diagnostic::{DiagnosticCode, Finding, FindingPlace, in_brief};
use super::entity::{Entity, EntityKind, ProviderId};
use super::statement::Position;

mod dates;
mod figures;
mod histories;
mod prices;

pub(super) use histories::stale_statements;

/// What a check looks at, and where it writes down what it finds.
pub(super) struct Checking<'c> {
    catalog: &'c Catalog,
    broken: &'c BTreeSet<String>,
    whole: bool,
    today: Date,
    findings: Vec<Finding>,
    /// What checks of one entity hand on to the checks of all: the sources that it cites.
    cited: BTreeSet<&'c str>,
    /// The prices that count today.
    prices: Vec<prices::StatedPrice<'c>>,
}

type CheckOfOne = (&'static str, for<'c> fn(&mut Checking<'c>, &'c Entity));

type CheckOfAll = (&'static str, fn(&mut Checking<'_>));

/// What is checked of each entity by itself, while it is at hand.
static OF_ONE: &[CheckOfOne] = &[
    ("sources", sources),
    ("repetitions", histories::repetitions),
    ("clauses", clauses),
    ("dates", dates::dates),
    ("withdrawals", histories::withdrawals),
    ("excerpts", figures::excerpts),
    ("pasts", figures::pasts),
    ("prices", prices::collect),
    ("currencies", prices::currencies),
    ("rulings", rulings),
    ("ages", histories::ages),
];

/// What is checked of the whole, after that.
static OF_ALL: &[CheckOfAll] = &[
    ("references", references),
    ("uncited", uncited),
    ("rates", rates),
    ("kinds", prices::kinds),
    ("sellers", prices::sellers),
    ("editions", editions),
];

/// So many entities are checked by one task; fewer are done before another thread has started.
const ENTITIES_A_PART: usize = 500;

/// Runs every check. `broken` names the files that were not understood, `whole` says that
/// nothing was found while reading.
pub(super) fn check<'c>(
    catalog: &'c Catalog,
    broken: &'c BTreeSet<String>,
    whole: bool,
    today: Date,
) -> Vec<Finding> {
    let new = || {
        let (findings, cited, prices) = (Vec::new(), BTreeSet::new(), Vec::new());
        Checking { catalog, broken, whole, today, findings, cited, prices }
    };
    let entities: Vec<&Entity> = catalog.entities().collect();
    let of_part = |entities: &[&'c Entity]| {
        let mut part = new();
        for entity in entities {
            for (_, run) in OF_ONE {
                run(&mut part, entity);
            }
        }
        part
    };
    let parts: Vec<Checking<'_>> = entities.par_chunks(ENTITIES_A_PART).map(of_part).collect();
    let mut checking = new();
    for mut part in parts {
        checking.findings.append(&mut part.findings);
        checking.cited.append(&mut part.cited);
        checking.prices.append(&mut part.prices);
    }
    for (_, run) in OF_ALL {
        run(&mut checking);
    }
    checking.findings
}

impl Checking<'_> {
    fn find(
        &mut self,
        path: &str,
        at: Position,
        code: DiagnosticCode,
        text: String,
        hint: Option<&str>,
    ) {
        let place = FindingPlace { path: path.to_owned(), line: at.line, column: at.column };
        let (text, hint) = (in_brief(text), hint.map(str::to_owned));
        self.findings.push(Finding { place, code, text, hint });
    }

    /// Nothing is of a day to come.
    fn future(&mut self, path: &str, at: Position, date: Date) {
        if date > self.today {
            let text = format!("{date} is in the future; today is {}", self.today);
            self.find(path, at, DiagnosticCode::FutureDate, text, None);
        }
    }
}

fn references(check: &mut Checking<'_>) {
    let catalog = check.catalog;
    for listing in catalog.listings.values() {
        let path = &listing.entity.path;
        seller(check, path, &listing.provider);
        // Without the key it was found missing already.
        let known = listing.model.is_empty() || catalog.models.contains_key(&listing.model);
        refer(check, path, listing.model_position, (EntityKind::Model, &listing.model), known);
        if let Some(id) = &listing.endpoint {
            let (to, known) = ((EntityKind::Endpoint, &**id), catalog.endpoints.contains_key(id));
            refer(check, path, listing.endpoint_position, to, known);
        }
    }
    for endpoint in catalog.endpoints.values() {
        seller(check, &endpoint.entity.path, &endpoint.provider);
    }
    for model in catalog.models.values() {
        let Some(id) = &model.maker else { continue };
        let known = catalog.makers.iter().any(|maker| maker.id == *id);
        if !known && !check.broken.contains("makers.toml") {
            let text = format!("there is no maker `{id}`");
            let hint = Some("it would stand in makers.toml");
            let (path, at) = (&model.entity.path, model.maker_position);
            check.find(path, at, DiagnosticCode::UndefinedReference, text, hint);
        }
    }
}

fn seller(check: &mut Checking<'_>, path: &str, id: &ProviderId) {
    let known = check.catalog.providers.contains_key(id);
    refer(check, path, Position::START, (EntityKind::Provider, id), known);
}

fn refer(
    check: &mut Checking<'_>,
    path: &str,
    at: Position,
    (kind, id): (EntityKind, &str),
    known: bool,
) {
    // A file that was not understood might define it.
    let file = format!("{}/{id}.toml", kind.folder());
    let folders = || file.match_indices('/').map(|(end, _)| &file[..=end]);
    let may_define = || folders().chain([&*file]).any(|it| check.broken.contains(it));
    if !known && !may_define() {
        let (text, hint) =
            (format!("there is no {kind} `{id}`"), format!("it would stand in {file}"));
        check.find(path, at, DiagnosticCode::UndefinedReference, text, Some(&hint));
    }
}

fn sources<'c>(check: &mut Checking<'c>, entity: &'c Entity) {
    for statement in &entity.statements {
        cite(check, &entity.path, statement.source_position, &statement.source);
    }
    for clause in &entity.clauses {
        cite(check, &entity.path, clause.source_position, &clause.source);
    }
}

fn cite<'c>(check: &mut Checking<'c>, path: &str, at: Position, source: &'c str) {
    let catalog = check.catalog;
    check.cited.insert(source);
    if !catalog.sources.contains_key(source) && !check.broken.contains("sources.toml") {
        let near = super::nearest(source, catalog.sources.keys().map(String::as_str));
        let hint = near.map(|near| format!("did you mean `{near}`?"));
        let text = format!("there is no source `{source}`");
        check.find(path, at, DiagnosticCode::UndefinedSource, text, hint.as_deref());
    }
}

fn clauses(check: &mut Checking<'_>, entity: &Entity) {
    let mut said = BTreeMap::new();
    for clause in &entity.clauses {
        let (path, at) = (&entity.path, clause.position);
        let key = (&clause.id, &clause.source, &clause.at, clause.seen);
        if let Some(first) = said.insert(key, at) {
            let (side, id) = (clause.side(), &clause.id);
            let text = format!("`{side}` promises `{id}` again; first in line {}", first.line);
            let hint = "a source with two clauses of one id names the place of each, `at`";
            check.find(path, at, DiagnosticCode::DuplicateStatement, text, Some(hint));
        }
        check.future(path, at, clause.seen);
    }
}

fn rulings(check: &mut Checking<'_>, entity: &Entity) {
    let (catalog, today) = (check.catalog, check.today);
    for ruling in &entity.rulings {
        let (path, at) = (&entity.path, ruling.position);
        // Whether it still holds can be told once its sides can be read.
        if entity.statements.iter().any(|s| s.unread.contains(&ruling.key.field)) {
            continue;
        }
        if let Some(side) = unknown_side(entity, ruling) {
            let text = format!("nothing was stated that fits `{side}`");
            let hint = "a side is `source`, or `source @ place`, with its value";
            check.find(path, at, DiagnosticCode::UnknownRulingSide, text, Some(hint));
            continue;
        }
        if catalog.has_lapsed(entity, ruling, today) {
            let text = format!("a side of `{}` has moved since {}", ruling.key, ruling.date);
            let hint = "look at the sides again, and rule anew or delete the ruling";
            check.find(path, at, DiagnosticCode::LapsedRuling, text, Some(hint));
        }
    }
}

/// A side or decision of a ruling that no statement, old or new, ever made.
fn unknown_side(entity: &Entity, ruling: &super::Ruling) -> Option<String> {
    let stated = |side: &str, value: &str| {
        entity.statements.iter().any(|statement| {
            let says = |stated: &super::Stated| stated.value.to_string() == value;
            // What says nothing of the field need not be asked for its name.
            let stated = statement.states(&ruling.key);
            stated.is_some_and(|it| statement.side().to_string() == side && says(it))
        })
    };
    let unknown = ruling.sides.iter().find(|(side, value)| !stated(side, value));
    let decided = ruling.sides.iter().any(|(_, value)| *value == ruling.decides);
    unknown
        .map(|(side, value)| format!("{side}: {value}"))
        .or_else(|| (!decided).then(|| ruling.decides.clone()))
}

fn rates(check: &mut Checking<'_>) {
    let mut seen = BTreeMap::new();
    for rate in &check.catalog.rates {
        let pair = (rate.one.min(rate.of), rate.one.max(rate.of));
        if let Some(first) = seen.insert((&rate.source, rate.date, pair), rate.position) {
            let text = format!(
                "`{}` gives this rate again for {}; first in line {}",
                rate.source, rate.date, first.line
            );
            check.find("rates.toml", rate.position, DiagnosticCode::DuplicateStatement, text, None);
        }
        check.future("rates.toml", rate.position, rate.date);
        figures::excerpt_of_rate(check, rate);
    }
}

fn uncited(check: &mut Checking<'_>) {
    let catalog = check.catalog;
    for rate in &catalog.rates {
        cite(check, "rates.toml", rate.position, &rate.source);
    }
    // Something that was not understood may have cited it.
    if !check.whole {
        return;
    }
    for source in catalog.sources.values() {
        if !check.cited.contains(source.id.as_str()) {
            let text = format!("no statement cites `{}`", source.id);
            check.find("sources.toml", source.position, DiagnosticCode::UncitedSource, text, None);
        }
    }
}

fn editions(check: &mut Checking<'_>) {
    let catalog = check.catalog;
    for edition in &catalog.editions {
        check.future("editions.toml", edition.position, edition.date);
    }
    for pair in catalog.editions.windows(2) {
        if pair[1].date < pair[0].date {
            let text = format!("`{}` is dated before `{}`", pair[1].name, pair[0].name);
            check.find("editions.toml", pair[1].position, DiagnosticCode::EditionOrder, text, None);
        }
    }
    let mut names = BTreeSet::new();
    for edition in &catalog.editions {
        if !names.insert(&edition.name) {
            let text = format!("there are two editions `{}`", edition.name);
            check.find("editions.toml", edition.position, DiagnosticCode::EditionOrder, text, None);
        }
    }
    // Data that was not read whole has no digest to speak of.
    if !check.whole || catalog.edition().is_some() {
        return;
    }
    let last = catalog.editions.last();
    let text = last.map_or("no edition is recorded".to_owned(), |last| {
        format!("the data is not that of `{}`", last.name)
    });
    let at = last.map_or(Position::START, |last| last.position);
    let hint = format!("append:\n{}", catalog.next_edition(check.today).1);
    check.find("editions.toml", at, DiagnosticCode::EditionDigest, text, Some(&hint));
}
