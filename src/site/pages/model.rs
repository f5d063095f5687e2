//! A model's page: what it is said to be, how it did in benchmarks and against whom, what is
//! claimed of it, and who sells it.

use crate::catalog::{Fact, FactState, Field, Model, decimal};
use crate::site::charts::bars::{BarChart, BarFigure, bars};
use crate::site::charts::ranges::RangeChart;
use crate::site::context::SiteContext;
use crate::site::format::{heading, plural};
use crate::site::link::Link;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::urls;
use crate::site::view::dispute::{self, DisputeView};
use crate::site::view::fact::LabelledFact;
use crate::site::view::fact::{self, FactView};
use crate::site::view::price_row::{self, PriceRow};
use crate::site::view::rate::{self, RateView};

/// What is asked of every model.
const ASKED: &[Field] = &[
    Field::Released,
    Field::Licence,
    Field::Parameters,
    Field::TextEncoder,
    Field::Languages,
    Field::Sizes,
    Field::PromptLimit,
];

/// A benchmark.
#[derive(Debug)]
pub(crate) struct Benchmark<'s> {
    pub(crate) label: String,
    pub(crate) anchor: String,
    pub(crate) figure: Vec<FactView<'s>>,
    pub(crate) place: Vec<FactView<'s>>,
    pub(crate) peers: Vec<ModelClaim<'s>>,
    pub(crate) chart: Vec<BarChart>,
}

/// A published claim of the model, or a figure of another.
#[derive(Debug)]
pub(crate) struct ModelClaim<'s> {
    pub(crate) label: String,
    pub(crate) fact: FactView<'s>,
}

/// Everything that is known of a model.
#[derive(Debug)]
pub(crate) struct ModelPage<'s> {
    pub(crate) head: PageHead,
    pub(crate) note: String,
    pub(crate) maker: String,
    pub(crate) spellings: String,
    pub(crate) family: Vec<Link>,
    pub(crate) known: Vec<LabelledFact<'s>>,
    pub(crate) use_cases: Vec<FactView<'s>>,
    pub(crate) benchmarks: Vec<Benchmark<'s>>,
    pub(crate) contradicted: Vec<ModelClaim<'s>>,
    pub(crate) claims: Vec<ModelClaim<'s>>,
    pub(crate) disputes: Vec<DisputeView<'s>>,
    pub(crate) prices: Vec<PriceRow>,
    pub(crate) price_chart: Option<RangeChart>,
    pub(crate) rates: Vec<RateView>,
}

impl<'s> ModelPage<'s> {
    pub(crate) fn new<'c>(site: &'s SiteContext<'c>, model: &'c Model) -> Self {
        let name = model.entity.label();
        let listings = site.index.by_model.get(model.id.as_str());
        let listings = listings.map_or(&[][..], Vec::as_slice);
        let cost = match price_row::cost_text(site, listings) {
            Some(cost) => format!("one image costs {cost}"),
            None => "what an image costs is unknown".to_owned(),
        };
        let meta = PageMeta::new(
            urls::page(&model.entity),
            name.to_owned(),
            format!(
                "{} of {name}: {cost}. Who sells it, benchmarks, languages, licence and claims.",
                plural(listings.len(), "listing")
            ),
        );
        let maker = site.maker(model.id.as_str());
        let own = fact::own_facts(site, &model.entity);
        let claims = own.iter().filter(|fact| fact.key.field == Field::Claims);
        let claims = claims
            .map(|fact| ModelClaim { label: name_of(fact), fact: fact::fact_view(site, fact) });
        let (contradicted, claims) =
            claims.partition(|claim| claim.fact.decided != FactState::Agreed);
        let is_claim = |dispute: &DisputeView<'_>| dispute.fact.key.field == Field::Claims;
        let mut disputes = dispute::disputes(site, &model.entity);
        disputes.retain(|dispute| !is_claim(dispute));
        let use_cases = own.iter().filter(|fact| fact.key.field == Field::UseCases);
        Self {
            head: page_meta::head(site, meta),
            note: model.entity.note.as_deref().unwrap_or_default().to_owned(),
            maker: maker.map(|maker| maker.name.clone()).unwrap_or_default(),
            spellings: maker.map(|maker| maker.aliases.join(", ")).unwrap_or_default(),
            family: family(site, model),
            known: fact::labelled_facts(site, &model.entity, ASKED),
            use_cases: use_cases.map(|fact| fact::fact_view(site, fact)).collect(),
            benchmarks: benchmarks(site, name, &own),
            contradicted,
            claims,
            disputes,
            prices: price_row::price_rows(site, listings),
            price_chart: price_row::chart(site, listings),
            rates: rate::rates_of(site, listings),
        }
    }
}

forms!(ModelPage<'s>, "pages/model.html", "pages/model.md");

/// The key within a table, as a phrase.
fn name_of(fact: &Fact<'_>) -> String {
    heading(fact.key.name.as_deref().unwrap_or_default())
}

fn family(site: &SiteContext<'_>, model: &Model) -> Vec<Link> {
    let Some(family) = model.family.as_deref() else { return Vec::new() };
    let same = site.catalog.models.values();
    let same = same.filter(|other| other.family.as_deref() == Some(family) && other.id != model.id);
    same.map(|model| Link::named(&model.entity)).collect()
}

/// Every benchmark that a figure or a place is stated of; the figures of others carry no name of
/// a benchmark, and stand beside the first figure of their own magnitude.
fn benchmarks<'s>(site: &'s SiteContext<'_>, model: &str, own: &[Fact<'s>]) -> Vec<Benchmark<'s>> {
    let of = |field: Field| own.iter().filter(move |fact| fact.key.field == field);
    let mut names: Vec<&str> = of(Field::Benchmarks)
        .chain(of(Field::BenchmarkRanks))
        .filter_map(|fact| fact.key.name.as_deref())
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut peers: Vec<&Fact<'_>> = of(Field::BenchmarkPeers).collect();
    let mut benchmarks = Vec::new();
    for name in names {
        let stated = |field| of(field).find(|fact| fact.key.name.as_deref() == Some(name));
        let figure = stated(Field::Benchmarks);
        let near = figure.is_some_and(|figure| peers.iter().all(|peer| is_near(figure, peer)));
        let beside = if near { std::mem::take(&mut peers) } else { Vec::new() };
        let drawn =
            figure.filter(|_| !beside.is_empty()).and_then(|own| chart(model, name, own, &beside));
        benchmarks.push(Benchmark {
            label: name.to_owned(),
            anchor: format!("benchmark-{}", urls::anchor(name)),
            figure: figure.iter().map(|fact| fact::fact_view(site, fact)).collect(),
            place: stated(Field::BenchmarkRanks)
                .iter()
                .map(|fact| fact::fact_view(site, fact))
                .collect(),
            peers: peers_of(site, &beside),
            chart: drawn.into_iter().collect(),
        });
    }
    if !peers.is_empty() {
        benchmarks.push(Benchmark {
            label: "Other models, by a benchmark that is not named".to_owned(),
            anchor: "benchmark.others".to_owned(),
            figure: Vec::new(),
            place: Vec::new(),
            peers: peers_of(site, &peers),
            chart: Vec::new(),
        });
    }
    benchmarks
}

fn peers_of<'s>(site: &'s SiteContext<'_>, peers: &[&Fact<'s>]) -> Vec<ModelClaim<'s>> {
    let peer =
        |fact: &&Fact<'s>| ModelClaim { label: peer_name(fact), fact: fact::fact_view(site, fact) };
    peers.iter().map(peer).collect()
}

fn peer_name(fact: &Fact<'_>) -> String {
    fact.key.name.clone().unwrap_or_default()
}

fn only(fact: &Fact<'_>) -> Option<String> {
    fact.value().map(ToString::to_string)
}

/// Whether neither figure is more than twice the other.
fn is_near(one: &Fact<'_>, other: &Fact<'_>) -> bool {
    let read = |fact: &Fact<'_>| only(fact).and_then(|text| decimal(&text).ok());
    let Some((one, other)) = read(one).zip(read(other)) else { return false };
    one <= other + other && other <= one + one
}

fn chart(model: &str, benchmark: &str, own: &Fact<'_>, peers: &[&Fact<'_>]) -> Option<BarChart> {
    let mut figures = vec![BarFigure { label: model.to_owned(), value: only(own)?, own: true }];
    for peer in peers {
        figures.push(BarFigure { label: peer_name(peer), value: only(peer)?, own: false });
    }
    bars(benchmark, figures)
}
