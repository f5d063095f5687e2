//! `cogdex check`: a named table of checks, all run, everything collected.
//! What can be seen in one file alone is found while reading it; this looks across files and dates.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::finding::{Code, Finding, Place, in_brief};
use super::statement::{Position, Statement};
use super::subject::{Level, Subject};
use super::{Catalog, fact};

mod figures;
mod prices;

/// What a check looks at, and where it writes down what it finds.
pub(super) struct Checking<'c> {
    catalog: &'c Catalog,
    broken: &'c BTreeSet<String>,
    whole: bool,
    today: Date,
    findings: Vec<Finding>,
}

type Check = (&'static str, fn(&mut Checking<'_>));

static CHECKS: &[Check] = &[
    ("references", references),
    ("sources", sources),
    ("repetitions", repetitions),
    ("clauses", clauses),
    ("dates", dates),
    ("withdrawals", withdrawals),
    ("excerpts", figures::excerpts),
    ("pasts", figures::pasts),
    ("sellers", prices::sellers),
    ("rulings", rulings),
    ("ages", ages),
    ("editions", editions),
];

/// Runs every check. `broken` names the files that were not understood, `whole` says that
/// nothing was found while reading.
pub(super) fn check(
    catalog: &Catalog,
    broken: &BTreeSet<String>,
    whole: bool,
    today: Date,
) -> Vec<Finding> {
    let mut checking = Checking { catalog, broken, whole, today, findings: Vec::new() };
    for (_, run) in CHECKS {
        run(&mut checking);
    }
    checking.findings
}

impl Checking<'_> {
    fn find(&mut self, path: &str, at: Position, code: Code, text: String, hint: Option<&str>) {
        let place = Place { path: path.to_owned(), line: at.line, column: at.column };
        let (text, hint) = (in_brief(text), hint.map(str::to_owned));
        self.findings.push(Finding { place, code, text, hint });
    }

    /// Whether a file that was not understood might define it.
    fn may_exist(&self, level: Level, id: &str) -> bool {
        self.broken.contains(&format!("{}/{id}.toml", level.folder()))
    }
}

const TOP: Position = Position { line: 1, column: 1 };

fn references(check: &mut Checking<'_>) {
    let catalog = check.catalog;
    let refer = |check: &mut Checking<'_>,
                 from: &Subject,
                 key: &str,
                 level: Level,
                 id: &str,
                 defined: bool| {
        if !defined && !check.may_exist(level, id) {
            let head = from.head.iter().find(|(name, ..)| *name == key);
            let at = head.map_or(TOP, |(.., position)| *position);
            let text = format!("there is no {level} `{id}`");
            let hint = format!("it would stand in {}/{id}.toml", level.folder());
            check.find(&from.path, at, Code::UndefinedReference, text, Some(&hint));
        }
    };
    for listing in catalog.listings.values() {
        let provider = listing.provider();
        // Without the key it was found missing already.
        if let Some(model) = listing.head("model") {
            let known = catalog.models.contains_key(model);
            refer(check, listing, "model", Level::Model, model, known);
        }
        let known = catalog.providers.contains_key(provider);
        refer(check, listing, "", Level::Provider, provider, known);
        if let Some(id) = listing.head("endpoint") {
            let known = catalog.endpoints.contains_key(id);
            refer(check, listing, "endpoint", Level::Endpoint, id, known);
        }
    }
    for endpoint in catalog.endpoints.values() {
        let provider = endpoint.provider();
        let known = catalog.providers.contains_key(provider);
        refer(check, endpoint, "", Level::Provider, provider, known);
    }
    for model in catalog.models.values() {
        let Some((_, id, at)) = model.head.iter().find(|(key, ..)| *key == "maker") else {
            continue;
        };
        let known = catalog.makers.iter().any(|maker| maker.id == *id);
        if !known && !check.broken.contains("makers.toml") {
            let text = format!("there is no maker `{id}`");
            let hint = Some("it would stand in makers.toml");
            check.find(&model.path, *at, Code::UndefinedReference, text, hint);
        }
    }
}

fn sources(check: &mut Checking<'_>) {
    let catalog = check.catalog;
    if check.broken.contains("sources.toml") {
        return;
    }
    let mut cited = BTreeSet::new();
    let statements = catalog.subjects().flat_map(|subject| {
        subject.statements.iter().map(|s| (subject.path.as_str(), s.source_position, &s.source))
    });
    let clauses = catalog.endpoints.values().flat_map(|endpoint| {
        endpoint.clauses.iter().map(|c| (endpoint.path.as_str(), c.source_position, &c.source))
    });
    let rates = catalog.rates.iter().map(|rate| ("rates.toml", rate.position, &rate.source));
    for (path, at, source) in statements.chain(clauses).chain(rates) {
        cited.insert(source);
        if !catalog.sources.contains_key(source) {
            let near = super::nearest(source, catalog.sources.keys().map(String::as_str));
            let hint = near.map(|near| format!("did you mean `{near}`?"));
            let text = format!("there is no source `{source}`");
            check.find(path, at, Code::UndefinedSource, text, hint.as_deref());
        }
    }
    // Something that was not understood may have cited it.
    if check.whole {
        for source in catalog.sources.values().filter(|source| !cited.contains(&source.id)) {
            let text = format!("no statement cites `{}`", source.id);
            check.find("sources.toml", source.position, Code::UncitedSource, text, None);
        }
    }
}

fn repetitions(check: &mut Checking<'_>) {
    let catalog = check.catalog;
    for subject in catalog.subjects() {
        let mut seen = BTreeMap::new();
        for statement in &subject.statements {
            for stated in &statement.stated {
                let key = (&statement.source, &statement.at, statement.seen, &stated.key);
                if let Some(first) = seen.insert(key, stated.position) {
                    let side = statement.side();
                    let text = format!(
                        "`{side}` states `{}` again for {}; first in line {}",
                        stated.key, statement.seen, first.line
                    );
                    let hint = "a source that contradicts itself has one statement per place, `at`";
                    let (path, at) = (&subject.path, stated.position);
                    check.find(path, at, Code::DuplicateStatement, text, Some(hint));
                }
            }
        }
    }
    let mut seen = BTreeMap::new();
    for rate in &catalog.rates {
        let pair = (rate.one.min(rate.of), rate.one.max(rate.of));
        if let Some(first) = seen.insert((&rate.source, rate.date, pair), rate.position) {
            let text = format!(
                "`{}` gives this rate again for {}; first in line {}",
                rate.source, rate.date, first.line
            );
            check.find("rates.toml", rate.position, Code::DuplicateStatement, text, None);
        }
    }
}

fn clauses(check: &mut Checking<'_>) {
    let (catalog, today) = (check.catalog, check.today);
    for endpoint in catalog.endpoints.values() {
        let mut said = BTreeMap::new();
        for clause in &endpoint.clauses {
            let (path, at) = (&endpoint.path, clause.position);
            let key = (&clause.id, &clause.source, &clause.at, clause.seen);
            if let Some(first) = said.insert(key, at) {
                let (side, id) = (clause.side(), &clause.id);
                let text = format!("`{side}` promises `{id}` again; first in line {}", first.line);
                let hint = "a source with two clauses of one id names the place of each, `at`";
                check.find(path, at, Code::DuplicateStatement, text, Some(hint));
            }
            if clause.seen > today {
                let text = format!("{} is in the future; today is {today}", clause.seen);
                check.find(path, at, Code::FutureDate, text, None);
            }
        }
    }
}

fn dates(check: &mut Checking<'_>) {
    let (catalog, today) = (check.catalog, check.today);
    let future = |date: Date| format!("{date} is in the future; today is {today}");
    for subject in catalog.subjects() {
        for s in &subject.statements {
            let (path, at) = (&subject.path, s.position);
            if let Some(date) = [Some(s.seen), s.corrected].into_iter().flatten().max()
                && date > today
            {
                check.find(path, at, Code::FutureDate, future(date), None);
            }
            if let Some(date) = s.page_date.filter(|date| *date > s.seen) {
                let text = format!("the page shows {date}, and was seen on {}", s.seen);
                check.find(path, at, Code::DateOrder, text, None);
            }
            if let Some(date) = s.corrected.filter(|date| *date < s.seen) {
                let text = format!("corrected on {date}, before it was seen on {}", s.seen);
                check.find(path, at, Code::DateOrder, text, None);
            }
        }
    }
    for subject in catalog.subjects() {
        for ruling in subject.rulings.iter().filter(|ruling| ruling.date > today) {
            let (path, at) = (&subject.path, ruling.position);
            check.find(path, at, Code::FutureDate, future(ruling.date), None);
        }
    }
    for rate in catalog.rates.iter().filter(|rate| rate.date > today) {
        check.find("rates.toml", rate.position, Code::FutureDate, future(rate.date), None);
    }
    for edition in catalog.editions.iter().filter(|edition| edition.date > today) {
        let at = edition.position;
        check.find("editions.toml", at, Code::FutureDate, future(edition.date), None);
    }
}

fn withdrawals(check: &mut Checking<'_>) {
    let catalog = check.catalog;
    for subject in catalog.subjects() {
        for statement in &subject.statements {
            for (field, at) in &statement.withdrawn {
                let earlier = |other: &&Statement| {
                    other.source == statement.source && other.seen < statement.seen
                };
                let mut said = subject.statements.iter().filter(earlier);
                let fault = if statement.stated.iter().any(|stated| stated.key.field == *field) {
                    "states it in the same breath"
                } else if !said.any(|s| s.speaks_of(*field) && !s.withdraws(*field)) {
                    "never stated it before"
                } else {
                    continue;
                };
                let text = format!("`{field}` is withdrawn, and `{}` {fault}", statement.source);
                check.find(&subject.path, *at, Code::WithdrawnUnknown, text, None);
            }
        }
    }
}

fn rulings(check: &mut Checking<'_>) {
    let (catalog, today) = (check.catalog, check.today);
    for subject in catalog.subjects() {
        for ruling in &subject.rulings {
            let (path, at) = (&subject.path, ruling.position);
            // Whether it still holds can be told once its sides can be read.
            if subject.statements.iter().any(|s| s.unread.contains(&ruling.key.field)) {
                continue;
            }
            if let Some(side) = unknown_side(subject, ruling) {
                let text = format!("nothing was stated that fits `{side}`");
                let hint = "a side is `source`, or `source @ place`, with its value";
                check.find(path, at, Code::UnknownRulingSide, text, Some(hint));
                continue;
            }
            let fact = catalog.fact_of(subject, &ruling.key, today);
            if !fact.is_some_and(|fact| fact::holds(ruling, &fact.views)) {
                let text = format!("a side of `{}` has moved since {}", ruling.key, ruling.date);
                let hint = "look at the sides again, and rule anew or delete the ruling";
                check.find(path, at, Code::LapsedRuling, text, Some(hint));
            }
        }
    }
}

/// A side or decision of a ruling that no statement, old or new, ever made.
fn unknown_side(subject: &Subject, ruling: &super::Ruling) -> Option<String> {
    let stated = |side: &str, value: &str| {
        subject.statements.iter().any(|statement| {
            let states = statement.states(&ruling.key);
            statement.side() == side && states.is_some_and(|s| s.value.to_string() == value)
        })
    };
    let unknown = ruling.sides.iter().find(|(side, value)| !stated(side, value));
    let decided = ruling.sides.iter().any(|(_, value)| *value == ruling.decides);
    unknown
        .map(|(side, value)| format!("{side}: {value}"))
        .or_else(|| (!decided).then(|| ruling.decides.clone()))
}

fn ages(check: &mut Checking<'_>) {
    let (catalog, today) = (check.catalog, check.today);
    for subject in catalog.subjects() {
        for statement in &subject.statements {
            let age = statement.age(today);
            if statement.seen > today || !age.is_stale() {
                continue;
            }
            let is_current = statement.stated.iter().any(|stated| {
                let sides = fact::current(subject, &stated.key, today);
                sides.iter().any(|side| std::ptr::eq(side.statement, statement))
            });
            if is_current {
                let side = statement.side();
                let text = format!("`{side}` is {} days old, of {}", age.days, statement.dated());
                let hint = "read the page again, and add a statement with today's date";
                check.find(&subject.path, statement.position, Code::Stale, text, Some(hint));
            }
        }
    }
}

fn editions(check: &mut Checking<'_>) {
    let catalog = check.catalog;
    for pair in catalog.editions.windows(2) {
        if pair[1].date < pair[0].date {
            let text = format!("`{}` is dated before `{}`", pair[1].name, pair[0].name);
            check.find("editions.toml", pair[1].position, Code::EditionOrder, text, None);
        }
    }
    let mut names = BTreeSet::new();
    for edition in &catalog.editions {
        if !names.insert(&edition.name) {
            let text = format!("there are two editions `{}`", edition.name);
            check.find("editions.toml", edition.position, Code::EditionOrder, text, None);
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
    let at = last.map_or(TOP, |last| last.position);
    check.find("editions.toml", at, Code::EditionDigest, text, Some(&next_edition(check)));
}

/// The block to append, to the letter; a second edition of one day gets a number.
fn next_edition(check: &Checking<'_>) -> String {
    let (catalog, today) = (check.catalog, check.today);
    let taken = |name: &String| catalog.editions.iter().any(|edition| edition.name == *name);
    let numbered = (2..).map(|n: u32| format!("{today}.{n}"));
    let name = std::iter::once(today.to_string()).chain(numbered).find(|name| !taken(name));
    let name = name.unwrap_or_default();
    format!(
        "append:\n[[edition]]\nname = \"{name}\"\ndate = {today}\ndigest = \"{}\"",
        catalog.digest
    )
}
