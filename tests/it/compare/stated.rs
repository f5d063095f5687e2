//! Prices in the forms in which sellers state them; every total is worked out by hand.

use jiff::civil::{Date, date};

use crate::support::{Terms, catalog, compare, job, listing, quote, terms};
use cogdex::catalog::Catalog;
use cogdex::pricing::{Quote, QuoteState, WarningCode};

pub(super) const STATED: &str = "[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n";

pub(super) fn stating(what: &str) -> Catalog {
    listing(&format!("{STATED}{what}\n"))
}

pub(super) fn quoted(catalog: &Catalog, keys: &[(&str, &str)]) -> Quote {
    quoted_on(catalog, keys, terms().as_of)
}

fn quoted_on(catalog: &Catalog, keys: &[(&str, &str)], as_of: Date) -> Quote {
    let terms = Terms { as_of, ..terms() };
    quote(catalog, &catalog.listings["p/l"], &job(keys), &terms)
}

/// The total as `low` or `low to high`; the code of the reason where there is none.
pub(super) fn total(what: &str, keys: &[(&str, &str)]) -> String {
    told(&quoted(&stating(what), keys))
}

pub(super) fn told(quote: &Quote) -> String {
    // What is in the currency of totals adds up to the highest.
    if let Some(total) = quote.total {
        let lines: Vec<_> = quote.lines.iter().map(|line| line.currency).collect();
        let last = lines.last().copied();
        let of_last = quote.lines.iter().filter(|line| Some(line.currency) == last);
        let sum: rust_decimal::Decimal = of_last.map(|line| line.amount).sum();
        assert_eq!(sum.normalize(), total.high.normalize(), "{:#?}", quote.lines);
    }
    let code = || quote.reason.as_ref().map(|reason| reason.code().to_owned()).unwrap();
    quote.total.map_or_else(code, |total| total.to_string())
}

pub(super) fn has(quote: &Quote, code: WarningCode) -> bool {
    quote.warnings.iter().any(|warning| warning.code == code)
}

#[test]
fn a_price_for_a_thousand_is_divided_once() {
    assert_eq!(total("price = \"60 USD / 1000 images\"", &[("images", "7")]), "0.42");
    // A third of a dollar a piece: three cost one, and seven are rounded once.
    assert_eq!(total("price = \"1 USD / 3 images\"", &[("images", "3")]), "1");
    assert_eq!(total("price = \"1 USD / 3 images\"", &[("images", "7")]), "2.333333333333");
}

#[test]
fn a_sum_adds_up_its_parts() {
    let sum = "price = \"0.04 USD / call + 0.03 USD / megapixel\"\nmegapixel = 1_000_000\n\
               megapixel-rounding = \"up\"";
    // 1024x1024 is two whole megapixels: 0.04 + 0.06.
    assert_eq!(total(sum, &[("images", "10")]), "1");
    let quote = quoted(&stating(sum), &[("images", "10")]);
    let amounts: Vec<_> = quote.lines.iter().map(|line| line.amount.to_string()).collect();
    assert_eq!(amounts, ["0.4", "0.6"]);
}

#[test]
fn a_ladder_counts_the_images_of_a_month_from_the_first() {
    let ladder = "price = [{ price = \"0 USD / image\", up-to = 100 }, \
                  { price = \"0.015 USD / image\", up-to = 10_000 }, { price = \"0.012 USD / image\" }]";
    assert_eq!(total(ladder, &[("images", "100")]), "0");
    assert_eq!(quoted(&stating(ladder), &[("images", "100")]).state, QuoteState::Priced);
    assert_eq!(total(ladder, &[("images", "101")]), "0.015");
    // 100 free, 9,900 at 0.015, 5,000 at 0.012.
    assert_eq!(total(ladder, &[("images", "15000")]), "208.5");
    // A budget gives what it buys beyond the free ones: 1.5 USD buy 100.
    let bought = quoted(&stating(ladder), &[("budget", "1.5 USD")]).images.unwrap();
    assert_eq!((bought.low, bought.high), (200, 200));
    let open = "price = [{ price = \"0.015 USD / image\", up-to = 10 }]";
    assert_eq!(total(open, &[("images", "10")]), "0.15");
    assert_eq!(total(open, &[("images", "11")]), "beyond-volume");
}

#[test]
fn the_row_with_the_most_conditions_counts() {
    let rows = "price = [{ price = \"0.06 USD / image\" }, \
                { price = \"0.03 USD / image\", max-pixels = 1_048_576 }, \
                { price = \"0.04 USD / image\", max-pixels = 2_097_152 }, \
                { price = \"0.02 USD / image\", size = \"1440x1440\", quality = \"hd\" }]\n\
                default-quality = \"standard\"";
    assert_eq!(total(rows, &[]), "0.03");
    assert_eq!(total(rows, &[("size", "1440x1440")]), "0.04");
    assert_eq!(total(rows, &[("size", "2048x2048")]), "0.06");
    assert_eq!(total(rows, &[("size", "1440x1440"), ("quality", "hd")]), "0.02");
}

#[test]
fn an_offer_holds_on_its_days() {
    let rows = "price = [{ price = \"0.06 USD / image\" }, \
                { price = \"0.02 USD / image\", from = 2026-12-01, until = 2026-12-31 }]";
    let catalog = stating(rows);
    let on = |day: Date| told(&quoted_on(&catalog, &[], day));
    assert_eq!(on(date(2026, 11, 30)), "0.06");
    assert_eq!(on(date(2026, 12, 1)), "0.02");
    assert_eq!(on(date(2026, 12, 31)), "0.02");
    assert_eq!(on(date(2027, 1, 1)), "0.06");
    // Before it, it is announced; while it lasts, its end is told.
    let noted = |day: Date, code: WarningCode| has(&quoted_on(&catalog, &[], day), code);
    assert!(noted(date(2026, 11, 30), WarningCode::PriceAnnounced));
    assert!(noted(date(2026, 12, 31), WarningCode::OfferEnds));
    let after = quoted_on(&catalog, &[], date(2027, 1, 1));
    assert!(!has(&after, WarningCode::OfferEnds) && !has(&after, WarningCode::PriceAnnounced));
    // A table keeps what it resolved for as long as nothing changes, and no longer.
    let table = terms().table(&catalog);
    let of = |day: Date| {
        let quote = table.quote(&catalog.listings["p/l"], day, &job(&[]));
        quote.total.unwrap().to_string()
    };
    let days = [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 1), date(2026, 12, 1)];
    assert_eq!(days.map(of), ["0.06", "0.02", "0.06", "0.02"]);
}

#[test]
fn a_batch_costs_its_share_and_counts_only_where_it_is_asked_for() {
    let rows = "price = [{ price = \"0.06 USD / image\" }, { price = \"50%\", mode = \"batch\" }]";
    let quote = quoted(&stating(rows), &[("images", "10")]);
    assert_eq!(told(&quote), "0.6");
    let note = quote.warnings.iter().find(|it| it.code == WarningCode::BatchPrice).unwrap();
    assert_eq!(note.text, "as a batch it costs 0.3 USD (--mode batch)");
    assert_eq!(total(rows, &[("images", "10"), ("mode", "batch")]), "0.3");
    let amount = "price = [{ price = \"0.06 USD / image\" }, \
                  { price = \"0.01 USD / image\", mode = \"batch\" }]";
    assert_eq!(total(amount, &[("mode", "batch")]), "0.01");
    assert_eq!(total("price = \"0.06 USD / image\"", &[("mode", "batch")]), "no-batch");
}

#[test]
fn what_a_price_depends_on_is_named() {
    let by_mode = "price = [{ price = \"0.04 USD / image\", mode = \"sync\" }, \
                   { price = \"0.02 USD / image\", mode = \"async\" }]\nmode = \"sync or async\"";
    let open = quoted(&stating(by_mode), &[]);
    assert_eq!(told(&open), "0.02 to 0.04");
    assert!(has(&open, WarningCode::ModeOpen) && !has(&open, WarningCode::QualityOpen));
    assert_eq!(total(by_mode, &[("mode", "sync")]), "0.04");
    assert_eq!(total(by_mode, &[("require", "async")]), "0.02");
    let by_steps = "price = [{ price = \"0.01 USD / image\", steps = 20 }, \
                    { price = \"0.03 USD / image\", steps = 50 }]";
    assert!(has(&quoted(&stating(by_steps), &[]), WarningCode::StepsOpen));
    assert_eq!(total(by_steps, &[("steps", "50")]), "0.03");
    assert_eq!(total(by_steps, &[("steps", "30")]), "no-price-for-variant");
    assert_eq!(total(&format!("{by_steps}\ndefault-steps = 20"), &[]), "0.01");
    // A price of one quality alone is no price of a quality that nobody named.
    let low = "price = [{ price = \"0.01 USD / image\", quality = \"low\" }]\n\
               qualities = [\"low\", \"high\"]";
    assert_eq!(total(low, &[]), "quality-not-given");
    assert_eq!(total(low, &[("quality", "low")]), "0.01");
    let only = low.replace(", \"high\"", "");
    assert_eq!(total(&only, &[]), "0.01");
}

#[test]
fn fees_come_in_their_order() {
    let fees = "price = \"0.10 USD / image\"\nfee = [{ rate = \"5%\", on = \"price\" }, \
                { amount = \"0.001 USD\", on = \"call\" }, { rate = \"19%\", on = \"tax\" }]";
    // (0.10 * 1.05 + 0.001) * 1.19
    assert_eq!(total(fees, &[("images", "1000")]), "126.14");
    let turned = "price = \"0.10 USD / image\"\nfee = [{ amount = \"0.001 USD\", on = \"call\" }, \
                  { rate = \"5%\", on = \"price\" }]";
    assert_eq!(total(turned, &[("images", "1000")]), "106.05");
}

#[test]
fn megapixels_are_read_in_every_way_that_no_source_excludes() {
    let of = |facts: &str| {
        total(&format!("price = \"0.1 USD / megapixel\"\n{facts}"), &[("images", "1000")])
    };
    assert_eq!(of(""), "100 to 200");
    assert_eq!(of("megapixel = 1_000_000"), "104.8576 to 200");
    assert_eq!(of("megapixel = 1_048_576"), "100");
    assert_eq!(of("megapixel-rounding = \"up\""), "100 to 200");
    assert_eq!(of("megapixel-rounding = \"nearest\""), "100");
    assert_eq!(of("megapixel = 1_000_000\nmegapixel-rounding = \"up\""), "200");
}

#[test]
fn tokens_are_refused_with_the_flag_that_prices_them() {
    let price = "price = \"5 USD / 1000000 input-tokens + 30 USD / 1000000 image-tokens\"";
    let refused = quoted(&stating(price), &[("prompt-tokens", "100")]);
    assert_eq!(refused.reason.unwrap().to_string(), "billed by the token: give --tokens-per-image");
    let keys = [("images", "1000"), ("tokens-per-image", "4160"), ("prompt-tokens", "100")];
    // 100,000 of the prompts at 5 a million, 4,160,000 of the images at 30.
    assert_eq!(total(price, &keys), "125.3");
}

#[test]
fn a_price_has_up_to_28_digits() {
    let price = "price = \"0.00000002384185791015625 USD / pixel\"";
    assert_eq!(total(price, &[("size", "2048x2048"), ("images", "1000")]), "100");
}

#[test]
fn what_has_to_be_paid_first_is_whole_packs_with_the_fees_on_them() {
    let packs = "price = \"6 credits / image\"\npacks = [{ price = \"10 USD\", credits = 1000 }, \
                 { price = \"50 USD\", credits = 6000 }]";
    let quote = quoted(&stating(packs), &[("images", "100")]);
    // 600 credits: of the dearest pack 6 USD, of the cheapest 5; and one small pack pays for them.
    assert_eq!(told(&quote), "5 to 6");
    assert!(has(&quote, WarningCode::Packs) && quote.state == QuoteState::Priced);
    assert!(quote.lines.iter().all(|line| !line.sources.is_empty()), "{:?}", quote.lines);
    assert_eq!(quote.first_payment.unwrap().to_string(), "10");
    // 7,800 credits: one large and two small packs, 70 USD; eight small ones are 80, two large 100.
    let more = quoted(&stating(packs), &[("images", "1300")]);
    assert_eq!(more.first_payment.unwrap().to_string(), "70");
    let minimum = "price = \"0.10 USD / image\"\ntop-up = { minimum = \"10 USD\" }\n\
                   fee = { rate = \"5%\", on = \"top-up\" }";
    let small = quoted(&stating(minimum), &[("images", "20")]);
    assert_eq!(
        (told(&small), small.first_payment.unwrap().to_string()),
        ("2.1".into(), "10.5".into())
    );
    let large = quoted(&stating(minimum), &[("images", "200")]);
    assert_eq!(large.first_payment, large.total);
    assert_eq!(quoted(&stating("price = \"1 USD / image\""), &[]).first_payment, None);
}

#[test]
fn what_is_no_longer_sold_is_refused_with_its_source() {
    let gone = quoted(&stating("price = \"0.01 USD / image\"\nactive = false"), &[]);
    assert_eq!((gone.state, told(&gone).as_str()), (QuoteState::Refused, "retired"));
    assert_eq!(gone.reason.unwrap().to_string(), "no longer sold, says page (read 2026-01-01)");
    let catalog = stating("price = \"0.01 USD / image\"\nretires = 2026-12-01");
    let before = quoted_on(&catalog, &[], date(2026, 11, 30));
    assert!(before.total.is_some() && has(&before, WarningCode::Retires));
    assert_eq!(told(&quoted_on(&catalog, &[], date(2026, 12, 1))), "retired");
}

#[test]
fn requests_a_minute_and_images_a_call_count_for_a_deadline() {
    let limited = "price = \"1 USD / image\"\nlatency = \"2 s\"\nrequest-limit = \"10 / minute\"";
    let took = |what: &str, keys: &[(&str, &str)]| {
        let took = quoted(&stating(what), keys).duration_s.unwrap();
        (took.low, took.high)
    };
    // The hundredth request may go out after nine minutes, however many calls are under way.
    assert_eq!(took(limited, &[("images", "100"), ("concurrency", "100")]), (542, 542));
    let four = format!("{limited}\nimages-per-answer = \"4\"");
    // 25 calls: the last goes out after two minutes.
    assert_eq!(took(&four, &[("images", "100"), ("concurrency", "100")]), (122, 122));
    assert_eq!(
        took("price = \"1 USD / image\"", &[("images", "4"), ("seconds-per-image", "2.5")]),
        (10, 10)
    );
}

#[test]
fn a_currency_without_a_rate_is_unknown_and_all_others_are_ranked() {
    let said = |price: &str| format!("model = \"m\"\n{STATED}price = \"{price}\"\n");
    let (eur, usd, cny) =
        (said("0.02 EUR / image"), said("0.03 USD / image"), said("0.06 CNY / image"));
    let rates = "[[rate]]\nrate = \"1 USD = 7 CNY\"\ndate = 2026-11-01\nsource = \"page\"\nofficial = true\n";
    let files = [
        ("listings/p/eur.toml", eur.as_str()),
        ("listings/p/usd.toml", usd.as_str()),
        ("listings/p/cny.toml", cny.as_str()),
    ];
    let catalog_of = |rates: &str| catalog(&[&files[..], &[("rates.toml", rates)]].concat());
    let ranks = |catalog: &Catalog| {
        let listings: Vec<_> = catalog.listings.values().collect();
        let quotes = compare(catalog, &listings, &job(&[]), &terms()).quotes;
        let rank = |(rank, quote): &(Option<usize>, Quote)| (quote.listing.clone(), *rank);
        quotes.iter().map(rank).collect::<Vec<_>>()
    };
    let listed =
        |ids: [(&str, Option<usize>); 3]| ids.map(|(id, rank)| (id.to_owned(), rank)).to_vec();
    let without = listed([("p/cny", Some(1)), ("p/usd", Some(2)), ("p/eur", None)]);
    assert_eq!(ranks(&catalog_of(rates)), without);
    // One step through another currency of the same source and day: 0.02 * 8 / 7.
    let crossed = format!("{rates}{}", rates.replace("USD = 7", "EUR = 8"));
    let catalog = catalog_of(&crossed);
    assert_eq!(
        ranks(&catalog),
        listed([("p/cny", Some(1)), ("p/eur", Some(2)), ("p/usd", Some(3))])
    );
    let quote = quote(&catalog, &catalog.listings["p/eur"], &job(&[("images", "7")]), &terms());
    assert_eq!(told(&quote), "0.16");
    assert_eq!(quote.rates[0].stated, "1 EUR = 8 CNY, 1 USD = 7 CNY");
    assert_eq!(quote.rates[0].via.unwrap().code(), "CNY");
    // A cross of another day, or of another source, is none.
    let later = format!("{rates}{}", rates.replace("USD = 7", "EUR = 8").replace("11-01", "11-02"));
    assert_eq!(ranks(&catalog_of(&later)), without);
}

#[test]
fn a_source_that_does_not_speak_of_a_variant_is_no_side() {
    let rows = |source: &str, price: &str| {
        format!("[[statement]]\nsource = \"{source}\"\nseen = 2026-01-01\nprice = {price}\n")
    };
    let catalog = listing(&format!(
        "{}{}",
        rows("page", "[{ price = \"0.01 USD / image\", size = \"1024x1024\" }]"),
        rows("other", "[{ price = \"0.05 USD / image\", size = \"512x512\" }]"),
    ));
    let quote = quoted(&catalog, &[]);
    assert_eq!((quote.state, told(&quote).as_str()), (QuoteState::Priced, "0.01"));
    assert_eq!(quote.readings.len(), 1);
}

#[test]
fn about_is_told_and_changes_no_comparison() {
    let about =
        quoted(&stating("price = \"4 credits / image\"\ncredits = \"4 credits ~ 0.008 USD\""), &[]);
    assert_eq!(told(&about), "0.008");
    assert!(has(&about, WarningCode::About));
    let both = format!(
        "{STATED}price = \"~0.04 USD / image\"\n{}price = \"0.04 USD / image\"\n",
        STATED.replace("page", "other")
    );
    assert_eq!(quoted(&listing(&both), &[]).state, QuoteState::Priced);
}

#[test]
fn what_a_page_shows_or_prices_is_not_called_unstated() {
    let is_told = |what: &str, keys: &[(&str, &str)]| {
        has(
            &quoted(&stating(&format!("price = \"1 USD / image\"\n{what}")), keys),
            WarningCode::NotStated,
        )
    };
    assert!(is_told("", &[]));
    assert!(!is_told("shown-sizes = [\"1024x1024\"]", &[]));
    assert!(is_told("shown-sizes = [\"512x512\"]", &[]), "what is shown forbids nothing");
    let sized = "sizes = [\"1024x1024\"]\n";
    assert!(is_told(sized, &[("quality", "hd")]));
    assert!(!is_told(&format!("{sized}shown-qualities = [\"hd\"]"), &[("quality", "hd")]));
    let priced = stating(
        "price = [{ price = \"1 USD / image\" }, { price = \"2 USD / image\", size = \"1024x1024\", quality = \"hd\" }]",
    );
    assert!(!has(&quoted(&priced, &[("quality", "hd")]), WarningCode::NotStated));
}

#[test]
fn what_is_known_of_a_model_is_no_offer() {
    let model = "name = \"M\"\nfamily = \"cogview-4\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
                 sizes = [\"512x512\"]\nlatency = \"1 s\"\n";
    let stated = format!("model = \"m\"\n{STATED}price = \"1 USD / image\"\n");
    let catalog = catalog(&[("models/m.toml", model), ("listings/p/l.toml", &stated)]);
    let quote = quoted(&catalog, &[]);
    assert_eq!((told(&quote).as_str(), quote.duration_s), ("1", None));
    assert!(has(&quote, WarningCode::NotStated));
}
