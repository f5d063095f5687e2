//! The contradictions between and within the sources, each by its number: all come out of the
//! statements by themselves.

use cogdex::catalog::{Catalog, Fact, FactState, Field, FieldKey, FieldPart, FieldValue, Listing};
use cogdex::show::{ListingDetails, show};

use crate::support::{TODAY, job, quote, terms};
use cogdex::pricing::WarningCode;

fn embedded() -> Catalog {
    Catalog::embedded().unwrap()
}

fn fact<'c>(catalog: &'c Catalog, listing: &str, field: Field) -> Fact<'c> {
    catalog.field(&catalog.listings[listing], field, TODAY).unwrap()
}

/// The views of a fact with their sides.
fn views(fact: &Fact<'_>) -> Vec<(String, Vec<String>)> {
    fact.claims
        .iter()
        .map(|view| {
            (view.value.to_string(), view.sides().iter().map(ToString::to_string).collect())
        })
        .collect()
}

/// Asserts that a listing's own sources differ: each value with some of the sides that give it.
fn assert_disputed(fact: &Fact<'_>, expected: &[(&str, &[&str])]) {
    assert_eq!(fact.state(), FactState::Disputed);
    let found = views(fact);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (value, sides) in expected {
        let view = found.iter().find(|(found, _)| found == value);
        let (_, by) = view.unwrap_or_else(|| panic!("nobody says {value}: {found:?}"));
        for side in *sides {
            assert!(by.iter().any(|by| by == side), "{side} does not say {value}: {by:?}");
        }
    }
}

/// What others say where a listing differs from them on a field, by seller.
fn differences(catalog: &Catalog, listing: &str, field: Field) -> Vec<(String, String)> {
    let shown = show(catalog, &catalog.listings[listing], TODAY);
    let difference = shown.differences.iter().find(|d| *d.fact.key == FieldKey::new(field));
    let others = difference.into_iter().flat_map(|difference| &difference.others);
    let said = others.flat_map(|other| {
        let views = other.fact.claims.iter().map(|view| view.value.to_string());
        views.map(|value| (other.entity.id.to_string(), value)).collect::<Vec<_>>()
    });
    said.collect()
}

/// Asserts that somebody else says `value` of the field.
fn assert_differs(catalog: &Catalog, listing: &str, field: Field, seller: &str, value: &str) {
    let found = differences(catalog, listing, field);
    assert!(found.contains(&(seller.to_owned(), value.to_owned())), "{field}: {found:?}");
}

fn shown<'c>(catalog: &'c Catalog, listing: &str) -> ListingDetails<'c> {
    show(catalog, &catalog.listings[listing], TODAY)
}

const SEVEN: &str = "1024x1024, 768x1344, 864x1152, 1344x768, 1152x864, 1440x720, 720x1440";

#[test]
fn c1_two_pages_of_api_in_one_give_a_credit_two_worths() {
    let catalog = embedded();
    let credits = fact(&catalog, "apiin/cogview-4", Field::Credits);
    assert_disputed(
        &credits,
        &[
            ("4 credits ~ 0.008 USD", &["apiin-docs"]),
            ("4 credits ~ 0.04 USD", &["apiin-market @ Pricing"]),
        ],
    );
    assert_eq!(fact(&catalog, "apiin/cogview-4", Field::Price).state(), FactState::Agreed);
}

#[test]
fn c2_one_page_of_api_in_one_says_sync_and_async() {
    let catalog = embedded();
    let async_sides = [
        "apiin-docs",
        "apiin-market @ Runtime behavior",
        "apiin-market @ API Console, Runtime",
        "apiin-market @ Production pattern",
    ];
    let sync_sides =
        ["apiin-market @ Service highlights", "apiin-market @ API Console, Input / output"];
    let mode = fact(&catalog, "apiin/cogview-4", Field::Mode);
    assert_disputed(&mode, &[("async", &async_sides), ("sync", &sync_sides)]);
}

#[test]
fn c6_the_pages_use_four_placeholders_for_a_key() {
    let catalog = embedded();
    let key = fact(&catalog, "apiin/cogview-4", Field::KeyPlaceholder);
    let placeholders: Vec<_> = key.claims.iter().map(|view| view.value.to_string()).collect();
    let all = ["YOUR_API_KEY", "aio_your_key", "<API_KEY>", "aio_your_api_key"];
    assert!(all.iter().all(|one| placeholders.contains(&(*one).to_owned())), "{placeholders:?}");
    assert_eq!(key.key.field.info().part, FieldPart::Page);
}

#[test]
fn c7_a_curl_preview_is_broken() {
    let catalog = embedded();
    let pages = shown(&catalog, "apiin/cogview-4").pages;
    let flaw = pages.iter().find(|fact| fact.key.field == Field::Flaw).unwrap();
    let [(text, sides)] = &views(flaw)[..] else { panic!("one flaw") };
    assert!(text.contains("backslash"));
    assert_eq!(sides, &["apiin-market @ Request preview"]);
}

#[test]
fn c8_a_size_is_spelled_with_a_star_here_and_an_x_elsewhere() {
    let catalog = embedded();
    let spelling = fact(&catalog, "apiin/cogview-4", Field::SizeSpelling);
    assert_eq!(spelling.value(), Some(&FieldValue::Text("W*H".to_owned())));
    for seller in ["aigateway/cogview4", "bigmodel/cogview-4", "zai/cogview-4-250304"] {
        assert_differs(&catalog, "apiin/cogview-4", Field::SizeSpelling, seller, "WxH");
    }
}

#[test]
fn c9_the_default_quality_is_hd_here_and_standard_elsewhere() {
    let catalog = embedded();
    for seller in ["bigmodel/cogview-4-250304", "zai/cogview-4-250304"] {
        assert_differs(&catalog, "apiin/cogview-4", Field::DefaultQuality, seller, "standard");
    }
}

#[test]
fn c10_a_page_gives_sizes_to_a_model_that_it_does_not_list() {
    let catalog = embedded();
    let sizes = fact(&catalog, "bigmodel/cogview-4-250304", Field::Sizes);
    assert_disputed(
        &sizes,
        &[
            (SEVEN, &["bigmodel-docs @ size, optional range"]),
            ("512-2048, divisible by 16, at most 2097152 pixels", &["bigmodel-reference"]),
        ],
    );
    let models = fact(&catalog, "bigmodel/cogview-4-250304", Field::SizeModels);
    assert_eq!(models.claims[0].value.to_string(), "cogview-3-plus");
    let codes = fact(&catalog, "bigmodel/cogview-4-250304", Field::ModelCodes);
    assert!(!codes.claims[0].value.to_string().contains("cogview-3-plus"));
    // The seven stand on both sides, so a job of such a size is not touched by the dispute.
    let quote = |size: &str| {
        let listing = &catalog.listings["bigmodel/cogview-4-250304"];
        quote(&catalog, listing, &job(&[("size", size)]), &terms())
    };
    assert_eq!(quote("1024x1024").state.as_str(), "priced");
    assert_eq!(quote("768x1344").state.as_str(), "priced");
    assert_eq!(quote("1024x768").state.as_str(), "disputed");
}

#[test]
fn c11_sellers_give_quality_modes_to_different_codes() {
    let catalog = embedded();
    let models = fact(&catalog, "bigmodel/cogview-4", Field::QualityModels);
    assert_eq!(models.value().map(FieldValue::to_string), Some("cogview-4-250304".to_owned()));
    // API in One offers hd for the plain code, and names no others.
    let listing = &catalog.listings["apiin/cogview-4"];
    assert!(catalog.field(listing, Field::QualityModels, TODAY).is_none());
    let hd = quote(&catalog, listing, &job(&[("quality", "hd")]), &terms());
    assert!(hd.total.is_some(), "{hd:?}");
}

#[test]
fn c12_seven_sizes_stand_against_a_rule() {
    let catalog = embedded();
    let rule = "512-2048, divisible by 16, at most 2097152 pixels";
    assert_differs(&catalog, "apiin/cogview-4", Field::Sizes, "zai/cogview-4-250304", rule);
    let any = FieldKey::named(Field::Claims, "any-resolution");
    let claim = catalog.fact(&catalog.listings["zai/cogview-4-250304"], &any, TODAY).unwrap();
    assert_eq!(claim.value(), Some(&FieldValue::Flag(true)));
}

#[test]
fn c13_sides_are_divisible_by_16_or_by_32() {
    let catalog = embedded();
    let (listing, field) = ("zai/cogview-4-250304", Field::Sizes);
    let weights = "512-2048, divisible by 32, at most 2097152 pixels";
    assert_differs(&catalog, listing, field, "cogview4-6b", weights);
    let found = differences(&catalog, listing, field);
    assert!(found.iter().any(|(seller, value)| {
        seller == "replicate/cogview4-6b" && value.contains("divisible by 32")
    }));
    // A size that the hosted model recommends breaks the rule of the weights.
    let recommended = fact(&catalog, listing, Field::RecommendedSizes);
    assert!(recommended.claims[0].value.to_string().contains("1440x720"));
    assert_ne!(720 % 32, 0);
}

#[test]
fn c14_the_largest_size_differs() {
    let catalog = embedded();
    let (listing, field) = ("zai/cogview-4-250304", Field::Sizes);
    assert_differs(&catalog, listing, field, "inference-sh/cogview4-6b", "up to 2048");
    let offers = |listing: &str| {
        let sizes = fact(&catalog, listing, Field::Sizes);
        let FieldValue::Sizes(sizes) = sizes.claims[0].value.clone() else { panic!("sizes") };
        sizes.offers("2048x2048".parse().unwrap())
    };
    assert!(offers("inference-sh/cogview4-6b") && !offers(listing));
}

#[test]
fn c15_the_length_of_a_prompt_has_three_limits() {
    let catalog = embedded();
    let (listing, field) = ("apiin/cogview-4", Field::PromptLimit);
    assert_differs(&catalog, listing, field, "zai/cogview-4-250304", "any length");
    assert_differs(&catalog, listing, field, "cogview4-6b", "1024 tokens");
}

#[test]
fn c16_hd_takes_3_to_8_seconds_here_and_20_elsewhere() {
    let catalog = embedded();
    let (listing, seller) = ("apiin/cogview-4", "bigmodel/cogview-4-250304");
    let theirs = "20 s if quality hd; 5-10 s if quality standard";
    assert_differs(&catalog, listing, Field::Latency, seller, theirs);
}

#[test]
fn c18_a_model_code_is_spelled_in_three_cases() {
    let catalog = embedded();
    let (listing, field) = ("bigmodel/cogview-4-250304", Field::ModelCode);
    for spelling in ["cogView-4-250304", "CogView-4-250304"] {
        assert_differs(&catalog, listing, field, "zai/cogview-4-250304", spelling);
    }
    // The safe one goes on the wire: the only spelling in an enumeration.
    assert_eq!(catalog.listings["zai/cogview-4-250304"].slug(), "cogview-4-250304");
}

#[test]
fn c19_and_c20_sellers_ask_different_prices_for_different_units() {
    let catalog = embedded();
    let (listing, field) = ("apiin/cogview-4", Field::Price);
    for (seller, price) in [
        ("bigmodel/cogview-4-250304", "0.06 CNY / image"),
        ("zai/cogview-4-250304", "0.01 USD / image"),
        ("aigateway/cogview4", "0.100 USD / image"),
        ("fal/cogview4", "0.1 USD / megapixel"),
        ("xpay/zai-generate-image", "0.02 USD / call"),
    ] {
        assert_differs(&catalog, listing, field, seller, price);
    }
}

#[test]
fn c21_a_fee_on_top_is_an_assumption_that_is_printed() {
    let catalog = embedded();
    let listing = &catalog.listings["aigateway/cogview4"];
    let quote = quote(&catalog, listing, &job(&[]), &terms());
    assert!(quote.warnings.iter().any(|warning| warning.code == WarningCode::FeeOnTop));
    assert!(quote.lines.iter().any(|line| line.what == "fee on top-up"));
}

#[test]
fn c22_one_maker_is_spelled_in_several_ways() {
    let catalog = embedded();
    let (listing, field) = ("apiin/cogview-4", Field::Maker);
    assert_differs(&catalog, listing, field, "aigateway/cogview4", "THUDM");
    assert_differs(&catalog, listing, field, "zai/cogview-4-250304", "Z.AI");
    let spellings = ["THUDM", "zai-org", "Zhipu AI", "Zhipu", "Z.AI"];
    assert!(spellings.iter().all(|name| catalog.maker(name).is_some_and(|m| m.id == "zhipu")));
    assert_differs(&catalog, listing, Field::Name, "aigateway/cogview4", "CogView");
    assert_differs(&catalog, listing, Field::Name, "zai/cogview-4-250304", "CogView-4");
}

#[test]
fn c25_an_empty_balance_is_refused_as_402_or_as_429() {
    let catalog = embedded();
    let funds = fact(&catalog, "aigateway/cogview4", Field::OutOfFunds);
    assert_eq!(funds.claims[0].value.to_string(), "402 insufficient_credits");
    let (listing, field) = ("aigateway/cogview4", Field::OutOfFunds);
    assert_differs(&catalog, listing, field, "zai/cogview-4-250304", "429 1113");
    assert_differs(&catalog, listing, field, "bigmodel/cogview-4-250304", "429 1113");
}

#[test]
fn c26_a_price_of_the_series_covers_a_model_that_is_called_free() {
    let catalog = embedded();
    let price = fact(&catalog, "bigmodel/cogview-3-flash", Field::Price);
    assert_disputed(
        &price,
        &[("0.06 CNY / image", &["bigmodel-docs"]), ("0 CNY / image", &["zai-sdk-java"])],
    );
}

#[test]
fn c27_the_first_open_model_was_not_the_first() {
    let catalog = embedded();
    let key = FieldKey::named(Field::Claims, "first-open-source");
    let claim = catalog.fact(&catalog.listings["zai/cogview-4-250304"], &key, TODAY).unwrap();
    assert_disputed(&claim, &[("yes", &["zai-guide"]), ("no", &["cogview4-readme"])]);
    assert_eq!(claim.key.field.info().part, FieldPart::Page);
    let disputes = shown(&catalog, "zai/cogview-4-250304");
    assert!(!disputes.disputes().any(|fact| *fact.key == key));
}

#[test]
fn c28_counts_of_a_page_have_different_scopes() {
    let catalog = embedded();
    let listing: &Listing = &catalog.listings["apiin/cogview-4"];
    let figure = |field| {
        let fact = catalog.field(listing, field, TODAY).unwrap();
        assert_eq!(fact.key.field.info().part, FieldPart::Page);
        fact.claims[0].value.to_string()
    };
    assert_eq!(figure(Field::EndpointModels), "11");
    assert_eq!(figure(Field::ProviderCoverage), "10");
    assert_eq!(figure(Field::Routes), "1");
    assert_eq!(figure(Field::WebhookCoverage), "5/11");
    assert_eq!(figure(Field::WebhookRequired), "no");
}

#[test]
fn c30_the_asynchronous_route_is_another_models() {
    let catalog = embedded();
    let (listing, field) = ("zai/cogview-4-250304", Field::Mode);
    // What a client of others does with Z.ai is no word on how Hugging Face delivers.
    let other = &catalog.listings["huggingface/cogview4-6b"];
    assert!(catalog.field(other, field, TODAY).is_none());
    let models = fact(&catalog, listing, Field::AsyncModels);
    assert_eq!(models.value().map(FieldValue::to_string), Some("glm-image".to_owned()));
}
