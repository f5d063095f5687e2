//! `cogdex import litellm`: every row of a map is accounted for, the folder loads and ranks, what a
//! person wrote stays, and no map can write elsewhere.

use std::collections::BTreeMap;
use std::path::Path;

use cogdex::exchange::litellm::import::{CatalogFiles, ImportError, LitellmImport, import};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::support::{TODAY, cogdex, folder, root, stdout};

mod hostile;
mod meanings;
mod openapi;
mod round_trip;

/// The day of the small maps.
const DAY: Date = date(2026, 11, 1);

/// Rows of every kind that the real map has, with figures of our own.
fn map() -> Value {
    json!({
        "sample_spec": { "mode": "one of: chat, image_generation" },
        "chatty": { "litellm_provider": "a", "mode": "chat", "input_cost_per_token": 1e-6 },
        "a/plain": row(json!({ "output_cost_per_image": 0.04, "source": "https://a.example/p" })),
        "a/given": row(json!({ "input_cost_per_image": 0.0, "output_cost_per_image": 0.008 })),
        "a/both": row(json!({ "input_cost_per_image": 0.001, "output_cost_per_image": 0.03 })),
        "a/odd": row(json!({ "input_cost_per_image": 0.05 })),
        "a/Pixels": row(json!({ "input_cost_per_pixel": 4e-8, "output_cost_per_pixel": 0.0 })),
        "a/tokens": row(json!({
            "input_cost_per_token": 5e-6, "output_cost_per_image_token": 4e-5,
            "cache_read_input_token_cost": 1e-6
        })),
        "a/nothing": row(json!({})),
        "a/zero": row(json!({ "input_cost_per_pixel": 0.0, "output_cost_per_token": 0.0 })),
        "a/long": row(json!({ "input_cost_per_pixel": 1.592_636_11e-7 })),
        "a/big": row(json!({ "output_cost_per_image": 0.1, "output_cost_per_image_4K": 0.2 })),
        "tab": row(json!({ "input_cost_per_image": 0.02 })),
        "1024-x-1024/tab": row(json!({ "input_cost_per_image": 0.021 })),
        "hd/1024-x-1024/tab": row(json!({ "input_cost_per_image": 0.04 })),
        "a/low/1024-x-1024/tab": row(json!({ "input_cost_per_pixel": 1e-8 })),
        "same": row(json!({ "output_cost_per_image": 0.06 })),
        "512-x-512/50-steps/a/same": row(json!({ "output_cost_per_image": 0.06 })),
        "768-x-1344/a/same": row(json!({ "output_cost_per_image": 0.06 })),
        "two": row(json!({ "output_cost_per_image": 0.07 })),
        "a/two": row(json!({ "output_cost_per_image": 0.08 })),
        "sides": row(json!({ "input_cost_per_image": 0.1, "input_cost_per_pixel": 1e-7 })),
    })
}

fn row(mut costs: Value) -> Value {
    costs["litellm_provider"] = json!("a");
    costs["mode"] = json!("image_generation");
    costs
}

/// What each row came to: `listing: what it says`, or `refused: why`.
fn told(import: &LitellmImport) -> BTreeMap<&str, String> {
    let outcome = |row: &cogdex::exchange::litellm::import::MapRow| match &row.outcome {
        Ok((listing, says)) => format!("{listing}: {says}"),
        Err(why) => format!("refused: {why}"),
    };
    import.rows.iter().map(|row| (row.key.as_str(), outcome(row))).collect()
}

fn read(map: &Value, files: &CatalogFiles, day: Date) -> Result<LitellmImport, ImportError> {
    import(map.to_string().as_bytes(), files, day, TODAY)
}

/// The files after an import.
fn after(mut files: CatalogFiles, import: &LitellmImport) -> CatalogFiles {
    files.extend(import.files.clone());
    files
}

fn text<'f>(files: &'f CatalogFiles, path: &str) -> &'f str {
    std::str::from_utf8(&files[path]).unwrap()
}

#[test]
fn every_row_of_a_map_is_imported_or_refused_with_its_reason() {
    let import = read(&map(), &CatalogFiles::new(), DAY).unwrap();
    let told = told(&import);
    for (key, expected) in [
        ("a/plain", "a/plain: 0.04 USD / image"),
        ("a/given", "a/given: 0.008 USD / image"),
        ("a/both", "a/both: 0.03 USD / image"),
        ("a/odd", "a/odd: 0.05 USD / image"),
        ("a/Pixels", "a/pixels: 0.00000004 USD / pixel"),
        ("a/tokens", "a/tokens: 0.000005 USD / input-token + 0.00004 USD / image-token"),
        ("a/nothing", "refused: it has no price"),
        ("a/zero", "refused: all its costs are 0"),
        ("a/long", "a/long: 0.000000159263611 USD / pixel"),
        (
            "a/big",
            "a/big: 0.1 USD / image if at most 4194304 pixels; 0.2 USD / image if at most 16777216",
        ),
        ("tab", "a/tab: 0.02 USD / image"),
        ("1024-x-1024/tab", "a/tab: 0.021 USD / image if size 1024x1024"),
        ("hd/1024-x-1024/tab", "a/tab: 0.04 USD / image if size 1024x1024 and quality hd"),
        (
            "a/low/1024-x-1024/tab",
            "a/tab: 0.00000001 USD / pixel if size 1024x1024 and quality low",
        ),
        ("same", "a/same: 0.06 USD / image"),
        ("512-x-512/50-steps/a/same", "a/same: 0.06 USD / image if size 512x512 and steps 50"),
        ("768-x-1344/a/same", "a/same: 0.06 USD / image if size 768x1344"),
        ("two", "a/two: 0.07 USD / image"),
        ("a/two", "a/two: 0.08 USD / image"),
        ("sides", "a/sides: 0.0000001 USD / pixel"),
    ] {
        assert!(told[key].starts_with(expected), "{key}: {}", told[key]);
    }
    assert_eq!((told.len(), import.others), (20, 2));
    let files = &import.files;
    assert!(text(files, "listings/a/same.toml").ends_with("price = \"0.06 USD / image\"\n"));
    let plain = text(files, "listings/a/plain.toml");
    assert!(plain.contains("claims = { \"source\" = \"https://a.example/p\" }"), "{plain}");
    let tokens = text(files, "listings/a/tokens.toml");
    let claims = "claims = { \"cache_read_input_token_cost\" = \"0.000001 USD\" }";
    assert!(tokens.contains(claims), "{tokens}");
    assert!(
        text(files, "listings/a/both.toml").contains("\"input_cost_per_image\" = \"0.001 USD\"")
    );
    assert_eq!(text(files, "listings/a/pixels.toml").lines().nth(2), Some("slug = \"Pixels\""));
}

#[test]
fn two_rows_of_one_listing_that_differ_are_two_sides() {
    let import = read(&map(), &CatalogFiles::new(), DAY).unwrap();
    let two = text(&import.files, "listings/a/two.toml");
    for side in ["at = \"two: output_cost_per_image\"", "at = \"a/two: output_cost_per_image\""] {
        assert!(two.contains(side), "{two}");
    }
    let folder = written(&import);
    let compared = stdout(&[
        "compare",
        "--model",
        "two",
        "--format",
        "json",
        "--as-of",
        "2026-11-20",
        "--catalog",
        folder.path().to_str().unwrap(),
    ]);
    let row = serde_json::from_str::<Value>(&compared).unwrap()["rows"][0].clone();
    assert_eq!(row["state"], "disputed");
    assert_eq!(row["total"], json!({ "low": "0.07", "high": "0.08" }));
}

/// A folder with what was imported.
fn written(import: &LitellmImport) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in &import.files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn a_second_import_of_the_day_changes_nothing_and_a_newer_map_adds_to_the_past() {
    let first = read(&map(), &CatalogFiles::new(), DAY).unwrap();
    let files = after(CatalogFiles::new(), &first);
    let again = read(&map(), &files, DAY).unwrap();
    assert_eq!(again.files.keys().collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(told(&again), told(&first));
    let mut newer = map();
    newer["a/plain"]["output_cost_per_image"] = json!(0.05);
    newer.as_object_mut().unwrap().remove("a/odd");
    newer["a/tokens"] = row(json!({ "output_cost_per_image": 0.09 }));
    let second = read(&newer, &files, date(2026, 11, 2)).unwrap();
    assert_eq!(second.withdrawn, ["a/tokens", "a/odd"]);
    let plain = text(&second.files, "listings/a/plain.toml");
    assert!(plain.starts_with(text(&files, "listings/a/plain.toml")), "{plain}");
    assert!(plain.ends_with(
        "seen = 2026-11-02\nprice = \"0.05 USD / image\"\nclaims = { \"source\" = \"https://a.example/p\" }\n"
    ));
    assert!(
        text(&second.files, "listings/a/odd.toml")
            .ends_with("seen = 2026-11-02\nwithdrawn = [\"price\"]\n")
    );
    assert!(
        text(&second.files, "listings/a/tokens.toml")
            .ends_with("price = \"0.09 USD / image\"\nwithdrawn = [\"claims\"]\n")
    );
    let files = after(files, &second);
    assert!(read(&newer, &files, date(2026, 11, 2)).unwrap().files.is_empty());
    assert!(matches!(read(&map(), &files, DAY), Err(ImportError::Older { .. })));
    // Another map of the same day would say two things at once.
    let other = read(&map(), &files, date(2026, 11, 2)).unwrap();
    assert!(told(&other)["a/plain"].contains("is it of another day?"), "{:?}", told(&other));
    assert!(!other.files.contains_key("listings/a/plain.toml"));
    let tomorrow = TODAY.tomorrow().unwrap();
    assert!(matches!(read(&map(), &files, tomorrow), Err(ImportError::Future { .. })));
}

#[test]
fn a_price_that_moved_by_a_slip_is_refused_and_the_others_are_imported() {
    let first = read(&map(), &CatalogFiles::new(), DAY).unwrap();
    let files = after(CatalogFiles::new(), &first);
    let mut newer = map();
    newer["a/plain"]["output_cost_per_image"] = json!(0.4);
    let second = read(&newer, &files, date(2026, 11, 2)).unwrap();
    assert!(told(&second)["a/plain"].contains("off-its-past"), "{:?}", told(&second)["a/plain"]);
    assert!(!second.files.contains_key("listings/a/plain.toml"));
    assert!(second.files.contains_key("listings/a/both.toml"));
    assert!(!second.withdrawn.contains(&"a/plain".to_owned()));
}

#[test]
fn what_a_person_wrote_stays_as_it_is() {
    let of_a_person = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-01\n\
                       price = \"1 USD / image\"\n";
    let folder = folder(&[
        ("listings/a/plain.toml", of_a_person),
        ("providers/a.toml", "name = \"Their name\"\n"),
        ("models/both.toml", "name = \"Both\"\nfamily = \"cogview-4\"\n"),
    ]);
    let before = snapshot(folder.path());
    let map_file = folder.path().join(".map.json");
    std::fs::write(&map_file, map().to_string()).unwrap();
    let arguments = [
        "import",
        "litellm",
        map_file.to_str().unwrap(),
        "--seen",
        "2026-11-01",
        "--out",
        folder.path().to_str().unwrap(),
    ];
    let output = cogdex(&arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.contains("skipped a/plain: listings/a/plain.toml: it was not written by"),
        "{said}"
    );
    let after = snapshot(folder.path());
    for (path, bytes) in &before {
        if path == "sources.toml" {
            assert!(after[path].starts_with(bytes));
        } else {
            assert_eq!(after[path], *bytes, "{path}");
        }
    }
    assert!(after.contains_key("listings/a/both.toml") && !after.contains_key("models/plain.toml"));
    let compared = stdout(&[
        "compare",
        "--format",
        "json",
        "--as-of",
        "2026-11-20",
        "--catalog",
        folder.path().to_str().unwrap(),
    ]);
    let compared: Value = serde_json::from_str(&compared).unwrap();
    let listings: Vec<_> =
        compared["rows"].as_array().unwrap().iter().map(|r| &r["listing"]).collect();
    assert_eq!(listings, ["a/both", "a/plain"]);
    cogdex(&arguments);
    assert_eq!(snapshot(folder.path()), after);
}

/// Every file of a folder.
fn snapshot(folder: &Path) -> CatalogFiles {
    fn walk(at: &Path, root: &Path, files: &mut CatalogFiles) {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut files = CatalogFiles::new();
    walk(folder, folder, &mut files);
    files
}

/// Rows of the real map with what they say, worked out by hand.
const BY_HAND: [(&str, &str); 13] = [
    ("aiml/flux/schnell", "aiml/flux-schnell: 0.004 USD / image"),
    ("1024-x-1024/dall-e-2", "openai/dall-e-2: 0.000000019 USD / pixel if size 1024x1024"),
    (
        "hd/1024-x-1792/dall-e-3",
        "openai/dall-e-3: 0.00000006539 USD / pixel if size 1024x1792 and quality hd",
    ),
    (
        "azure/standard/1792-x-1024/dall-e-3",
        "azure/dall-e-3: 0.00000004359 USD / pixel if size 1792x1024 and quality standard",
    ),
    (
        "medium/1024-x-1024/gpt-image-1",
        "openai/gpt-image-1: 0.042 USD / image if size 1024x1024 and quality medium",
    ),
    (
        "amazon.titan-image-generator-v2",
        "bedrock/amazon.titan-image-generator-v2: 0.008 USD / image",
    ),
    (
        "vertex_ai/imagen-4.0-ultra-generate-001",
        "vertex_ai-image-models/imagen-4.0-ultra-generate-001: 0.06 USD / image",
    ),
    ("gemini-3-pro-image", "vertex_ai-language-models/gemini-3-pro-image: 0.134 USD / image"),
    (
        "nscale/black-forest-labs/FLUX.1-schnell",
        "nscale/black-forest-labs-flux.1-schnell: 0.0000000013 USD / pixel",
    ),
    ("runwayml/gen4_image", "runwayml/gen4_image: 0.05 USD / image"),
    ("fal_ai/fal-ai/imagen4/preview", "fal_ai/fal-ai-imagen4-preview: 0.0398 USD / image"),
    ("azure_ai/MAI-Image-2.5-Flash", "azure_ai/mai-image-2.5-flash: 0.0338 USD / image"),
    ("stability/sd3.5-large", "stability/sd3.5-large: 0.065 USD / image"),
];

/// The 209 rows of the real map stand beside the project, and are no part of it.
#[test]
fn all_rows_of_the_real_map_are_accounted_for() {
    let path = root().join("../shared/data/litellm_image_entries.json");
    let Ok(map) = std::fs::read(&path) else {
        // Said even where a test's output is kept back, since nothing failed.
        let said = b"left out: LiteLLM's rows are not beside the project\n";
        std::io::Write::write_all(&mut std::io::stderr(), said).unwrap();
        return;
    };
    let import = import(&map, &CatalogFiles::new(), date(2026, 7, 24), TODAY).unwrap();
    let told = told(&import);
    let of = |why: &str| told.values().filter(|told| told.contains(why)).count();
    let refused = [
        ("it is the price of every number of steps above", 3),
        ("it has no price", 2),
        ("all its costs are 0", 1),
    ];
    for (why, count) in refused {
        assert_eq!(of(why), count, "{why}");
    }
    assert_eq!(of("refused: "), 6);
    assert_eq!(of(" USD / image-token"), 22);
    assert_eq!((import.imported(), told.len(), import.others), (203, 209, 0));
    assert_eq!((import.withdrawn.len(), import.left.len(), import.other_modes.len()), (0, 0, 0));
    for (key, expected) in BY_HAND {
        assert_eq!(told[key], expected, "{key}");
    }
    let folder = written(&import);
    let catalog = folder.path().to_str().unwrap();
    let compared = stdout(&[
        "compare",
        "--model",
        "any",
        "--format",
        "json",
        "--catalog",
        catalog,
        "--as-of",
        "2026-11-20",
    ]);
    let compared: Value = serde_json::from_str(&compared).unwrap();
    let rows = compared["rows"].as_array().unwrap();
    let count = |key: &str, word: &str| rows.iter().filter(|row| row[key] == word).count();
    assert_eq!((rows.len(), count("state", "priced")), (117, 95));
    // Tokens are priced where it is said how many there are.
    assert_eq!(
        (count("reason_code", "tokens-not-given"), count("reason_code", "retired")),
        (20, 2)
    );
    assert_eq!(cogdex(&["check", "--catalog", catalog]).status.code(), Some(0));
    let compared = round_trip::compare_totals(&serde_json::from_slice(&map).unwrap(), &import);
    assert_eq!(compared, (193, 2));
}
