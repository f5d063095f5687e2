//! Prices that a reading of the rules by someone else found wrong: each with what it comes to by
//! hand.

use super::stated::{has, quoted, stating, told, total};
use crate::support::{catalog, listing, quote, terms, tree};
use cogdex::catalog::Catalog;
use cogdex::pricing::{QuoteState, WarningCode};

use super::stated::STATED;

fn also(what: &str) -> String {
    format!("\n{}{what}", STATED.replace("page", "other"))
}

fn is_damaged(what: &str) -> bool {
    let text = format!("model = \"m\"\n{STATED}{what}\n");
    Catalog::open(&tree(&[("listings/p/l.toml", &text)]), terms().as_of).is_err()
}

#[test]
fn steps_of_a_ladder_are_money_of_one_kind_or_free() {
    let free = "price = [{ price = \"0 USD / image\", up-to = 100 }, { price = \"4 credits / image\" }]\n\
                credits = \"1 credits = 0.001 USD\"";
    assert_eq!(total(free, &[("images", "1000")]), "3.6");
    assert!(is_damaged(
        "price = [{ price = \"0.01 USD / image\", up-to = 100 }, { price = \"0.07 CNY / image\" }]"
    ));
    assert!(is_damaged(
        "price = [{ price = \"0.06 USD / image\" }, { price = \"50%\", mode = \"batch\", up-to = 9 }, \
         { price = \"40%\", mode = \"batch\" }]"
    ));
    for nothing in [
        "megapixel = 0",
        "packs = [{ price = \"0 USD\", credits = 5 }]",
        "concurrency = 0",
        "credits = \"4 credits = 0 USD\"",
    ] {
        assert!(is_damaged(nothing), "{nothing}");
    }
}

#[test]
fn no_image_is_none_at_all() {
    let near =
        "price = \"0.1 USD / megapixel\"\nmegapixel = 1_000_000\nmegapixel-rounding = \"nearest\"";
    assert_eq!(total(near, &[("size", "512x512")]), "0.1");
    let open = "price = \"0.1 USD / megapixel\"\nmegapixel = 1_000_000";
    assert_eq!(total(open, &[]), "0.1048576 to 0.2");
}

#[test]
fn a_row_that_does_not_hold_changes_nothing() {
    let by_quality = |more: &str| {
        format!(
            "price = [{{ price = \"0.02 USD / image\", quality = \"low\" }}, \
                 {{ price = \"0.05 USD / image\", quality = \"hd\" }}{more}]"
        )
    };
    for more in [
        "",
        ", { price = \"50%\", mode = \"batch\" }",
        ", { price = \"1 USD / image\", size = \"2048x2048\", steps = 50 }",
        ", { price = \"1 USD / image\", from = 2027-01-01, mode = \"sync\", steps = 3 }",
    ] {
        assert_eq!(total(&by_quality(more), &[]), "0.02 to 0.05", "{more}");
    }
}

#[test]
fn a_price_for_one_way_of_drawing_alone_says_so() {
    let sync = quoted(&stating("price = [{ price = \"0.01 USD / image\", mode = \"sync\" }]"), &[]);
    assert!(has(&sync, WarningCode::ModeOpen));
    let steps = quoted(&stating("price = [{ price = \"0.01 USD / image\", steps = 20 }]"), &[]);
    assert!(has(&steps, WarningCode::StepsOpen));
}

#[test]
fn a_fee_on_a_call_is_of_as_many_images_as_a_call_gives() {
    let fee = "price = \"0.01 USD / image\"\nfee = { amount = \"0.004 USD\", on = \"call\" }\n\
               images-per-answer = \"4\"";
    assert_eq!(total(fee, &[("images", "8")]), "0.088");
}

#[test]
fn a_disputed_limit_is_a_limit() {
    let took = |what: &str| {
        let keys = [("images", "20"), ("concurrency", "20")];
        let took = quoted(&listing(what), &keys).duration_s.unwrap();
        (took.low, took.high)
    };
    let limits = format!(
        "{STATED}price = \"1 USD / image\"\nlatency = \"5 s\"\nrequest-limit = \"10 / minute\"{}",
        also("request-limit = \"5 / minute\"\n")
    );
    assert_eq!(took(&limits), (65, 185));
    let calls = format!(
        "{STATED}price = \"1 USD / image\"\nlatency = \"5 s\"\nconcurrency = 1{}",
        also("concurrency = 2\n")
    );
    assert_eq!(took(&calls), (50, 100));
}

#[test]
fn the_latency_that_counts_is_that_of_the_row_with_the_most_conditions() {
    let took = |what: &str, keys: &[(&str, &str)]| {
        let took = quoted(
            &stating(&format!(
                "price = [{{ price = \"1 USD / image\" }}, {{ price = \"50%\", mode = \"batch\" }}]\n{what}"
            )),
            keys,
        );
        took.duration_s.map(|took| (took.low, took.high))
    };
    let hd = "latency = [{ latency = \"10 s\" }, { latency = \"20 s\", quality = \"hd\" }]";
    assert_eq!(took(hd, &[("quality", "hd")]), Some((20, 20)));
    let sized = "latency = [{ latency = \"5 s\", size = \"1024x1024\" }, { latency = \"60 s\", size = \"2048x2048\" }]";
    assert_eq!(took(sized, &[]), Some((5, 5)));
    assert_eq!(took("latency = \"5 s\"", &[("mode", "batch")]), None);
}

#[test]
fn one_condition_is_no_more_than_another() {
    assert!(is_damaged(
        "price = [{ price = \"0.03 USD / image\", max-pixels = 1048576 }, { price = \"0.05 USD / image\", quality = \"hd\" }]"
    ));
    // A row with both conditions decides between two with one of them.
    let decided = "price = [{ price = \"0.03 USD / image\", max-pixels = 1048576 }, \
                   { price = \"0.05 USD / image\", quality = \"hd\" }, \
                   { price = \"0.04 USD / image\", quality = \"hd\", max-pixels = 1048576 }]";
    assert_eq!(total(decided, &[("quality", "hd")]), "0.04");
    let hardware = "price = [{ price = \"0.05 USD / image\", size = \"1024x1024\", quality = \"hd\" }, \
                    { price = \"0.03 USD / image\", hardware = \"H100\" }]";
    assert_eq!(total(hardware, &[("quality", "hd"), ("hardware", "H100")]), "0.05");
    let other = "price = [{ price = \"0.05 USD / image\" }, { price = \"0.03 USD / image\", hardware = \"A100\" }]";
    assert_eq!(total(other, &[("hardware", "H100")]), "0.05");
}

#[test]
fn a_page_may_leave_the_price_to_another() {
    let silent = format!(
        "{STATED}price = [{{ price = \"0.03 USD / image\", quality = \"low\" }}]{}",
        also("price = \"0.04 USD / image\"\n")
    );
    let priced = quoted(&listing(&silent), &[]);
    assert_eq!((priced.state, told(&priced).as_str()), (QuoteState::Priced, "0.04"));
    let share = format!(
        "{STATED}price = \"0.06 USD / image\"{}",
        also("price = [{ price = \"50%\", mode = \"batch\" }]\n")
    );
    let halved = quoted(&listing(&share), &[("mode", "batch")]);
    assert_eq!(told(&halved), "0.03");
    // The amount follows from both pages.
    assert_eq!(halved.lines[0].sources.len(), 2, "{:?}", halved.lines);
}

#[test]
fn a_share_of_prices_that_disagree_is_open_too() {
    let text = format!(
        "{STATED}price = \"0.06 USD / image\"{}{}",
        also("price = \"0.08 USD / image\"\n"),
        also("price = [{ price = \"50%\", mode = \"batch\" }]\n").replace("other", "run")
    );
    let halved = quoted(&listing(&text), &[("mode", "batch")]);
    assert_eq!(told(&halved), "0.03 to 0.04");
    // A page's own price for a batch stands beside the share.
    let own = format!(
        "{STATED}price = [{{ price = \"0.06 USD / image\" }}, \
         {{ price = \"0.05 USD / image\", mode = \"batch\" }}]{}",
        also("price = [{ price = \"50%\", mode = \"batch\" }]\n")
    );
    assert_eq!(told(&quoted(&listing(&own), &[("mode", "batch")])), "0.03 to 0.05");
}

#[test]
fn what_has_to_be_paid_first_covers_the_job_by_every_side() {
    let paid = |what: &str, images: &str| {
        let quote = quoted(&listing(&format!("{STATED}{what}\n")), &[("images", images)]);
        quote.first_payment.map(|paid| paid.to_string())
    };
    let pack = |price: &str| format!("packs = [{{ price = \"{price}\", credits = 1000 }}]");
    let disputed =
        format!("price = \"6 credits / image\"\n{}{}", pack("10 USD"), also(&pack("8 USD")));
    assert_eq!(paid(&disputed, "1000").unwrap(), "48 to 60");
    let fee = "price = \"6 credits / image\"\npacks = [{ price = \"10 USD\", credits = 1000 }, \
               { price = \"50 USD\", credits = 6000 }]\nfee = { rate = \"10%\", on = \"price\" }";
    assert_eq!(paid(fee, "1000").unwrap(), "60");
    assert_eq!(paid("price = \"0 USD / image\"\ntop-up = { minimum = \"10 USD\" }", "5"), None);
    // A minimum that can't be converted is no reason to stand first.
    let open =
        quoted(&stating("price = \"0.06 USD / image\"\ntop-up = { minimum = \"1000 EUR\" }"), &[]);
    assert!(has(&open, WarningCode::FirstPaymentOpen) && open.first_payment.is_none());
}

#[test]
fn lines_add_up_where_images_are_lost() {
    let keys = [("images", "7"), ("reject-rate", "30%"), ("fail-rate", "7%")];
    for price in ["1 USD / 3 images", "1 USD / 7 images"] {
        let quote = quoted(
            &stating(&format!("price = \"{price}\"\nfee = {{ rate = \"19%\", on = \"tax\" }}")),
            &keys,
        );
        let sum: rust_decimal::Decimal = quote.lines.iter().map(|line| line.amount).sum();
        assert_eq!(
            sum.normalize(),
            quote.total.unwrap().high.normalize(),
            "{price}: {:?}",
            quote.lines
        );
    }
}

#[test]
fn a_larger_class_holds_for_all_sizes_of_a_smaller_one() {
    let rows = "price = [{ price = \"0.03 USD / image\", max-pixels = 4194304 }, \
                { price = \"0.02 USD / image\", max-pixels = 1048576, until = 2026-12-31 }]";
    let text = format!("model = \"m\"\n{STATED}{rows}\n");
    let found =
        Catalog::inspect(&tree(&[("listings/p/l.toml", &text)]), terms().as_of).unwrap().findings;
    assert!(found.iter().all(|it| it.code.name() != "price-gap"), "{found:?}");
}

#[test]
fn an_own_key_says_nothing_of_what_else_is_required() {
    let model = "name = \"M\"\nfamily = \"cogview-4\"\n";
    let able = format!(
        "model = \"m\"\n{STATED}price = \"1 USD / image\"\ncapabilities = {{ byok = true, webhook = false }}\n"
    );
    let catalog = catalog(&[("models/m.toml", model), ("listings/p/l.toml", &able)]);
    let job = crate::support::job(&[("require", "byok"), ("require", "webhook")]);
    let quote = quote(&catalog, &catalog.listings["p/l"], &job, &terms());
    assert_eq!(quote.reason.unwrap().code(), "not-offered");
}
