//! What is paid whole, and what sources differ on: calls of several images, first payments under a
//! budget, what a megapixel is, and a figure that can't be held. All figures are worked out by hand.

use rust_decimal::Decimal;

use cogdex::catalog::Currency;
use cogdex::pricing::{DisputedPart, LineKind, Quote, QuoteState, Reason};

use crate::support::{job, listing, quote, terms};

const HEAD: &str = "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n";
const OTHER: &str = "[[statement]]\nsource = \"other\"\nseen = 2026-11-20\n";

fn quoted(facts: &str, keys: &[(&str, &str)]) -> Quote {
    let catalog = listing(&format!("{HEAD}{facts}\n"));
    quote(&catalog, &catalog.listings["p/l"], &job(keys), &terms())
}

fn total(quote: &Quote) -> (String, String) {
    let total = quote.total.unwrap();
    (total.low.normalize().to_string(), total.high.normalize().to_string())
}

fn one(amount: &str) -> (String, String) {
    (amount.to_owned(), amount.to_owned())
}

#[test]
fn a_call_of_several_images_is_paid_whole() {
    let facts = "price = \"0.04 USD / call\"\nimages-per-answer = \"4\"";
    // Ten images take three calls, of which two images are not used.
    let quote = quoted(facts, &[("images", "10")]);
    assert_eq!(total(&quote), one("0.12"));
    let lines: Vec<_> = quote.lines.iter().map(|line| (&*line.what, line.amount)).collect();
    assert_eq!(
        lines,
        [
            ("10 images kept, 4 in a call", Decimal::new(1, 1)),
            ("2 images of the last call not used, 4 in a call", Decimal::new(2, 2)),
        ]
    );
    for (images, wanted) in [("1", "0.04"), ("4", "0.04"), ("5", "0.08"), ("12", "0.12")] {
        assert_eq!(total(&quoted(facts, &[("images", images)])), one(wanted), "{images}");
    }
    // 12 are drawn so that 10 are kept: three calls, as before; 13 would take four.
    let lost = [("images", "10"), ("reject-rate", "10%")];
    assert_eq!(total(&quoted(facts, &lost)), one("0.12"));
    // A budget of two calls gives eight images, and one of less than a call none.
    let images = |budget| quoted(facts, &[("budget", budget)]).images.map(|it| (it.low, it.high));
    assert_eq!(images("0.11 USD"), Some((8, 8)));
    assert_eq!(images("0.03 USD"), None);
}

#[test]
fn a_fee_on_calls_is_paid_for_whole_calls() {
    let facts = "price = \"0.01 USD / image\"\nimages-per-answer = \"4\"\n\
                 fee = { amount = \"0.002 USD\", on = \"call\" }";
    // Three calls give twelve images: 0.12, and three times 0.002.
    let quote = quoted(facts, &[("images", "10")]);
    assert_eq!(total(&quote), one("0.126"));
    let fee = quote.lines.iter().find(|line| line.kind == LineKind::Fee).unwrap();
    assert_eq!((fee.quantity, fee.amount), (Decimal::from(3), Decimal::new(6, 3)));
}

#[test]
fn a_budget_below_the_first_payment_buys_nothing() {
    let minimum = "price = \"0.01 USD / image\"\ntop-up = { minimum = \"10 USD\" }\n\
                   fee = { rate = \"5%\", on = \"top-up\" }";
    // 10 USD and 5 % have to be paid first.
    let short = quoted(minimum, &[("budget", "10.49 USD")]);
    let reason = short.reason.unwrap();
    assert_eq!((short.images, short.total), (None, None));
    assert_eq!(reason.code(), "budget-below-first-payment");
    assert_eq!(reason.to_string(), "the budget is below what has to be paid first, 10.5 USD");
    // 10.50 USD are 1,000 images at 0.0105.
    let enough = quoted(minimum, &[("budget", "10.50 USD")]);
    assert_eq!(enough.images.map(|images| (images.low, images.high)), Some((1000, 1000)));
    assert_eq!(enough.first_payment.unwrap().high, Decimal::new(105, 1));
}

#[test]
fn a_budget_buys_what_whole_packs_pay_for() {
    let packs = "price = \"4 credits / image\"\npacks = [{ price = \"10 USD\", credits = 1000 }, \
                 { price = \"50 USD\", credits = 6000 }]\ncredits = \"1 credits = 0.01 USD\"";
    let images = |budget| quoted(packs, &[("budget", budget)]).images.map(|it| (it.low, it.high));
    assert_eq!(images("9.99 USD"), None);
    // One pack of 1,000 credits is 250 images, two are 500; what is left buys no third.
    assert_eq!(images("10 USD"), Some((250, 250)));
    assert_eq!(images("29 USD"), Some((500, 500)));
    // The large pack pays for 1,500 images, of which 50 USD at 0.04 are 1,250.
    assert_eq!(images("50 USD"), Some((1250, 1250)));
    // Credits in hand were paid for before.
    assert_eq!(images("10 credits"), Some((2, 2)));
}

#[test]
fn what_a_megapixel_is_may_be_disputed() {
    let facts = "price = \"0.1 USD / megapixel\"\nmegapixel-rounding = \"up\"\n\
                 megapixel = 1_000_000\n";
    // 1,048,576 pixels are two of one source's megapixels, and one of the other's.
    let disputed = quoted(&format!("{facts}{OTHER}megapixel = 1_048_576"), &[]);
    assert_eq!(disputed.state, QuoteState::Disputed);
    assert_eq!(total(&disputed), ("0.1".to_owned(), "0.2".to_owned()));
    assert_eq!(disputed.disputed_part(), Some(DisputedPart::Price));
    let said: Vec<_> = disputed
        .readings
        .iter()
        .map(|it| {
            let sides: Vec<_> = it.sources.iter().map(|side| side.source.as_str()).collect();
            (sides, it.reason.as_str(), it.total.unwrap().high)
        })
        .collect();
    let tenths = |tenths| Decimal::new(tenths, 1);
    assert_eq!(
        said,
        [
            (vec!["page"], "megapixel: 1000000", tenths(2)),
            (vec!["other"], "megapixel: 1048576", tenths(1)),
        ]
    );
    // So is how it is rounded: 1.048576 megapixels, or two.
    let rounding = quoted(&format!("{facts}{OTHER}megapixel-rounding = \"exact\""), &[]);
    assert_eq!(rounding.state, QuoteState::Disputed);
    assert_eq!(total(&rounding), ("0.1048576".to_owned(), "0.2".to_owned()));
    // Where it comes to the same, nothing is disputed: an image of a million pixels is one.
    let same = quoted(&format!("{facts}{OTHER}megapixel = 1_048_576"), &[("size", "1000x1000")]);
    assert_eq!((same.state, total(&same)), (QuoteState::Priced, one("0.1")));
    // What nobody states is a range, and no dispute.
    let open = quoted("price = \"0.1 USD / megapixel\"", &[]);
    assert_eq!(open.state, QuoteState::Priced);
    assert_eq!(total(&open), ("0.1".to_owned(), "0.2".to_owned()));
}

#[test]
fn what_is_disputed_is_told_by_the_readings() {
    let priced = "price = \"0.02 USD / image\"\nsizes = [\"1024x1024\"]\n";
    let part = |other: &str| quoted(&format!("{priced}{OTHER}{other}"), &[]).disputed_part();
    assert_eq!(part("sizes = [\"512x512\"]"), Some(DisputedPart::Size));
    assert_eq!(part("price = \"0.03 USD / image\""), Some(DisputedPart::Price));
    // A price in dispute is what matters, where the size is in dispute, too.
    let both = "price = \"0.03 USD / image\"\nsizes = [\"512x512\"]";
    assert_eq!(part(both), Some(DisputedPart::Price));
    assert_eq!(part("price = \"0.020 USD / image\""), None);
    let hd = "price = \"0.02 USD / image\"\nqualities = [\"hd\"]\n";
    let other = format!("{hd}{OTHER}qualities = [\"standard\"]");
    assert_eq!(quoted(&other, &[("quality", "hd")]).disputed_part(), Some(DisputedPart::Quality));
}

#[test]
fn a_converted_quote_tells_the_sellers_own_money_whatever_its_bill_has() {
    let own = |facts: &str| {
        let catalog = listing(&format!("{HEAD}{facts}\n"));
        let mut terms = terms();
        terms.rates = vec!["CNY/USD=0.14".parse().unwrap()];
        let quote = quote(&catalog, &catalog.listings["p/l"], &job(&[]), &terms);
        quote.own_cost().map(|(range, currency)| {
            assert_ne!(currency, Currency::DOLLARS);
            (range.low.normalize().to_string(), range.high.normalize().to_string())
        })
    };
    assert_eq!(own("price = \"0.06 CNY / image\""), Some(one("0.06")));
    // A fee is paid in the seller's money, too: 0.06 and 5 %.
    let fee = "price = \"0.06 CNY / image\"\nfee = { rate = \"5%\", on = \"top-up\" }";
    assert_eq!(own(fee), Some(one("0.063")));
    let sum = "price = \"0.04 CNY / call + 0.03 CNY / image\"";
    assert_eq!(own(sum), Some(one("0.07")));
    let credits = "price = \"4 credits / image\"\ncredits = \"100 credits = 3 CNY\"";
    assert_eq!(own(credits), Some(one("0.12")));
    let range = "price = \"0.1 CNY / megapixel\"";
    assert_eq!(own(range), Some(("0.1".to_owned(), "0.2".to_owned())));
    // A fee in other money makes two kinds of it.
    let mixed = "price = \"0.06 CNY / image\"\nfee = { amount = \"0.01 USD\", on = \"call\" }";
    assert_eq!(own(mixed), None);
    assert_eq!(own("price = \"0.06 USD / image\""), None);
}

#[test]
fn a_figure_that_cannot_be_held_is_the_reason_of_one_row() {
    let huge = "price = \"79228162514264337593543950335 USD / image\"";
    let quote = quoted(huge, &[("images", "2")]);
    assert_eq!((quote.state, quote.total), (QuoteState::Unknown, None));
    assert_eq!(quote.reason, Some(Reason::Overflow));
    assert_eq!(quote.reason.unwrap().code(), "overflow");
}
