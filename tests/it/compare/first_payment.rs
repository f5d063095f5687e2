//! What has to be paid first, as the program shows it and ranks by it.

use crate::support::{folder, stdout};

/// A seller of packs whose images are cheaper than those of one who takes any amount.
fn asked(flags: &[&str]) -> String {
    let packs = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
                 price = \"1 credit / image\"\npacks = [{ price = \"50 USD\", credits = 10_000 }]\n";
    let plain = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
                 price = \"~0.01 USD / image\"\n";
    let packs = packs.replace("1 credit /", "1 credits /");
    let files = [("listings/p/packs.toml", packs.as_str()), ("listings/q/plain.toml", plain)];
    let folder = folder(&files);
    let catalog = folder.path().to_str().unwrap();
    stdout(&[&["compare", "--catalog", catalog, "--images", "100", "-q"], flags].concat())
}

#[test]
fn what_has_to_be_paid_first_has_a_column_and_a_rank_of_its_own() {
    let text = asked(&[]);
    assert!(text.contains("Pay first"), "{text}");
    let row = |text: &str, id: &str| {
        let line = text.lines().find(|line| line.contains(id)).unwrap().to_owned();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row(&text, "p/packs")[..5], ["1", "p/packs", "$0.50", "$0.005", "$50"]);
    // What the page says about is told as about.
    assert_eq!(row(&text, "q/plain")[..5], ["2", "q/plain", "~$1", "$0.01", "any"]);
    let text = asked(&["--rank-by", "first-payment"]);
    assert_eq!(row(&text, "q/plain")[..5], ["1", "q/plain", "~$1", "$0.01", "any"]);
    assert_eq!(row(&text, "p/packs")[..5], ["2", "p/packs", "$0.50", "$0.005", "$50"]);
    let csv = asked(&["--format", "csv"]);
    let header = csv.lines().next().unwrap();
    assert!(header.ends_with("rates,first_payment_low,first_payment_high"), "{header}");
    assert!(csv.lines().any(|line| line.contains("p/packs") && line.ends_with(",50,50")), "{csv}");
}
