//! `cogdex export litellm` and `export json`: what the map says is what `compare` finds, and what it
//! can't say is left out with its reason.

use std::collections::BTreeMap;

use cogdex::catalog::{Catalog, Size};
use cogdex::exchange::litellm::export::{Entry, PriceMap, price_map};
use cogdex::pricing::{Job, QuoteState, amount};
use serde_json::{Value, json};

use crate::support::{BASE, TODAY, catalog, cogdex, folder, json as json_of, quote, stdout, terms};

/// A listing with one statement of `page`.
fn listing(statement: &str) -> String {
    format!("model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-01\n{statement}\n")
}

/// Listings of every kind, by the end of their id.
fn kinds() -> Vec<(String, String)> {
    let sizes = "sizes = [\"1024x1024\", \"768x1344\"]";
    let by_quality = "price = [{ price = \"0.01 USD / image\", quality = \"standard\" }, \
                      { price = \"0.02 USD / image\", quality = \"hd\" }]";
    let kinds = [
        ("plain", "price = \"0.0400 USD / image\"".to_owned()),
        ("call", "price = \"0.02 USD / call\"".to_owned()),
        ("free", "price = \"0 USD / image\"".to_owned()),
        ("fee", "price = \"0.1 USD / image\"\nfee = { rate = \"5%\", on = \"top-up\" }".to_owned()),
        ("yuan", "price = \"0.06 CNY / image\"".to_owned()),
        (
            "credits",
            "price = \"4 credits / image\"\ncredits = \"4 credits ~ 0.008 USD\"".to_owned(),
        ),
        ("pixel", "price = \"0.000000019 USD / pixel\"".to_owned()),
        ("megapixel", "price = \"0.1 USD / megapixel\"".to_owned()),
        ("second", "price = \"0.001 USD / second\"".to_owned()),
        ("unknown", "mode = \"sync\"".to_owned()),
        (
            "by-size",
            "price = [{ price = \"0.01 USD / image\", size = \"1024x1024\" }, { price = \
             \"0.00000002 USD / pixel\", size = \"768x1344\" }]"
                .to_owned(),
        ),
        ("by-quality", format!("{by_quality}\n{sizes}\ndefault-quality = \"standard\"")),
        ("no-sizes", by_quality.to_owned()),
        ("hd-first", format!("{by_quality}\n{sizes}\ndefault-quality = \"hd\"")),
        (
            "fine-first",
            format!(
                "{}\n{sizes}\ndefault-quality = \"fine\"",
                by_quality.replace("standard", "fine")
            ),
        ),
        ("odd-sizes", "price = \"0.03 USD / image\"\nsizes = [\"512x512\"]".to_owned()),
    ];
    let mut kinds: Vec<_> = kinds.map(|(id, says)| (id.to_owned(), listing(&says))).into();
    let other =
        "[[statement]]\nsource = \"other\"\nseen = 2026-11-01\nprice = \"0.05 USD / image\"\n";
    let disputed = listing("price = \"0.04 USD / image\"") + other;
    kinds.push(("disputed".to_owned(), disputed));
    kinds
}

fn all() -> Catalog {
    let files: Vec<_> =
        kinds().into_iter().map(|(id, text)| (format!("listings/p/{id}.toml"), text)).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    catalog(&files)
}

fn map_of(catalog: &Catalog) -> PriceMap {
    let mut terms = terms();
    terms.rates.push("CNY/USD=0.14".parse().unwrap());
    let listings: Vec<_> = catalog.listings.values().collect();
    price_map(&terms.table(catalog), &listings, terms.as_of)
}

/// The costs of an entry as text.
fn costs_of(entry: &Entry) -> String {
    let costs = entry.costs.iter().map(|(field, cost)| format!("{field} {}", amount(*cost)));
    costs.collect::<Vec<_>>().join(", ")
}

#[test]
fn each_price_that_the_map_can_say_has_its_entries() {
    let map = map_of(&all());
    let entries: BTreeMap<_, _> =
        map.entries.iter().map(|(key, entry)| (key.as_str(), costs_of(entry))).collect();
    let (image, pixel) = ("output_cost_per_image", "input_cost_per_pixel");
    let mut expected = BTreeMap::new();
    for (key, field, cost) in [
        ("p/plain", image, "0.04"),
        ("p/call", image, "0.02"),
        ("p/free", image, "0"),
        ("p/fee", image, "0.105"),
        ("p/yuan", image, "0.0084"),
        ("p/credits", image, "0.008"),
        ("p/pixel", pixel, "0.000000019"),
        ("p/odd-sizes", image, "0.03"),
        ("1024-x-1024/p/by-size", image, "0.01"),
        ("p/1024-x-1024/by-size", image, "0.01"),
        ("768-x-1344/p/by-size", image, "0.02064384"),
        ("p/768-x-1344/by-size", image, "0.02064384"),
        ("standard/1024-x-1024/p/by-quality", image, "0.01"),
        ("p/standard/1024-x-1024/by-quality", image, "0.01"),
        ("hd/1024-x-1024/p/by-quality", image, "0.02"),
        ("p/hd/1024-x-1024/by-quality", image, "0.02"),
        ("standard/768-x-1344/p/by-quality", image, "0.01"),
        ("p/standard/768-x-1344/by-quality", image, "0.01"),
        ("hd/768-x-1344/p/by-quality", image, "0.02"),
        ("p/hd/768-x-1344/by-quality", image, "0.02"),
        ("1024-x-1024/p/fine-first", image, "0.01"),
        ("p/1024-x-1024/fine-first", image, "0.01"),
        ("768-x-1344/p/fine-first", image, "0.01"),
        ("p/768-x-1344/fine-first", image, "0.01"),
        ("fine/1024-x-1024/p/fine-first", image, "0.01"),
        ("p/fine/1024-x-1024/fine-first", image, "0.01"),
        ("fine/768-x-1344/p/fine-first", image, "0.01"),
        ("p/fine/768-x-1344/fine-first", image, "0.01"),
        ("hd/1024-x-1024/p/fine-first", image, "0.02"),
        ("p/hd/1024-x-1024/fine-first", image, "0.02"),
        ("hd/768-x-1344/p/fine-first", image, "0.02"),
        ("p/hd/768-x-1344/fine-first", image, "0.02"),
    ] {
        expected.insert(key, format!("{field} {cost}"));
    }
    assert_eq!(entries, expected);
    let left: BTreeMap<_, _> =
        map.left_out.iter().map(|(id, why)| (id.as_str(), why.as_str())).collect();
    for (id, why) in [
        ("p/disputed", "disputed: price: 0.04 USD / image; or price: 0.05 USD / image"),
        ("p/megapixel", "price is a range: no source says how 1,048,576 pixels are counted"),
        ("p/second", "billed by the second"),
        ("p/unknown", "no source states a price"),
        ("p/no-sizes", "a price depends on the quality alone, no source lists its sizes"),
        (
            "p/hd-first",
            "it draws in `hd` where no quality is asked for, and LiteLLM takes `standard`",
        ),
    ] {
        assert!(left[id].starts_with(why), "{id}: {}", left[id]);
    }
    assert_eq!(left.len(), 6);
}

/// The entries of one listing as the map has them, and what is left out.
fn exported(statement: &str) -> (Value, Vec<(String, String)>) {
    let catalog = catalog(&[("listings/p/l.toml", &listing(statement))]);
    let map = map_of(&catalog);
    let mut written = serde_json::to_value(&map).unwrap();
    for (_, entry) in written.as_object_mut().unwrap() {
        for key in ["litellm_provider", "mode", "source", "metadata"] {
            entry.as_object_mut().unwrap().remove(key);
        }
    }
    (written, map.left_out)
}

#[test]
fn prices_of_thousands_of_tokens_of_megapixels_and_of_steps_have_their_keys() {
    let megapixel = "price = \"0.025 USD / megapixel\"\nmegapixel = ";
    for (statement, expected) in [
        ("price = \"60 USD / 1000 images\"", json!({ "p/l": { "output_cost_per_image": 0.06 } })),
        (
            "price = \"5 USD / 1000000 input-tokens + 30 USD / 1000000 image-tokens\"",
            json!({ "p/l": {
                "input_cost_per_token": 5e-6, "output_cost_per_image_token": 3e-5
            } }),
        ),
        (
            "price = \"0.00004 USD / image-token\"\nfee = { rate = \"5%\", on = \"top-up\" }",
            json!({ "p/l": { "output_cost_per_image_token": 4.2e-5 } }),
        ),
        (
            &format!("{megapixel}1048576\nmegapixel-rounding = \"up\""),
            json!({ "p/l": {
                "output_cost_per_image": 0.025, "output_cost_per_pixel": 2.384_185_791_015_625e-8
            } }),
        ),
        (
            &format!("{megapixel}1000000\nmegapixel-rounding = \"exact\""),
            json!({ "p/l": { "input_cost_per_pixel": 2.5e-8 } }),
        ),
        (
            "price = \"0.04 USD / image\"\nretires = 2027-06-30",
            json!({ "p/l": { "output_cost_per_image": 0.04, "deprecation_date": "2027-06-30" } }),
        ),
        (
            "price = [{ price = \"0.04 USD / image\" }, { price = \"0.05 USD / image\", \
             size = \"512x512\" }]",
            json!({
                "p/l": { "output_cost_per_image": 0.04 },
                "512-x-512/p/l": { "output_cost_per_image": 0.05 },
                "p/512-x-512/l": { "output_cost_per_image": 0.05 }
            }),
        ),
        (
            "price = [{ price = \"0.04 USD / image\", steps = 50 }, { price = \"0.05 USD / \
             image\", size = \"512x512\", steps = 50 }]",
            json!({
                "max-x-max/50-steps/p/l": { "output_cost_per_image": 0.04 },
                "p/max-x-max/50-steps/l": { "output_cost_per_image": 0.04 },
                "512-x-512/50-steps/p/l": { "output_cost_per_image": 0.05 },
                "p/512-x-512/50-steps/l": { "output_cost_per_image": 0.05 }
            }),
        ),
        (
            "price = [{ price = \"0.04 USD / image\" }, { price = \"0.02 USD / image\", \
             max-pixels = 262144 }]\nsizes = [\"512x512\", \"1024x1024\"]",
            json!({
                "512-x-512/p/l": { "output_cost_per_image": 0.02 },
                "p/512-x-512/l": { "output_cost_per_image": 0.02 },
                "1024-x-1024/p/l": { "output_cost_per_image": 0.04 },
                "p/1024-x-1024/l": { "output_cost_per_image": 0.04 }
            }),
        ),
    ] {
        assert_eq!(exported(statement), (expected, Vec::new()), "{statement}");
    }
}

#[test]
fn what_the_map_has_no_price_for_is_left_out_and_told() {
    let image = |conditions: &str| format!("{{ price = \"0.04 USD / image\"{conditions} }}");
    let megapixel = "price = \"0.025 USD / megapixel\"\nmegapixel = ";
    for (statement, why) in [
        (
            format!("price = [{}, {}]", image(", up-to = 100"), image("")),
            "its price depends on the images of a month, and none of the map does",
        ),
        (
            "price = \"0.04 USD / call + 0.03 USD / image\"".to_owned(),
            "its price is a sum for call and image, and the map has no price of several parts",
        ),
        (
            "price = \"4 credits / image\"\npacks = [{ price = \"10 USD\", credits = 1000 }, \
             { price = \"50 USD\", credits = 6000 }]"
                .to_owned(),
            "price is a range: a credit costs what it does in a pack",
        ),
        (
            "price = \"0.00004 USD / image-token\"\nfee = { amount = \"0.001 USD\", on = \"call\" }"
                .to_owned(),
            "beside its tokens something is billed by the call",
        ),
        (
            format!("{megapixel}1000000\nmegapixel-rounding = \"up\""),
            "its megapixels are rounded in a way that the map has no price for",
        ),
        (
            format!("price = [{}]", image(", max-pixels = 262144")),
            "a price depends on a class of sizes, no source lists its sizes",
        ),
        (
            "price = \"0.04 USD / image\"\nretires = 2026-11-10".to_owned(),
            "no longer sold from 2026-11-10 on",
        ),
        (
            format!("price = [{}, {{ price = \"0.05 USD / image\", mode = \"async\" }}]", image("")),
            "price is a range: no delivery is asked for",
        ),
    ] {
        let (map, left) = exported(&statement);
        assert_eq!(map, json!({}), "{statement}");
        assert!(left.len() == 1 && left[0].1.starts_with(why), "{statement}: {left:?}");
    }
    let batch = format!("price = [{}, {{ price = \"50%\", mode = \"batch\" }}]", image(""));
    let (map, left) = exported(&batch);
    assert_eq!(map, json!({ "p/l": { "output_cost_per_image": 0.04 } }));
    let why = "the map has no price for an image in a batch";
    assert_eq!(left, [("p/l in a batch".to_owned(), why.to_owned())]);
}

#[test]
fn yuan_without_a_rate_are_left_out() {
    let catalog = catalog(&[("listings/p/l.toml", &listing("price = \"0.06 CNY / image\""))]);
    let listings: Vec<_> = catalog.listings.values().collect();
    let map = price_map(&terms().table(&catalog), &listings, TODAY);
    assert!(map.entries.is_empty());
    assert!(map.left_out[0].1.contains("no official rate from CNY to USD"), "{:?}", map.left_out);
}

/// The catalog that ships: each listing is in the map with the total of `compare`, or left out.
#[test]
fn every_listing_of_the_catalog_is_in_the_map_or_left_out() {
    let catalog = Catalog::embedded().unwrap();
    let map = map_of(&catalog);
    let mut terms = terms();
    terms.rates.push("CNY/USD=0.14".parse().unwrap());
    for listing in catalog.listings.values() {
        let quote = quote(&catalog, listing, &Job::default(), &terms);
        let entry = map.entries.iter().find(|(key, _)| *key == listing.id);
        let left = map.left_out.iter().any(|(id, _)| *id == listing.id);
        // Its price depends on the size, and its sizes are a rule: the map has no key for that.
        if listing.id == "blockrun/cogview-4" {
            assert!(left && entry.is_none());
            continue;
        }
        let one = quote.total.filter(|total| total.low == total.high);
        let one = one.filter(|_| quote.state != QuoteState::Disputed).map(|total| total.high);
        let cost = entry.map(|(_, entry)| match entry.costs.as_slice() {
            [("output_cost_per_image", cost)] => *cost,
            costs => panic!("{costs:?}"),
        });
        assert_eq!(cost, one, "{}", listing.id);
        assert_eq!(left, one.is_none(), "{}", listing.id);
    }
    assert!(map.entries.len() >= 4);
}

#[test]
fn numbers_are_exact_and_an_entry_says_what_it_was_made_of() {
    let arguments = ["export", "litellm", "--as-of", "2026-11-20"];
    let text = stdout(&arguments);
    assert!(text.contains("\"output_cost_per_image\": 0.008842514811,\n"), "{text}");
    let map: Value = serde_json::from_str(&text).unwrap();
    let entry = &map["aigateway/cogview4"];
    assert_eq!(entry["litellm_provider"], "aigateway");
    assert_eq!(entry["mode"], "image_generation");
    assert_eq!(entry["metadata"]["as_of"], "2026-11-20");
    assert_eq!(entry["metadata"]["lines"][1], "fee on top-up, 5%, aigateway-page");
    let said = String::from_utf8(cogdex(&arguments).stderr).unwrap();
    assert!(said.contains("skipped apiin/cogview-4: disputed: credits: 4 credits ~ 0.008 USD"));
    assert!(map.get("apiin/cogview-4").is_none());
    assert_eq!(stdout(&arguments), text);
}

#[test]
fn the_day_and_the_model_are_asked_for() {
    let two = listing("price = \"0.04 USD / image\"")
        + "[[statement]]\nsource = \"page\"\nseen = 2026-11-10\nprice = \"0.05 USD / image\"\n";
    let folder = folder(&[("listings/p/l.toml", &two)]);
    let catalog = folder.path().to_str().unwrap();
    for (day, cost) in [("2026-11-09", 0.04), ("2026-11-10", 0.05)] {
        let arguments = ["export", "litellm", "--catalog", catalog, "--as-of", day, "--model", "m"];
        assert_eq!(json_of(&arguments)["p/l"]["output_cost_per_image"], cost);
        let document = json_of(&["export", "json", "--catalog", catalog, "--as-of", day]);
        assert_eq!(document["listings"][0]["quote"]["total"]["high"], cost.to_string());
    }
    for (flag, value) in [("--as-of", "2020-01-01"), ("--model", "nobody"), ("--rate", "x")] {
        for what in ["json", "litellm"] {
            let output = cogdex(&["export", what, "--catalog", catalog, flag, value]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{flag}: {said}");
            assert!(output.stdout.is_empty());
        }
    }
    assert_eq!(BASE.len(), 5);
}

#[test]
fn the_whole_catalog_is_every_listing_as_show_gives_it() {
    let document = json_of(&["export", "json", "--as-of", "2026-11-20"]);
    let catalog = Catalog::embedded().unwrap();
    let listings = document["listings"].as_array().unwrap();
    assert_eq!(listings.len(), catalog.listings.len());
    assert_eq!(document["catalog"]["digest"], catalog.digest.as_str());
    assert_eq!(document["as_of"], "2026-11-20");
    let compared =
        json_of(&["compare", "--model", "any", "--format", "json", "--as-of", "2026-11-20"]);
    for listing in listings.iter().take(4) {
        let id = listing["listing"].as_str().unwrap();
        let mut shown = json_of(&["show", id, "--format", "json", "--as-of", "2026-11-20"]);
        for key in ["format", "catalog", "as_of", "differences", "probed"] {
            shown.as_object_mut().unwrap().remove(key);
        }
        let mut listing = listing.clone();
        let quote = listing.as_object_mut().unwrap().remove("quote").unwrap();
        assert_eq!(listing, shown);
        let rows = compared["rows"].as_array().unwrap();
        assert_eq!(Some(&quote), rows.iter().find(|row| row["listing"] == id));
    }
    let disputed = listings.iter().find(|listing| listing["listing"] == "apiin/cogview-4").unwrap();
    let facts = disputed["facts"].as_array().unwrap();
    let credits = facts.iter().find(|fact| fact["field"] == "credits").unwrap();
    assert_eq!(
        (&credits["state"], credits["views"].as_array().unwrap().len()),
        (&"disputed".into(), 2)
    );
    let size: Size = document["job"]["size"].as_str().unwrap().parse().unwrap();
    assert_eq!(size, Job::default().size);
}
