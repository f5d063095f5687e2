//! What each source said of the price over time, mended slips among it.

use crate::catalog::{Entity, Field, FieldKey, Statement};
use crate::site::charts::{self, Chart, ChartSeries, ChartStep};
use crate::site::listing::context::ListingContext;
use crate::site::view::side::SideView;

/// The most sources that a chart tells apart.
const MAX_VOICES: usize = 6;

/// What one source said on one day.
#[derive(Debug)]
pub(crate) struct PriceHistoryRow<'s> {
    /// `price`, `credits` or `fee`.
    pub(crate) what: &'static str,
    pub(crate) says: String,
    pub(crate) side: SideView<'s>,
    pub(crate) corrected: String,
    pub(crate) current: bool,
}

/// The price over time.
#[derive(Debug)]
pub(crate) struct PriceHistory<'s> {
    pub(crate) rows: Vec<PriceHistoryRow<'s>>,
    pub(crate) chart: Option<Chart>,
    pub(crate) words: String,
}

pub(crate) fn price_history<'s>(context: &ListingContext<'s, '_>) -> PriceHistory<'s> {
    let mut stated = Vec::new();
    for entity in context.site.catalog.levels(context.listing) {
        let until = context.site.settings.as_of;
        let seen = entity.statements.iter().filter(|statement| statement.seen <= until);
        for statement in seen {
            for field in [Field::Price, Field::Credits, Field::Fee] {
                if statement.speaks_of(field) {
                    stated.push((statement.seen, field, entity, statement));
                }
            }
        }
    }
    stated.sort_by_key(|(seen, field, ..)| (*seen, *field));
    let rows: Vec<_> =
        stated.iter().map(|(_, field, s, st)| history_row(context, *field, s, st)).collect();
    let prices = stated.iter().filter(|(_, field, ..)| *field == Field::Price);
    let (voices, unit) = voices(prices.map(|(.., statement)| *statement));
    let title = format!("The stated price of {} over time, in {unit}", context.listing.id);
    let chart = charts::steps("price-chart", title, &voices, context.site.settings.as_of);
    let words = match (&chart, rows.first(), rows.last()) {
        (Some(_), ..) => format!("Stated prices in {unit}, one line for each source."),
        (None, Some(first), Some(last)) if first.side.seen == last.side.seen => {
            format!("All that is known of the price was read on {}.", first.side.seen)
        }
        (None, Some(_), _) => "No source has been seen with another price yet.".to_owned(),
        _ => "No source states a price, so there is no history.".to_owned(),
    };
    PriceHistory { rows, chart, words }
}

fn history_row<'s, 'c: 's>(
    context: &ListingContext<'s, 'c>,
    field: Field,
    entity: &'c Entity,
    statement: &'c Statement,
) -> PriceHistoryRow<'s> {
    let stated = statement.states(&FieldKey::new(field));
    let current = context.fact(field).is_some_and(|fact| {
        let mut sides = fact.claims.iter().flat_map(|view| &view.sides);
        sides.any(|side| std::ptr::eq(side.statement, statement))
    });
    let line = stated.map_or(statement.position.line, |stated| stated.position.line);
    PriceHistoryRow {
        what: field.key(),
        says: stated.map_or_else(|| "vanished".to_owned(), |stated| stated.value.to_string()),
        side: SideView::from_statement(context.site, entity, statement, (field, line)),
        corrected: statement.corrected.map(|date| date.to_string()).unwrap_or_default(),
        current,
    }
}

/// What each source said in the unit that the first of them uses, and that unit.
fn voices<'c>(statements: impl Iterator<Item = &'c Statement>) -> (Vec<ChartSeries>, String) {
    let mut voices: Vec<ChartSeries> = Vec::new();
    let mut unit: Option<String> = None;
    for statement in statements {
        let stated = statement.states(&FieldKey::new(Field::Price));
        let rows = stated.and_then(|stated| stated.value.try_as_price_ref());
        let price = rows.and_then(|rows| rows.0.first()).and_then(|row| row.value.single());
        let own = price.map(|price| match price.per {
            1 => format!("{} / {}", price.currency, price.unit.as_str()),
            per => format!("{} / {per} {}s", price.currency, price.unit.as_str()),
        });
        let fits = own.is_none() || unit.is_none() || own == unit;
        unit = unit.or(own);
        let step =
            ChartStep { day: statement.seen, value: price.filter(|_| fits).map(|p| p.amount) };
        let name = statement.side().to_string();
        match voices.iter().position(|voice| voice.name == name) {
            Some(at) => voices[at].steps.push(step),
            None if voices.len() < MAX_VOICES => {
                voices.push(ChartSeries { name, steps: vec![step] });
            }
            None => {}
        }
    }
    (voices, unit.unwrap_or_default())
}
