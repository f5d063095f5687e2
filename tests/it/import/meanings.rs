//! What a row of a map means: a pixel's price goes before a flat fallback, a request, a second and a
//! token are what they are, classes of sizes and batches are rows, a day of deprecation retires.

use cogdex::catalog::{Catalog, Tree};
use cogdex::exchange::litellm::import::{CatalogFiles, import};
use serde_json::{Value, json};

use super::{DAY, read, row, text, told, written};
use crate::support::{TODAY, cogdex, job, json as json_of, quote, terms};

/// The rows of `compare` over what was imported, by listing.
fn compared(map: &Value, flags: &[&str]) -> Vec<(String, Value)> {
    let folder = written(&read(map, &CatalogFiles::new(), DAY).unwrap());
    let catalog = folder.path().to_str().unwrap();
    let base = ["compare", "--model", "any", "--format", "json", "--catalog", catalog];
    let document = json_of(&[&base[..], &["--as-of", "2026-11-20"], flags].concat());
    let rows = document["rows"].as_array().unwrap().iter();
    rows.map(|row| (row["listing"].as_str().unwrap().to_owned(), row.clone())).collect()
}

/// The total of a listing in a comparison.
fn total(rows: &[(String, Value)], listing: &str) -> Value {
    let row = rows.iter().find(|(id, _)| id == listing);
    row.unwrap_or_else(|| panic!("{listing}")).1["total"].clone()
}

fn exactly(total: &str) -> Value {
    json!({ "low": total, "high": total })
}

#[test]
fn a_flat_fallback_never_goes_before_the_price_of_a_pixel() {
    let exact = 2.384_185_791_015_625e-8;
    let map = json!({
        "a/exact": row(json!({ "output_cost_per_image": 0.025, "output_cost_per_pixel": exact })),
        "a/short": row(json!({ "output_cost_per_image": 0.025, "output_cost_per_pixel": 2.384e-8 })),
        "a/given": row(json!({ "input_cost_per_image": 0.025, "input_cost_per_pixel": exact })),
        "a/decimal": row(json!({ "output_cost_per_image": 0.02, "output_cost_per_pixel": 2e-8 })),
        "a/other": row(json!({ "output_cost_per_image": 0.025, "output_cost_per_pixel": 1e-7 })),
        "high/1024-x-1024/sized": row(json!({ "input_cost_per_image": 0.167, "input_cost_per_pixel": 1.592_636_11e-7 })),
        "low/1024-x-1024/sized": row(json!({ "input_cost_per_image": 0.5, "input_cost_per_pixel": 1e-8 })),
        "a/flat": row(json!({ "output_cost_per_image": 0.05 })),
    });
    let import = read(&map, &CatalogFiles::new(), DAY).unwrap();
    let told = told(&import);
    for (key, expected) in [
        ("a/exact", "a/exact: 0.025 USD / megapixel"),
        ("a/short", "a/short: 0.025 USD / megapixel"),
        ("a/given", "a/given: 0.025 USD / megapixel"),
        ("a/decimal", "a/decimal: 0.00000002 USD / pixel"),
        (
            "a/other",
            "refused: `output_cost_per_image` (0.025) is a fallback price that contradicts \
             `output_cost_per_pixel` (0.0000001): it is not the price of one megapixel",
        ),
        ("high/1024-x-1024/sized", "a/sized: 0.167 USD / image if size 1024x1024 and quality high"),
        (
            "low/1024-x-1024/sized",
            "refused: `input_cost_per_image` (0.5) is a fallback price that contradicts \
             `input_cost_per_pixel` (0.00000001): it is not the price of an image of 1024x1024",
        ),
    ] {
        assert_eq!(told[key], expected, "{key}");
    }
    let decimal = import.rows.iter().find(|row| row.key == "a/decimal").unwrap();
    assert!(decimal.remarks[0].contains("is the price of 1,000,000 pixels"), "{decimal:?}");
    // A size that a row names is the only one that `compare` takes.
    let mut map = map;
    map.as_object_mut().unwrap().retain(|key, _| !key.contains("sized"));
    let rows = compared(&map, &["--images", "1000", "--size", "2048x2048"]);
    for (listing, expected) in
        [("a/exact", "100"), ("a/short", "100"), ("a/flat", "50"), ("a/decimal", "83.88608")]
    {
        assert_eq!(total(&rows, listing), exactly(expected), "{listing}");
    }
    assert_eq!(rows[0].0, "a/flat");
    // A megapixel that is begun counts whole, as LiteLLM counts it.
    let rows = compared(&map, &["--size", "1536x1024"]);
    assert_eq!(total(&rows, "a/exact"), exactly("0.05"));
}

#[test]
fn a_fallback_is_the_row_without_conditions() {
    let map = json!({
        "a/tab": row(json!({ "input_cost_per_image": 0.02 })),
        "1024-x-1024/tab": row(json!({ "input_cost_per_image": 0.03 })),
        "hd/1024-x-1024/tab": row(json!({ "input_cost_per_image": 0.04 })),
        // The same price as the fallback, where another lies between.
        "low/1024-x-1024/tab": row(json!({ "input_cost_per_image": 0.02 })),
    });
    let import = read(&map, &CatalogFiles::new(), DAY).unwrap();
    assert_eq!((import.imported(), import.rows.len()), (4, 4));
    let catalog = Catalog::open(&Tree::Files(import.files), TODAY).unwrap();
    let listing = &catalog.listings["a/tab"];
    for (size, quality, expected) in [
        ("512x512", "hd", "0.02"),
        ("1024x1024", "fine", "0.03"),
        ("1024x1024", "hd", "0.04"),
        ("1024x1024", "low", "0.02"),
    ] {
        let job = job(&[("size", size), ("quality", quality)]);
        let total = quote(&catalog, listing, &job, &terms()).total.unwrap();
        assert_eq!(total.to_string(), expected, "{size} {quality}");
    }
}

#[test]
fn requests_seconds_and_tokens_are_what_they_are() {
    let map = json!({
        "a/by-token": row(json!({
            "input_cost_per_token": 5e-6, "output_cost_per_image_token": 3e-5,
            "input_cost_per_token_batches": 2.5e-6, "output_cost_per_image_token_batches": 1.5e-5
        })),
        "a/one-token": row(json!({ "input_cost_per_token": 4e-8, "output_cost_per_token": 4e-8 })),
        "a/by-request": row(json!({ "input_cost_per_request": 0.04 })),
        "a/by-second": row(json!({ "output_cost_per_second": 0.0014 })),
        "a/both": row(json!({ "input_cost_per_request": 0.04, "output_cost_per_image": 0.03 })),
        "a/flash": row(json!({ "output_cost_per_image": 0.039, "output_cost_per_image_token": 3e-5 })),
        "a/batch": row(json!({ "output_cost_per_image": 0.04, "output_cost_per_image_batches": 0.02 })),
        "a/unclear": row(json!({ "output_cost_per_second": 0.1, "output_cost_per_token": 1e-6 })),
        "a/prompt": row(json!({ "input_cost_per_token": 5e-6 })),
    });
    let import = read(&map, &CatalogFiles::new(), DAY).unwrap();
    let told = told(&import);
    for (key, expected) in [
        ("a/unclear", "refused: it has prices for seconds and for tokens"),
        ("a/prompt", "refused: it has no price for what is drawn, only `input_cost_per_token`"),
        ("a/by-request", "a/by-request: 0.04 USD / call"),
        ("a/by-second", "a/by-second: 0.0014 USD / second"),
        ("a/both", "a/both: 0.04 USD / call + 0.03 USD / image"),
        ("a/flash", "a/flash: 0.039 USD / image"),
        ("a/batch", "a/batch: 0.04 USD / image; 0.02 USD / image if mode batch"),
    ] {
        assert!(told[key].starts_with(expected), "{key}: {}", told[key]);
    }
    let flags =
        ["--tokens-per-image", "1000", "--prompt-tokens", "200", "--seconds-per-image", "4"];
    let rows = compared(&map, &flags);
    for (listing, expected) in [
        // 200 x 0.000005 and 1000 x 0.00003.
        ("a/by-token", "0.031"),
        ("a/one-token", "0.000048"),
        ("a/by-request", "0.04"),
        ("a/by-second", "0.0056"),
        ("a/both", "0.07"),
        ("a/flash", "0.039"),
        ("a/batch", "0.04"),
    ] {
        assert_eq!(total(&rows, listing), exactly(expected), "{listing}");
    }
    let rows = compared(&map, &[&flags[..], &["--mode", "batch"]].concat());
    assert_eq!(total(&rows, "a/by-token"), exactly("0.0155"));
    assert_eq!(total(&rows, "a/batch"), exactly("0.02"));
    assert_eq!(total(&rows, "a/flash"), Value::Null);
}

#[test]
fn classes_of_sizes_and_premium_images_are_rows() {
    let map = json!({ "a/titan": row(json!({
        "output_cost_per_image": 0.008,
        "output_cost_per_image_premium_image": 0.01,
        "output_cost_per_image_above_512_and_512_pixels": 0.012,
        "output_cost_per_image_above_512_and_512_pixels_and_premium_image": 0.014,
        "output_cost_per_image_above_1024_and_1024_pixels": 0.02
    })) });
    // Without a quality it may be drawn in premium, too.
    for (size, quality, low, high) in [
        ("512x512", None, "0.008", "0.01"),
        ("512x513", None, "0.012", "0.014"),
        ("1024x1024", None, "0.012", "0.014"),
        ("2048x2048", None, "0.014", "0.02"),
        ("512x512", Some("premium"), "0.01", "0.01"),
        ("1024x1024", Some("premium"), "0.014", "0.014"),
    ] {
        let quality = quality.map(|quality| ["--quality", quality]);
        let flags = [&["--size", size][..], quality.as_ref().map_or(&[], |it| &it[..])].concat();
        let rows = compared(&map, &flags);
        let expected = json!({ "low": low, "high": high });
        assert_eq!(total(&rows, "a/titan"), expected, "{size} {quality:?}");
    }
}

#[test]
fn a_day_of_deprecation_retires_and_one_that_moves_is_stated_anew() {
    let gone = |day: Value| row(json!({ "output_cost_per_image": 0.01, "deprecation_date": day }));
    let map = json!({
        "a/gone": gone(json!("2026-11-10")),
        "a/alive": gone(json!("2027-01-31")),
        "a/odd": gone(json!("next year")),
        "1024-x-1024/two": gone(json!("2027-01-31")),
        "512-x-512/two": gone(json!("2027-03-31")),
    });
    let first = read(&map, &CatalogFiles::new(), DAY).unwrap();
    let alive = text(&first.files, "listings/a/alive.toml");
    assert!(alive.ends_with("price = \"0.01 USD / image\"\nretires = 2027-01-31\n"), "{alive}");
    let remarks = |key: &str| &first.rows.iter().find(|row| row.key == key).unwrap().remarks;
    assert_eq!(*remarks("a/odd"), ["left out: `deprecation_date` `next year` is no date"]);
    assert!(remarks("512-x-512/two")[0].starts_with("left out: it retires on 2027-03-31"));
    let rows = compared(&map, &[]);
    let row = |listing: &str| &rows.iter().find(|(id, _)| id == listing).unwrap().1;
    assert_eq!(
        (&row("a/gone")["state"], &row("a/gone")["reason_code"]),
        (&json!("refused"), &json!("retired"))
    );
    assert_eq!(row("a/alive")["warnings"][0]["code"], "retires");
    let mut newer = map;
    newer["a/alive"]["deprecation_date"] = json!("2027-02-28");
    newer["a/gone"].as_object_mut().unwrap().remove("deprecation_date");
    let second =
        import(newer.to_string().as_bytes(), &first.files, DAY.tomorrow().unwrap(), TODAY).unwrap();
    assert!(text(&second.files, "listings/a/alive.toml").ends_with("retires = 2027-02-28\n"));
    assert!(text(&second.files, "listings/a/gone.toml").ends_with("withdrawn = [\"retires\"]\n"));
}

#[test]
fn a_row_of_another_mode_with_a_price_for_an_image_is_named() {
    let map = json!({
        "a/wrong": { "litellm_provider": "a", "mode": "chat", "output_cost_per_image": 0.04 },
        "a/without": { "litellm_provider": "a", "output_cost_per_image_token": 4e-5 },
        "a/chat": { "litellm_provider": "a", "mode": "chat", "input_cost_per_image": 0.001 },
        "sample_spec": { "mode": "one of: chat", "output_cost_per_image": 0.0 },
        "a/right": row(json!({ "output_cost_per_image": 0.04 })),
    });
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("map.json"), folder.path().join("out"));
    std::fs::write(&file, map.to_string()).unwrap();
    let (file, out) = (file.to_str().unwrap(), out.to_str().unwrap());
    let arguments = ["import", "litellm", file, "--seen", "2026-11-01", "--format", "json"];
    let output = cogdex(&[&arguments[..], &["--catalog", out]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    let why = "not imported a/wrong: its mode is `chat` and not `image_generation`, and yet \
               `output_cost_per_image` is a price for an image";
    assert!(
        said.contains(why) && said.contains("not imported a/without: it has no mode"),
        "{said}"
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let keys: Vec<_> =
        document["other_modes"].as_array().unwrap().iter().map(|it| &it["key"]).collect();
    assert_eq!(keys, ["a/wrong", "a/without"]);
    assert_eq!((&document["imported"], &document["other_entries"]), (&json!(1), &json!(4)));
    // The folder is whole: nobody has to append its edition.
    assert_eq!(document["edition"], "2026-11-01");
    let checked = cogdex(&["check", "--catalog", out]);
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stdout));
    let two = cogdex(&[&arguments[..], &["--catalog", out, "--out", "elsewhere"]].concat());
    assert_eq!(two.status.code(), Some(2));
    let nowhere = cogdex(&arguments);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("--out DIR"));
}

#[test]
fn each_import_of_news_appends_its_edition() {
    let mut map = json!({ "a/x": row(json!({ "output_cost_per_image": 0.04 })) });
    let first = read(&map, &CatalogFiles::new(), DAY).unwrap();
    assert_eq!(first.edition.as_deref(), Some("2026-11-01"));
    assert!(read(&map, &first.files, DAY).unwrap().edition.is_none());
    map["a/y"] = row(json!({ "output_cost_per_image": 0.05 }));
    let second = read(&map, &first.files, DAY).unwrap();
    assert_eq!(second.edition.as_deref(), Some("2026-11-01.2"));
    let (before, after) =
        (text(&first.files, "editions.toml"), text(&second.files, "editions.toml"));
    assert!(after.starts_with(before) && after.matches("[[edition]]").count() == 2, "{after}");
}
