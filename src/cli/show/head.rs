//! What stands above all else: who sells what, at which price and rank, and where it is to be had.

use anyhow::Result;

use super::printer::ListingPrinter;
use crate::cli::compare::{disputes, table};
use crate::cli::output::{BOLD, DIM, GREEN, YELLOW, clean, styled};
use crate::cli::rates;
use cogdex::catalog::{Catalog, Currency, Field, FieldKey, Listing};
use cogdex::pricing::money_range;
use cogdex::pricing::{
    Comparison, Job, Quote, QuoteState, RankBy, Reason, Selection, WarningCode, compare, select,
};
use cogdex::show::ListingDetails;

/// The width of the words that lines begin with.
const LABEL: usize = 10;

/// Prints the head of a listing.
pub(super) fn print(
    printer: &mut ListingPrinter<'_, '_>,
    details: &ListingDetails<'_>,
) -> Result<()> {
    let (catalog, listing) = (printer.sources.catalog(), details.listing);
    let edition = catalog.edition_name();
    printer.output.styled_line(BOLD, &listing.id)?;
    printer.output.wrapped("", "  ", &sentence(catalog, listing))?;
    let stamp = format!("as of {}, catalog {edition}", details.as_of);
    printer.output.styled_line(DIM, &stamp)?;
    printer.output.line("")?;
    let family = catalog.family(listing);
    let sellers = select(catalog, &Selection::Named(family.to_owned())).unwrap_or_default();
    let comparison =
        compare(printer.table, &sellers, &Job::default(), details.as_of, RankBy::Total);
    let own = comparison.quotes.iter().find(|(_, quote)| listing.id == quote.listing);
    if let Some((rank, quote)) = own {
        let currency = printer.table.terms().currency;
        let price = price(quote, currency);
        let price = if *rank == Some(1) { styled(GREEN, &price) } else { price };
        line(printer, "price", &price)?;
        for rate in &quote.rates {
            let text = rates::describe_on(rate, details.as_of);
            let is_old = rate.old_days(details.as_of).is_some();
            line(printer, "rate", &if is_old { styled(YELLOW, &text) } else { text })?;
        }
        if quote.state == QuoteState::Disputed {
            let text = format!("disputed: {}", clean(&disputes::cause(quote)));
            line(printer, "", &styled(YELLOW, &text))?;
        }
        // An old rate is told with the rate.
        for warning in quote.warnings.iter().filter(|it| it.code != WarningCode::OldRate) {
            let text = clean(&table::warning_text(quote, warning, currency));
            let is_old = warning.code == WarningCode::Stale;
            line(printer, "", &if is_old { styled(YELLOW, &text) } else { text })?;
        }
        line(printer, "rank", &rank_text(*rank, &comparison, family))?;
    }
    if let Some(page) = price_page(catalog, details) {
        line(printer, "page", &clean(page))?;
    }
    let parts = [("endpoint", listing.endpoint.as_deref()), ("model", Some(&*listing.model))];
    let parts = parts.into_iter().filter_map(|(key, id)| Some(format!("{key} {}", clean(id?))));
    line(printer, "of", &parts.collect::<Vec<_>>().join(", "))?;
    match &listing.entity.note {
        Some(note) => line(printer, "note", &clean(note)),
        None => Ok(()),
    }
}

fn line(printer: &mut ListingPrinter<'_, '_>, label: &str, text: &str) -> Result<()> {
    let first = format!("{label:<LABEL$}");
    printer.output.wrapped_styled(&first, &" ".repeat(LABEL), text)
}

/// `API in One sells CogView-4 by Zhipu AI as cogview-4`.
fn sentence(catalog: &Catalog, listing: &Listing) -> String {
    let seller = catalog.providers.get(&listing.provider).map_or("?", |it| it.entity.label());
    let model = catalog.models.get(&listing.model);
    let name = model.map_or(listing.model.as_str(), |model| model.entity.label());
    let maker = catalog.maker_of(&listing.model);
    let by = maker.map(|maker| format!(" by {}", maker.name)).unwrap_or_default();
    format!("{seller} sells {name}{by} as {}", listing.slug())
}

/// What one image costs, in the seller's own currency first; or why nobody knows.
fn price(quote: &Quote, currency: Currency) -> String {
    let Some(total) = quote.total else {
        return match &quote.reason {
            Some(Reason::SecondsNotGiven) => {
                "billed by the second, so it depends on how long an image takes".to_owned()
            }
            Some(reason) => format!("unknown: {}", clean(&reason.to_string())),
            None => "unknown".to_owned(),
        };
    };
    let is_about = quote.warnings.iter().any(|it| it.code == WarningCode::About);
    let ours = format!("{}{}", if is_about { "~" } else { "" }, money_range(total, currency));
    let amount = match quote.own_cost() {
        Some((own, of)) => format!("{}, which is {ours}", money_range(own, of)),
        None => ours,
    };
    format!("{amount} for an image of 1024x1024")
}

fn rank_text(rank: Option<usize>, comparison: &Comparison, family: &str) -> String {
    let ranked = comparison.quotes.iter().filter(|(rank, _)| rank.is_some()).count();
    match rank {
        Some(rank) => format!("{rank} of {ranked} listings of {} with a price", clean(family)),
        None => format!("none; {ranked} other listings of {} have a price", clean(family)),
    }
}

/// The address of the seller's prices; where nobody gives one, that of the price's source.
fn price_page<'c>(catalog: &'c Catalog, details: &ListingDetails<'c>) -> Option<&'c str> {
    let known = ["pricing-page", "website"].into_iter().find_map(|key| {
        let fact = catalog.fact(details.listing, &FieldKey::parse(key)?, details.as_of)?;
        fact.value()?.try_as_text_ref().map(String::as_str)
    });
    let of_source = || {
        let fact = catalog.field(details.listing, Field::Price, details.as_of)?;
        let side = fact.effective_claims().first()?.sides.first()?;
        catalog.address(&side.statement.source)
    };
    known.or_else(of_source)
}
