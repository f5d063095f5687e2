//! A listing's page: everything that is known of one model code sold by one provider.

use crate::catalog::{Field, FieldPart, FieldValue, Listing};
use crate::site::context::SiteContext;
use crate::site::escape::CodeBlock;
use crate::site::faq::{self, FaqAnswer};
use crate::site::format::yes_no;
use crate::site::link::Link;
use crate::site::listing::context::ListingContext;
use crate::site::listing::json_ld;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::view::fact::{self, FactView, Glance};
use crate::site::view::promise;
use crate::site::view::side::ClauseWording;
use crate::site::{snippets, urls};

use crate::site::charts::ranges::RangeChart;
use crate::site::listing::alternatives::{self, NeighbourGroup, Siblings};
use crate::site::listing::call::{self, FieldRow};
use crate::site::listing::capabilities::{self, CapabilityRow};
use crate::site::listing::examples::{self, ExamplePrompt};
use crate::site::listing::price::{self, PriceView};
use crate::site::listing::price_history::{self, PriceHistory};
use crate::site::listing::probe_results::{self, ProbeResults};
use crate::site::listing::quality::{self, QualityRow};
use crate::site::listing::refusal::{self, ErrorAdvice};
use crate::site::listing::size_sheets::{self, SizeSheet};
use crate::site::listing_pairs;
use crate::site::view::ways_out;

/// Code to copy, in both forms.
#[derive(Debug)]
pub(crate) struct SnippetView {
    pub(crate) anchor: String,
    pub(crate) label: String,
    pub(crate) code: CodeBlock,
}

/// A group of facts with its heading.
#[derive(Debug)]
pub(crate) struct FactGroup<'s> {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) facts: Vec<FactView<'s>>,
}

/// Everything that is known of a listing.
#[derive(Debug)]
pub(crate) struct ListingPage<'s> {
    pub(crate) head: PageHead,
    pub(crate) slug: String,
    pub(crate) note: String,
    pub(crate) provider: Link,
    pub(crate) model: Link,
    pub(crate) maker: String,
    /// `yes`, `no` or `unknown`.
    pub(crate) active: &'static str,
    pub(crate) ways: Vec<Link>,
    pub(crate) chart: Option<RangeChart>,
    /// The pages on which it stands beside others, the cheapest first.
    pub(crate) pairs: Vec<Link>,
    pub(crate) badge: String,
    pub(crate) badge_href: String,
    pub(crate) page: String,
    pub(crate) endpoint: Option<Link>,
    pub(crate) errors: Vec<ErrorAdvice>,
    pub(crate) glances: Vec<Glance>,
    pub(crate) price: PriceView<'s>,
    pub(crate) first_call: String,
    pub(crate) snippets: Vec<SnippetView>,
    pub(crate) openapi: String,
    pub(crate) api: String,
    pub(crate) request: Vec<FieldRow<'s>>,
    pub(crate) unstated: Vec<ClauseWording<'s>>,
    pub(crate) sheets: Vec<SizeSheet>,
    pub(crate) quality_rows: Vec<QualityRow>,
    /// Sizes, qualities, times, limits, what goes in and out, and how calls are billed.
    pub(crate) specs: Vec<FactView<'s>>,
    pub(crate) abilities: Vec<CapabilityRow<'s>>,
    pub(crate) unknown_abilities: Vec<CapabilityRow<'s>>,
    pub(crate) uses: Vec<FactView<'s>>,
    pub(crate) examples: Vec<ExamplePrompt>,
    pub(crate) charges: Vec<Glance>,
    pub(crate) past: PriceHistory<'s>,
    pub(crate) record: Option<ProbeResults>,
    pub(crate) disputes: Vec<FactView<'s>>,
    pub(crate) faq: Vec<FaqAnswer>,
    pub(crate) neighbours: Vec<NeighbourGroup>,
    pub(crate) siblings: Vec<Siblings>,
    pub(crate) rest: Vec<FactGroup<'s>>,
}

/// What a buyer asks first; the rest is folded.
const SPECS: &[Field] = &[
    Field::Mode,
    Field::Latency,
    Field::Sizes,
    Field::DefaultSize,
    Field::Qualities,
    Field::DefaultQuality,
    Field::ImagesPerAnswer,
    Field::ResponseFormats,
    Field::OutputFormats,
    Field::PromptLimit,
    Field::Languages,
    Field::LinkLifetime,
    Field::Concurrency,
    Field::FailureCharged,
    Field::ByokWaivesFee,
];
const USES: &[Field] = &[Field::UseCases, Field::Strengths];
/// The questions that the rest of the page does not answer already; `cogdex faq` has all.
const SHOWN_ANSWERS: &[&str] =
    &["faq-cost", "faq-differ", "faq-mode", "faq-failure", "faq-own-key"];
const PRICE: &[Field] = &[Field::Price, Field::Credits, Field::Fee, Field::Capabilities];

impl<'s> ListingPage<'s> {
    pub(crate) fn new<'c>(site: &'s SiteContext<'c>, listing: &'c Listing) -> Self {
        let context = ListingContext::new(site, listing);
        let price = price::price_view(&context);
        let faq = faq::answers(&context);
        let maker = maker_name(&context);
        let disputes = alternatives::disputes(&context);
        let contract = context.contract.as_ref();
        let (abilities, unknown_abilities) = capabilities::capability_rows(&context);
        Self {
            head: page_head(&context, &price, &maker, &faq),
            slug: listing.slug().to_owned(),
            note: listing.entity.note.as_deref().unwrap_or_default().to_owned(),
            provider: context.provider_link(),
            model: Link::model(site.catalog, listing.model.as_str()),
            maker,
            active: active(&context),
            ways: ways_out::of_listing(site, listing),
            chart: alternatives::family_chart(&context),
            pairs: listing_pairs::links(site, listing, listing),
            badge: site.absolute(&urls::badge(listing)),
            badge_href: urls::badge(listing),
            page: site.absolute(&urls::page(&listing.entity)),
            endpoint: contract.map(|it| Link::to(&it.endpoint.entity)),
            errors: refusal::error_advice(&context),
            glances: glances(&context),
            price,
            first_call: call::first_call(&context),
            snippets: snippet_views(&context),
            openapi: contract.map(|_| urls::openapi(listing)).unwrap_or_default(),
            api: urls::api(listing),
            request: call::request(&context),
            unstated: contract.map(|it| promise::unstated(site, it)).unwrap_or_default(),
            sheets: size_sheets::sheets(&context),
            quality_rows: quality::quality_rows(&context),
            specs: context.views(SPECS),
            abilities,
            unknown_abilities,
            uses: context.views(USES),
            examples: examples::examples(&context),
            charges: quality::charges(&context),
            past: price_history::price_history(&context),
            record: probe_results::probe_results(&context),
            disputes,
            faq: faq.into_iter().filter(|it| SHOWN_ANSWERS.contains(&&*it.anchor)).collect(),
            neighbours: [alternatives::cheaper(&context), alternatives::faster(&context)].concat(),
            siblings: alternatives::siblings(&context),
            rest: other_facts(&context),
        }
    }
}

fn page_head(
    context: &ListingContext<'_, '_>,
    price: &PriceView<'_>,
    maker: &str,
    faq: &[FaqAnswer],
) -> PageHead {
    let name = format!("{} on {}", context.listing.slug(), context.provider_name());
    page_meta::head(
        context.site,
        PageMeta {
            crumbs: vec![context.provider_link()],
            structured: json_ld::json_ld(context, &name, maker, faq),
            ..PageMeta::new(
                urls::page(&context.listing.entity),
                name,
                format!("{} How to call it, and what its sources say.", price.sentence),
            )
        },
    )
}

/// The maker by the name we use.
fn maker_name(context: &ListingContext<'_, '_>) -> String {
    let catalog = context.site.catalog;
    let of_model = context.site.maker(context.listing.model.as_str());
    let spelled = context.words(Field::Maker);
    let maker = of_model.or_else(|| catalog.maker(&spelled));
    maker.map_or(spelled, |maker| maker.name.clone())
}

fn active(context: &ListingContext<'_, '_>) -> &'static str {
    yes_no(context.value(Field::Active).and_then(FieldValue::try_as_flag_ref).copied())
}

/// What is told of seller and delivery at once; what is not stated is left out.
fn glances(context: &ListingContext<'_, '_>) -> Vec<Glance> {
    let fields = [
        ("Delivery", Field::Mode),
        ("Upstream", Field::Upstream),
        ("Upstream host", Field::UpstreamHost),
        ("API shape", Field::ApiShape),
        ("Key, in its docs", Field::KeyVariable),
    ];
    let glance = |(label, field)| context.fact(field).map(|fact| Glance::new(label, fact));
    fields.into_iter().filter_map(glance).collect()
}

fn snippet_views(context: &ListingContext<'_, '_>) -> Vec<SnippetView> {
    let view = |snippet: snippets::Snippet| SnippetView {
        anchor: snippet.anchor,
        label: snippet.label,
        code: CodeBlock::new(snippet.language, snippet.code),
    };
    let first = snippets::first_call(context.site, context.listing).into_iter();
    let programs = snippets::snippets(context.site, context.listing);
    first.chain(programs).map(view).collect()
}

/// Every fact that no other part of the page shows: terms and descriptions, then the pages'.
fn other_facts<'s>(context: &ListingContext<'s, '_>) -> Vec<FactGroup<'s>> {
    let shown = [PRICE, SPECS, USES].concat();
    let group = |id, title, of_page: bool| {
        let facts = context.facts.iter().filter(|fact| {
            let field = fact.key.field;
            (field.info().part == FieldPart::Page) == of_page && !shown.contains(&field)
        });
        FactGroup {
            id,
            title,
            facts: facts.map(|fact| fact::fact_view(context.site, fact)).collect(),
        }
    };
    let groups =
        [group("identity", "All other details", false), group("pages", "Other claims", true)];
    groups.into_iter().filter(|group| !group.facts.is_empty()).collect()
}

forms!(ListingPage<'s>, "pages/listing.html", "pages/listing.md");
