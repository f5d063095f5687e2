//! `show` on a terminal: what is wanted first stands first, sources once, and names of all kinds.

use super::{
    GREEN, WIDTHS, YELLOW, assert_fits, coloured, file, folder, json, plain, shown, stdout,
};
use crate::support::cogdex;

const DAY: [&str; 2] = ["--as-of", "2026-11-26"];

fn apiin() -> String {
    plain(80, &[&["show", "apiin/cogview-4"], &DAY[..]].concat())
}

/// What a failed command says.
fn refused(arguments: &[&str]) -> String {
    let output = cogdex(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
    said
}

#[test]
fn it_begins_with_seller_price_rank_and_page() {
    let text = apiin();
    let head = "apiin/cogview-4\nAPI in One sells CogView-4 by Zhipu AI as cogview-4\n";
    assert!(text.starts_with(head), "{text}");
    for line in [
        "price     ~$0.008–0.04 for an image of 1024x1024",
        "          disputed: a credit is $0.002 (apiin-docs) or $0.01 (apiin-market)",
        "rank      6 of 8 listings of cogview-4 with a price",
        "page      https://apiin.one/models/cogview-4",
    ] {
        assert!(text.lines().take(10).any(|shown| shown == line), "{line}\n{text}");
    }
}

#[test]
fn a_price_in_yuan_stands_first_with_the_age_of_its_rate() {
    let arguments = [&["show", "bigmodel/cogview-4"], &DAY[..]].concat();
    let text = plain(200, &arguments);
    assert!(text.contains("\nprice     ¥0.06, which is $0.00884 for an image of 1024x1024\n"));
    let rate = "1 USD = 6.7854 CNY (pboc-august of 2026-08-19), 99 days old";
    assert!(text.contains(&format!("\nrate      {rate}\n")), "{text}");
    let (_, text) = shown(200, &arguments);
    assert!(text.contains(&coloured(YELLOW, rate)), "{text:?}");
    // It is the cheapest of its family.
    assert!(text.contains(&format!("\u{1b}[{GREEN}m¥0.06, which")), "{text:?}");
}

#[test]
fn facts_stand_in_groups_and_sources_once() {
    let text = apiin();
    for group in ["Price and billing", "Calling", "Images", "Model", "Seller", "Sources"] {
        assert_eq!(text.lines().filter(|line| *line == group).count(), 1, "{group}\n{text}");
    }
    assert!(text.contains("\n  price                      4 credits / image [1][2]\n"), "{text}");
    let inherited = "GLM-4 [4] of the model, not the seller\n";
    assert!(text.contains(inherited), "{text}");
    let source = "\n[4]  zai-guide, read 2025-10-26, 396 days old:";
    assert!(text.contains(source), "{text}");
    for address in ["https://apiin.one/docs", "https://apiin-one.pages.dev/model/cogview-4"] {
        assert_eq!(text.matches(address).count(), 1, "{address}\n{text}");
    }
}

#[test]
fn a_listing_fits_on_a_page_and_all_adds_claims_and_the_contract() {
    let text = apiin();
    assert!(text.lines().count() <= 66, "{} lines:\n{text}", text.lines().count());
    let more = "--all also shows the contract (29 promises, 5 disputed), 13 facts on which other";
    assert!(text.contains(more), "{text}");
    assert!(!text.contains("claims.") && !text.contains("call.create"), "{text}");
    let all = plain(80, &[&["show", "apiin/cogview-4", "--all"], &DAY[..]].concat());
    for part in ["\nContract of endpoint apiin/images\n", "\nOther claims\n", "call.create: "] {
        assert!(all.contains(part), "{part}\n{all}");
    }
    for width in WIDTHS {
        for id in ["apiin/cogview-4", "zai/cogview-4-250304", "apiin", "cogview-4"] {
            assert_fits(width, &plain(width, &[&["show", id], &DAY[..]].concat()));
        }
    }
}

#[test]
fn a_provider_shows_what_it_sells_and_a_model_who_sells_it() {
    let text = plain(80, &[&["show", "apiin"], &DAY[..]].concat());
    assert!(text.starts_with("apiin: API in One\n"), "{text}");
    assert!(text.contains("\n1  apiin/cogview-4               ~$0.008–0.04  3–8 s"), "{text}");
    assert!(text.contains("credits     4 credits ~ 0.008 USD [1], disputed\n"), "{text}");
    assert!(!text.contains("of the provider"), "{text}");
    let text = plain(80, &[&["show", "cogview-4"], &DAY[..]].concat());
    assert!(text.starts_with("cogview-4: CogView-4\nmade by Zhipu AI"), "{text}");
    assert!(text.contains("\n8  fal/cogview4                 $0.10–0.20"), "{text}");
    let document = json(&[&["show", "apiin", "--format", "json"], &DAY[..]].concat());
    assert_eq!((&document["format"], &document["kind"]), (&1.into(), &"provider".into()));
    assert_eq!(document["listings"].as_array().unwrap().len(), 6);
    assert_eq!(document["listings"][0]["listing"], "apiin/cogview-4");
    assert_eq!(document["listings"][0]["total"]["high"], "0.04");
    assert!(document["facts"].as_array().unwrap().iter().any(|it| it["field"] == "credits"));
    let document = json(&["show", "cogview4-6b", "--format", "json"]);
    assert_eq!((&document["kind"], &document["name"]), (&"model".into(), &"CogView4-6B".into()));
}

#[test]
fn slugs_and_codes_name_a_listing_too() {
    for (name, id) in [
        ("zai-org/cogview4", "aigateway/cogview4"),
        ("infsh/cogview4-6b", "inference-sh/cogview4-6b"),
    ] {
        assert!(stdout(&["show", name]).starts_with(&format!("{id}\n")), "{name}");
    }
    let said = refused(&["show", "cogview-4-250304"]);
    let several = "`cogview-4-250304` is sold by 3: 302ai/cogview-4-250304, \
                   bigmodel/cogview-4-250304, zai/cogview-4-250304; name one of them";
    assert!(said.contains(several), "{said}");
}

#[test]
fn a_name_that_is_none_is_told_with_what_may_be_meant() {
    for (arguments, wanted) in [
        (&["show", "apiin/cogview4"][..], "did you mean `apiin/cogview-4`?"),
        (&["show", "apiin/zzz"], "`apiin` has 6: apiin/cogview-4, apiin/gpt-image-1.5-official, "),
        (&["export", "openapi", "apiin"], "`apiin` has 6: apiin/cogview-4, "),
        (&["show", "bigmodl"], "did you mean `bigmodel`?"),
        (&["export", "openapi", "cogview4-6b"], "`cogview4-6b` is sold by 4: gitee/"),
    ] {
        let said = refused(arguments);
        assert!(said.contains(wanted), "{arguments:?}: {said}");
    }
    // Another provider's listing may be spelt more alike, and is not meant.
    let listing = "model = \"m\"\n";
    let catalog =
        folder(&[("listings/p/abcdef.toml", listing), ("listings/q/abcdxx.toml", listing)]);
    let said = refused(&["show", "p/abcdxx", "--catalog", catalog.path().to_str().unwrap()]);
    assert!(said.contains("did you mean `p/abcdef`?"), "{said}");
}

#[test]
fn a_history_that_is_not_there_is_an_error_and_makes_no_file() {
    let home = tempfile::tempdir().unwrap();
    let path = file(&home, "none.sqlite");
    let name = path.to_str().unwrap();
    let out = file(&home, "dist");
    for arguments in [
        &["show", "apiin/cogview-4", "--history", name][..],
        &["show", "apiin", "--history", name],
        &["build", "--out", out.to_str().unwrap(), "--history", name],
    ] {
        assert!(refused(arguments).contains("there is no file"), "{arguments:?}");
        assert!(!path.exists(), "{arguments:?}");
    }
}

#[test]
fn a_pipe_gets_each_fact_in_one_line() {
    let text = stdout(&[&["show", "apiin/cogview-4"], &DAY[..]].concat());
    let sizes = "1024x1024, 768x1344, 864x1152, 1344x768, 1152x864, 1440x720, 720x1440 [1][2]\n";
    assert!(text.contains(sizes), "{text}");
    assert!(text.contains("[4]  zai-guide, read 2025-10-26, 396 days old: https://docs.z.ai/"));
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn the_page_is_the_sellers_price_page_where_one_is_known() {
    let listing = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
        price = \"1 USD / image\"\n";
    let provider = |keys: &str| {
        format!("name = \"P\"\n[[statement]]\nsource = \"other\"\nseen = 2026-11-20\n{keys}")
    };
    let both = "website = \"https://p.example\"\npricing-page = \"https://p.example/prices\"\n";
    for (keys, page) in [
        ("input = [\"text\"]\n", "https://example.com/page"),
        ("website = \"https://p.example\"\n", "https://p.example"),
        (both, "https://p.example/prices"),
    ] {
        let provider = provider(keys);
        let catalog = folder(&[("listings/p/l.toml", listing), ("providers/p.toml", &provider)]);
        let path = catalog.path().to_str().unwrap();
        let text = plain(80, &["show", "p/l", "--catalog", path, "--as-of", "2026-11-26"]);
        assert!(text.contains(&format!("\npage      {page}\n")), "{keys}: {text}");
    }
}
