//! `cogdex diff`: what changed between two states of the catalog, and what it does to your jobs.

use std::collections::BTreeSet;

use anstyle::{AnsiColor, Style};
use anyhow::{Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use super::compare::JobArgs;
use super::compare::table::image_span;
use super::output::{GREEN, Output, RED, clean, styled};
use super::{Exit, Format, Global, open, rates};
use cogdex::catalog::{Catalog, Currency, EntityKind, Listing, ListingId, Percent};
use cogdex::diff::{Alarm, AlarmOutcome, Differences, Effect, FactChangeKind, diff};
use cogdex::pricing::{PriceTable, PricingTerms, Query, Quote, money_range, money_ranges};

/// What became dearer; what fires an alarm is bold.
const RISE: Style = AnsiColor::Red.on_default();

/// Flags of `diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Older catalog: a folder, or git:REV for the catalog folder of a revision
    old: String,
    /// Newer catalog [default: --catalog, or the built-in one]
    new: Option<String>,
    #[command(flatten)]
    args: JobArgs,
    /// Exit with 1 if a total moves by this or more: increase=5%, decrease=5% (repeatable)
    #[arg(long, value_name = "MOVE=SHARE", value_parser = alarm, allow_hyphen_values = true)]
    fail_on: Vec<Alarm>,
}

fn alarm(text: &str) -> Result<Alarm, String> {
    let form = || format!("`{text}` is not such as increase=5% or decrease=5%");
    let (word, share) = text.split_once('=').ok_or_else(form)?;
    let increase = match word {
        "increase" => true,
        "decrease" => false,
        _ => return Err(form()),
    };
    Ok(Alarm { increase, share: share.parse::<Percent>().map_err(|_| form())?.0 })
}

impl DiffArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let queries = self.args.queries(output)?;
        let old = open::read(&open::named_tree(&self.old, global)?, output, today)?;
        let new = match &self.new {
            Some(name) => open::read(&open::named_tree(name, global)?, output, today)?,
            None => open::catalog(global, output, today)?,
        };
        let question = one_question(&queries)?;
        let as_of = question.day(&new, today).map_err(|why| anyhow!(why))?;
        let terms = terms(&queries)?;
        let (before, now) = (question.listings(&old), question.listings(&new));
        for query in &queries {
            // A model may have come or gone; what neither side knows is a slip.
            if let (Err(_), Err(why)) = (known(query, &old, &before), known(query, &new, &now)) {
                bail!(why);
            }
        }
        let ids = |listings: Result<Vec<&Listing>, String>| -> BTreeSet<ListingId> {
            listings.into_iter().flatten().map(|listing| listing.id.clone()).collect()
        };
        let (before, now) = (ids(before), ids(now));
        let jobs: Vec<_> = queries.iter().map(|query| (query.job.clone(), query.rank_by)).collect();
        let (old, new) = (PriceTable::new(&old, terms.clone()), PriceTable::new(&new, terms));
        let chosen = |catalog: &Catalog, listing: &Listing| {
            let ids = if std::ptr::eq(catalog, old.catalog()) { &before } else { &now };
            ids.contains(&listing.id)
        };
        let found = diff((&old, &new), &jobs, as_of, chosen);
        if global.format == Format::Json {
            output.json(&found.document(&old, &new, as_of), false)?;
        } else {
            let currency = new.terms().currency;
            print(output, (&found, &self.fail_on), currency, as_of)?;
        }
        Ok(self.judge(&found))
    }

    fn judge(&self, found: &Differences) -> Exit {
        let pairs = self
            .fail_on
            .iter()
            .flat_map(|alarm| found.effects.iter().map(move |effect| alarm.judge(effect)));
        let judgements: Vec<_> = pairs.collect();
        if judgements.contains(&AlarmOutcome::Alarm) {
            Exit::No
        } else if judgements.contains(&AlarmOutcome::CannotTell) {
            Exit::Unsure
        } else {
            Exit::Done
        }
    }
}

/// Fails where a catalog knows nothing of what a query names.
fn known(
    query: &Query,
    catalog: &Catalog,
    listings: &Result<Vec<&Listing>, String>,
) -> Result<(), String> {
    query.check(catalog, listings.as_ref().map_err(Clone::clone)?)
}

/// The day and the listings of all jobs: two catalogs are compared on one.
fn one_question(queries: &[Query]) -> Result<&Query> {
    let first = queries.first().ok_or_else(|| anyhow!("there is no job"))?;
    let differs = |it: &Query| it.as_of != first.as_of || it.selection != first.selection;
    if queries.iter().any(differs) {
        bail!("the jobs are of several models or days; give them with --model and --as-of");
    }
    Ok(first)
}

/// The one set of terms for all jobs: a budget in another currency would be held against totals
/// that it is not in.
fn terms(queries: &[Query]) -> Result<PricingTerms> {
    let all = queries.iter().map(|query| query.terms(&query.job));
    let mut all = all.collect::<Result<Vec<_>, _>>().map_err(|why| anyhow!(why))?.into_iter();
    let first = all.next().ok_or_else(|| anyhow!("there is no job"))?;
    if let Some(other) = all.clone().find(|other| other.currency != first.currency) {
        bail!(
            "the jobs are in {} and {}; give their budgets in one currency",
            first.currency,
            other.currency
        );
    }
    if all.any(|other| other != first) {
        bail!("the jobs have several rates; give them with --rate");
    }
    Ok(first)
}

fn print(
    output: &mut Output,
    (found, alarms): (&Differences, &[Alarm]),
    currency: Currency,
    as_of: Date,
) -> Result<()> {
    if found.facts.is_empty() && found.effects.is_empty() {
        return output.line("Nothing changed.");
    }
    if !found.facts.is_empty() {
        output.heading("Facts")?;
    }
    for moved in &found.facts {
        let level = if moved.level == EntityKind::Listing {
            String::new()
        } else {
            format!("{} ", moved.level)
        };
        let unknown = || "unknown".to_owned();
        let (old, new) = (moved.old.clone(), moved.new.clone());
        let what = format!(
            "{level}{} {}: {} -> {}",
            moved.id,
            moved.key,
            old.unwrap_or_else(unknown),
            new.unwrap_or_else(unknown)
        );
        let slip = moved.change == FactChangeKind::Corrected;
        let word = format!("{}{}", moved.change.as_str(), if slip { " (our slip)" } else { "" });
        output.wrapped(&format!("{word:<10} "), "           ", &what)?;
    }
    if !found.effects.is_empty() {
        output.heading("Jobs")?;
    }
    for effect in &found.effects {
        let is_alarm = alarms.iter().any(|alarm| alarm.judge(effect) == AlarmOutcome::Alarm);
        effect_line(output, effect, is_alarm, currency)?;
    }
    print_rates(output, found, as_of)
}

/// The rates of both sides where they differ, since what moved a total may be no fact at all; and
/// the old ones on which a total rests.
fn print_rates(output: &mut Output, found: &Differences, as_of: Date) -> Result<()> {
    let (old, new) = found.rates();
    if old == new {
        let old_rates: Vec<_> = new.into_iter().filter(|it| it.old_days(as_of).is_some()).collect();
        for rate in old_rates {
            rates::print(output, std::slice::from_ref(rate), as_of)?;
        }
        return Ok(());
    }
    output.heading("Rates")?;
    for (word, rates) in [("before: ", old), ("now: ", new)] {
        let rates: Vec<_> = rates.into_iter().map(|rate| rates::describe_on(rate, as_of)).collect();
        let text = if rates.is_empty() { "none".to_owned() } else { rates.join("; ") };
        output.wrapped(word, "  ", &text)?;
    }
    Ok(())
}

/// What a change does to a job: dearer is red, cheaper is green, and what fires an alarm is loud.
fn effect_line(
    output: &mut Output,
    effect: &Effect,
    is_alarm: bool,
    currency: Currency,
) -> Result<()> {
    let job = if effect.job.is_empty() { String::new() } else { format!("{}: ", effect.job) };
    let what = format!("{job}{}:", effect.listing);
    let percent = effect.percent().map(|percent| format!(" ({percent})")).unwrap_or_default();
    let [old, new] = sides(effect, currency);
    let moved = format!("{old} -> {new}{percent}");
    let moved = match effect.share {
        _ if is_alarm => styled(RED, &moved),
        Some(share) if share.is_sign_positive() && !share.is_zero() => styled(RISE, &moved),
        Some(share) if share.is_sign_negative() => styled(GREEN, &moved),
        Some(_) | None => moved,
    };
    output.figure(&clean(&what), &moved)
}

/// Both sides of a job: what is paid, or the images of a budget.
fn sides(effect: &Effect, currency: Currency) -> [String; 2] {
    let quotes = [effect.old.as_ref(), effect.new.as_ref()];
    let amount = |quote: Option<&Quote>| quote?.ranked_amount(effect.rank_by);
    let is_counted = quotes.iter().flatten().any(|quote| quote.images.is_some());
    if let ([Some(old), Some(new)], false) = (quotes.map(amount), is_counted) {
        return money_ranges([old, new], currency);
    }
    quotes.map(|quote| match quote {
        None => "not listed".to_owned(),
        Some(Quote { images: Some(images), .. }) => format!("{} images", image_span(*images)),
        Some(it) => amount(quote)
            .map_or_else(|| it.state.as_str().to_owned(), |paid| money_range(paid, currency)),
    })
}
