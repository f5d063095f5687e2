//! Which rows of a price table count for a variant: for each quality, delivery and number of steps
//! that the sources leave open, the row with the most conditions.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::reason::Reason;
use super::Resolver;
use super::alternatives::{Alternative, grouped, merged};
use crate::catalog::{
    Claim, ConditionCase, ConditionRow, ConditionTable, DeliveryMode, Fact, Field, FieldValue,
    Percent, Price, Texts,
};

/// The prices of a variant by a month's volume: one step where volume does not matter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PriceLadder {
    /// The last image of each step, and its price.
    pub(super) steps: Vec<(Option<u64>, Price)>,
    /// The share of it that is paid.
    pub(super) share: Option<Percent>,
    /// What tells one ladder from another; empty where volume does not matter.
    pub(super) name: Arc<str>,
}

/// What a price depends on, and no source states a default for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct OpenConditions {
    pub(super) quality: bool,
    pub(super) mode: bool,
    pub(super) steps: bool,
}

/// What one side asks for a variant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PriceAnswer {
    /// Several where something is open.
    pub(super) ladders: Vec<PriceLadder>,
    pub(super) open: OpenConditions,
}

/// One way in which an image may be drawn, by numbers of what is open.
struct Drawing<'a> {
    quality: Option<&'a str>,
    /// `sync` or `async`.
    mode: DeliveryMode,
    steps: Option<u64>,
}

impl Resolver<'_> {
    /// What the sides ask for the variant. A side whose rows do not speak of it is none, unless
    /// all are so.
    pub(super) fn prices(
        &self,
        fact: &Fact<'_>,
        quality: Option<&str>,
    ) -> Vec<Alternative<Result<PriceAnswer, Reason>>> {
        let mut answers = match self.shared_tables(fact) {
            tables if tables.is_empty() => grouped(fact, |value| match value.try_as_price_ref() {
                Some(rows) => self.answer(rows, quality),
                None => Err(Reason::NoPrice),
            }),
            tables => merged(
                tables.into_iter().map(|table| table.map(|rows| self.answer(&rows, quality))),
            ),
        };
        let is_silent = |answer: &Alternative<Result<PriceAnswer, Reason>>| {
            matches!(
                answer.answer,
                Err(Reason::NoPriceForVariant
                    | Reason::NoBatch
                    | Reason::QualityNotGiven { .. }
                    | Reason::HardwareNotPriced { .. }
                    | Reason::SecondsNotGiven)
            )
        };
        if answers.len() > 1 && !answers.iter().all(is_silent) {
            answers.retain(|answer| !is_silent(answer));
            if let [one] = answers.as_mut_slice() {
                one.says.clear();
            }
        }
        // Alone, a price still names its source, for the lines.
        if let [one] = answers.as_mut_slice()
            && one.sources.is_empty()
        {
            one.sources = fact.effective_claims().iter().flat_map(Claim::sides).collect();
        }
        answers
    }

    /// For a batch, where a page states nothing but the share that is paid: its rows beside those
    /// of each page that states what it is a share of, and each page's own price for a batch. Both
    /// pages are the sources of what follows. Nothing where no page is so.
    fn shared_tables(&self, fact: &Fact<'_>) -> Vec<Alternative<ConditionTable<Price>>> {
        let claims = fact.effective_claims().iter().filter(|_| self.variant.batch);
        let tables = claims.filter_map(|claim| Some((claim, claim.value.try_as_price_ref()?)));
        let is_share = |row: &&ConditionRow<Price>| matches!(row.value, Price::Share(_));
        let (shares, full): (Vec<_>, Vec<_>) =
            tables.partition(|(_, table)| table.0.iter().all(|row| is_share(&row)));
        if shares.is_empty() || full.is_empty() {
            return Vec::new();
        }
        let says = |claim: &Claim<'_>| format!("{}: {}", fact.key, claim.value);
        let mut tables = Vec::new();
        for (claim, table) in &full {
            if table.0.iter().any(|row| row.when.is_batch()) {
                let answer = ConditionTable(table.0.clone());
                tables.push(Alternative { answer, says: says(claim), sources: claim.sides() });
            }
            let rows = || table.0.iter().filter(|row| !row.when.is_batch());
            tables.extend(shares.iter().map(|(share, of_share)| Alternative {
                answer: ConditionTable(rows().chain(&of_share.0).cloned().collect()),
                says: format!("{}; {}", says(share), says(claim)),
                sources: [share.sides(), claim.sides()].concat(),
            }));
        }
        tables
    }

    fn answer(
        &self,
        rows: &ConditionTable<Price>,
        drawn: Option<&str>,
    ) -> Result<PriceAnswer, Reason> {
        let listed = self.listed_qualities();
        let steps = self.open_steps(rows);
        let ours = self.rows_of_variant(rows, &steps);
        let qualities = match drawn {
            Some(quality) => vec![Some(quality)],
            None => open_qualities(&ours, listed.as_deref()),
        };
        let mut found: Vec<(Drawing<'_>, PriceLadder)> = Vec::new();
        for quality in &qualities {
            let (mut fault, before) = (None, found.len());
            for mode in self.deliveries() {
                for number in &steps {
                    let drawing = Drawing { quality: *quality, mode, steps: *number };
                    match self.ladder(rows, &drawing, self.variant.batch) {
                        Ok(ladder) => found.push((drawing, ladder)),
                        Err(reason) => fault = fault.or(Some(reason)),
                    }
                }
            }
            if let Some(reason) = fault.filter(|_| found.len() == before) {
                let is_open = qualities.len() > 1 && matches!(reason, Reason::NoPriceForVariant);
                let priced = priced_qualities(&ours);
                return Err(if is_open { Reason::QualityNotGiven { priced } } else { reason });
            }
        }
        let mut open = open_conditions(&found);
        // A price for one way of drawing alone hangs on it, too.
        let modes: BTreeSet<_> = found.iter().map(|(drawing, _)| drawing.mode).collect();
        let priced: BTreeSet<_> = found.iter().map(|(drawing, _)| drawing.steps).collect();
        open.mode |= modes.len() < self.deliveries().len();
        open.steps |= priced.len() < steps.len();
        Ok(PriceAnswer { open, ladders: distinct(found) })
    }

    /// The row, or the steps of a ladder, that count for one way of drawing.
    fn ladder(
        &self,
        rows: &ConditionTable<Price>,
        drawing: &Drawing<'_>,
        batch: bool,
    ) -> Result<PriceLadder, Reason> {
        let case = ConditionCase {
            size: self.variant.size,
            quality: drawing.quality,
            mode: if batch { DeliveryMode::Batch } else { drawing.mode },
            steps: drawing.steps,
            day: self.as_of,
        };
        let fit: Vec<_> = rows.0.iter().filter(|row| row.when.hold(case)).collect();
        if fit.is_empty() {
            return Err(if batch { Reason::NoBatch } else { Reason::NoPriceForVariant });
        }
        let steps = ConditionTable::most_specific(self.on_hardware(fit)?.into_iter());
        if let [ConditionRow { value: Price::Share(share), .. }] = steps.as_slice() {
            let full = self.ladder(rows, drawing, false)?;
            return Ok(PriceLadder { share: Some(*share), ..full });
        }
        let has_steps = steps.iter().any(|row| row.up_to.is_some());
        let name = steps.first().filter(|_| has_steps).map(|row| row.when.ladder_name());
        let steps = steps.iter().map(|row| (row.up_to, row.value.clone())).collect();
        Ok(PriceLadder { steps, share: None, name: name.unwrap_or_default().into() })
    }

    /// The rows that hold for the variant in some quality.
    fn rows_of_variant<'t>(
        &self,
        rows: &'t ConditionTable<Price>,
        steps: &[Option<u64>],
    ) -> Vec<&'t ConditionRow<Price>> {
        let batch = self.variant.batch.then_some(DeliveryMode::Batch);
        let modes: Vec<_> = self.deliveries().into_iter().chain(batch).collect();
        let holds = |row: &&ConditionRow<Price>| {
            modes.iter().any(|&mode| {
                steps.iter().any(|steps| {
                    let quality = row.when.quality.as_deref();
                    let (size, day) = (self.variant.size, self.as_of);
                    row.when.hold(ConditionCase { size, quality, mode, steps: *steps, day })
                })
            })
        };
        rows.0.iter().filter(holds).collect()
    }

    /// The rows of the hardware that is asked for, or those for whatever hardware.
    fn on_hardware<'t>(
        &self,
        rows: Vec<&'t ConditionRow<Price>>,
    ) -> Result<Vec<&'t ConditionRow<Price>>, Reason> {
        let priced: Vec<_> = rows.iter().filter_map(|row| row.when.hardware.clone()).collect();
        let Some(wanted) = &self.variant.hardware else {
            let any: Vec<_> = rows.into_iter().filter(|row| row.when.hardware.is_none()).collect();
            return if any.is_empty() { Err(Reason::SecondsNotGiven) } else { Ok(any) };
        };
        let on = |row: &&ConditionRow<Price>| {
            row.when.hardware.as_ref().is_none_or(|hardware| hardware == wanted)
        };
        let on: Vec<_> = rows.into_iter().filter(on).collect();
        if on.is_empty() {
            return Err(Reason::HardwareNotPriced { hardware: wanted.clone(), priced });
        }
        Ok(on)
    }

    /// The deliveries that a price may be for: what is required, else what is stated, else both.
    pub(super) fn deliveries(&self) -> Vec<DeliveryMode> {
        let required = self.variant.deliveries();
        if !required.is_empty() {
            return required;
        }
        let fact = self.offered(Field::Mode);
        let word = fact.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_text_ref);
        DeliveryMode::stated(word.map_or("", String::as_str)).to_vec()
    }

    /// The qualities that the listing is stated to offer.
    fn listed_qualities(&self) -> Option<Vec<String>> {
        let fact = self.offered(Field::Qualities)?;
        let Texts(list) = fact.value()?.try_as_texts_ref()?;
        Some(list.clone())
    }

    /// The steps that are asked for, or by default; where neither is known, those that are priced.
    fn open_steps(&self, rows: &ConditionTable<Price>) -> Vec<Option<u64>> {
        let fact = self.offered(Field::DefaultSteps);
        let default = fact.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_count_ref);
        if let Some(steps) = self.variant.steps.or(default.copied()) {
            return vec![Some(steps)];
        }
        let mut steps: Vec<_> = rows.0.iter().map(|row| row.when.steps).collect();
        steps.push(None);
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}

fn priced_qualities(rows: &[&ConditionRow<Price>]) -> Vec<String> {
    let mut priced: Vec<_> = rows.iter().filter_map(|row| row.when.quality.clone()).collect();
    priced.sort_unstable();
    priced.dedup();
    priced
}

/// The qualities that may be drawn where none is asked for and no default is stated: those that
/// are offered, else those that are priced, and any other where a row holds for it.
fn open_qualities<'a>(
    rows: &[&'a ConditionRow<Price>],
    listed: Option<&'a [String]>,
) -> Vec<Option<&'a str>> {
    if let Some(listed) = listed
        && rows.iter().any(|row| row.when.quality.is_some())
    {
        return listed.iter().map(|quality| Some(quality.as_str())).collect();
    }
    let mut named: Vec<_> = rows.iter().filter_map(|row| row.when.quality.as_deref()).collect();
    named.sort_unstable();
    named.dedup();
    // One quality that is priced says nothing of all others.
    let other = named.len() < 2 || rows.iter().any(|row| row.when.quality.is_none());
    named.into_iter().map(Some).chain(other.then_some(None)).collect()
}

/// What makes a difference: two ways of drawing that differ in it alone, and in what they cost.
fn open_conditions(found: &[(Drawing<'_>, PriceLadder)]) -> OpenConditions {
    let mut open = OpenConditions::default();
    for (i, (a, price)) in found.iter().enumerate() {
        for (b, other) in &found[..i] {
            let same = (a.quality == b.quality, a.mode == b.mode, a.steps == b.steps);
            let differ = price != other;
            open.quality |= differ && same == (false, true, true);
            open.mode |= differ && same == (true, false, true);
            open.steps |= differ && same == (true, true, false);
        }
    }
    open
}

fn distinct(found: Vec<(Drawing<'_>, PriceLadder)>) -> Vec<PriceLadder> {
    let mut ladders: Vec<PriceLadder> = Vec::new();
    for (_, ladder) in found {
        if !ladders.contains(&ladder) {
            ladders.push(ladder);
        }
    }
    ladders
}
