//! Maps that nobody should publish: nothing of them leaves the folder, and what is written loads.

use cogdex::catalog::{Catalog, DiagnosticCode, Tree};
use cogdex::exchange::litellm::import::{CatalogFiles, ImportError, import};

use super::{DAY, row, told};
use crate::support::{TODAY, cogdex};

/// A map of one good row and one under a key, as text.
fn with(key: &str, fields: &str) -> String {
    let key = serde_json::to_string(key).unwrap();
    let good = row(serde_json::json!({ "output_cost_per_image": 0.04 }));
    format!("{{\"a/good\": {good}, {key}: {{\"mode\": \"image_generation\", {fields}}}}}")
}

/// Imports a map, and looks whether all that it makes is a catalog within its folder.
fn sound(map: &str) -> (CatalogFiles, String) {
    let import = import(map.as_bytes(), &CatalogFiles::new(), DAY, TODAY).unwrap();
    for path in import.files.keys() {
        let parts: Vec<_> = path.split('/').collect();
        let plain = |part: &&str| !part.starts_with('.') && part.len() < 120 && part.is_ascii();
        assert!(parts.len() <= 3 && parts.iter().all(plain), "{path}");
    }
    let found = Catalog::inspect(&Tree::Files(import.files.clone()), TODAY).unwrap();
    let wrong: Vec<_> =
        found.findings.iter().filter(|f| f.code != DiagnosticCode::EditionDigest).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(told(&import)["a/good"], "a/good: 0.04 USD / image");
    let bad = import.rows.last().unwrap().outcome.clone();
    let told =
        bad.map_or_else(|why| format!("refused: {why}"), |(id, says)| format!("{id}: {says}"));
    (import.files, told)
}

#[test]
fn no_key_and_no_provider_makes_a_file_elsewhere_or_one_that_does_not_load() {
    let cost = "\"output_cost_per_image\": 0.05";
    for (key, provider, expected) in [
        ("../../../etc/passwd", "a", "a/etc-passwd: "),
        ("a/..", "a", "refused: "),
        ("/etc/passwd", "a", "a/etc-passwd: "),
        ("a\\..\\b", "a", "a/a-..-b: "),
        ("x\"]\n[[statement]]\nprice = \"9 USD / image", "a", "refused: "),
        ("x\"y", "a", "a/x-y: "),
        ("x", "../..", "refused: "),
        ("x", "a/../../b", "a-..-..-b/x: "),
        ("x", "a\nb", "refused: "),
        ("x\u{202e}y", "a", "refused: "),
        ("模型", "a", "refused: "),
        ("", "a", "refused: "),
        ("x", "", "refused: "),
        (".hidden", "a", "a/hidden: "),
        ("CON", "a", "a/con: "),
        (&"k".repeat(1_000_000), "a", "refused: "),
        (&"k".repeat(150), "a", "refused: "),
        ("good", "a", "a/good: "),
        ("GOOD", "a", "refused: `a/good` would be its id"),
        ("99999-x-99999/x", "a", "refused: "),
        ("0-x-0/x", "a", "refused: "),
    ] {
        let provider = serde_json::to_string(provider).unwrap();
        // The price of the good row, so that the row beside it says the same.
        let cost = if key == "good" { "\"output_cost_per_image\": 0.04" } else { cost };
        let (_, told) = sound(&with(key, &format!("\"litellm_provider\": {provider}, {cost}")));
        assert!(told.starts_with(expected), "{key:.60}: {told}");
    }
}

#[test]
fn no_number_is_taken_for_another() {
    for (fields, expected) in [
        ("\"output_cost_per_image\": 1e999", "refused: `output_cost_per_image` is beyond"),
        ("\"output_cost_per_image\": -0.04", "refused: `output_cost_per_image` is negative"),
        ("\"output_cost_per_image\": \"0.04\"", "refused: `output_cost_per_image` is a string"),
        ("\"output_cost_per_image\": true", "refused: `output_cost_per_image` is no number"),
        ("\"output_cost_per_image\": [0.04]", "refused: `output_cost_per_image` is no number"),
        ("\"output_cost_per_image\": null", "refused: it has no price"),
        ("\"output_cost_per_image\": 0.04, \"output_cost_per_image\": 0.05", "refused: `output_"),
        ("\"output_cost_per_image\": 0.0000000000001", "a/x: 0.0000000000001 USD / image"),
        ("\"output_cost_per_image\": 1e-29", "refused: `output_cost_per_image` comes to 0.0"),
        ("\"output_cost_per_image\": 123456789012345678901234567890", "refused: `output_cost"),
        ("\"output_cost_per_image\": 4e-08", "a/x: 0.00000004 USD / image"),
        ("\"output_cost_per_image\": 0.1e1", "a/x: 1 USD / image"),
        ("\"input_cost_per_pixel\": 1e-9, \"output_cost_per_pixel\": 1e-9", "refused: it has two"),
        ("\"cost\\n\\\"]\": 1", "refused: a cost has a name"),
        ("\"output_cost_per_image\": 0.04, \"source\": \"https://x\\n\\\"\"", "a/x: 0.04 USD"),
        ("\"output_cost_per_token\": 1e-300", "refused: `output_cost_per_token` comes to 0.0"),
        ("\"input_cost_per_token\": 1e-300", "refused: it has no price for what is drawn, only"),
    ] {
        let (_, told) = sound(&with("x", &format!("\"litellm_provider\": \"a\", {fields}")));
        assert!(told.starts_with(expected), "{fields}: {told}");
    }
    for row in ["\"output_cost_per_image\": 0.05", "\"litellm_provider\": 7"] {
        let (_, told) = sound(&with("x", row));
        assert_eq!(told, "refused: it names no provider");
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_both_times() {
    let good = row(serde_json::json!({ "output_cost_per_image": 0.04 }));
    let map = format!("{{\"a/x\": {good}, \"a/good\": {good}, \"a/x\": {good}}}");
    let import = import(map.as_bytes(), &CatalogFiles::new(), DAY, TODAY).unwrap();
    let refused = import.rows.iter().filter(|row| {
        row.outcome.as_ref().is_err_and(|why| why == "its key stands twice in the map")
    });
    assert_eq!((refused.count(), import.imported()), (2, 1));
}

#[test]
fn what_is_no_map_is_refused_whole_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("map.json"), folder.path().join("out"));
    let nested = "[".repeat(100_000);
    let deep = format!("{{\"a\": {nested}");
    for text in ["", "[]", "null", "{", "\u{feff}{}", "{\"a\": NaN}", "not json", &deep] {
        assert!(matches!(
            import(text.as_bytes(), &CatalogFiles::new(), DAY, TODAY),
            Err(ImportError::NotAMap(_))
        ));
        std::fs::write(&file, text).unwrap();
        let paths = [file.to_str().unwrap(), out.to_str().unwrap()];
        let output = cogdex(&["import", "litellm", paths[0], "--out", paths[1]]);
        assert_eq!(output.status.code(), Some(2), "{text:.20}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("not LiteLLM's map"));
    }
    assert!(import(b"\xff\xfe", &CatalogFiles::new(), DAY, TODAY).is_err());
    assert!(!out.exists());
}

#[test]
fn a_folder_that_is_no_catalog_or_a_damaged_one_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("map.json"), folder.path().join("out"));
    std::fs::write(&file, with("x", "\"litellm_provider\": \"a\"")).unwrap();
    let run = || {
        let paths = [file.to_str().unwrap(), out.to_str().unwrap()];
        let output = cogdex(&["import", "litellm", paths[0], "--out", paths[1]]);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("letter.txt"), "Dear Sir").unwrap();
    let (code, said) = run();
    assert!(code == Some(2) && said.contains("is not a catalog"), "{said}");
    std::fs::write(out.join("catalog.toml"), "format = 1\n").unwrap();
    let (code, said) = run();
    assert!(code == Some(2) && said.contains("letter.txt"), "{said}");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 2);
    std::fs::remove_file(out.join("letter.txt")).unwrap();
    let (code, said) = run();
    assert_eq!(code, Some(0), "{said}");
    assert!(out.join("listings/a/good.toml").exists());
}

#[test]
fn a_link_in_the_folder_leads_nowhere_and_a_huge_file_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (map, huge, out, outside) = (path("map"), path("huge"), path("out"), path("outside"));
    std::fs::write(&map, with("x", "\"litellm_provider\": \"a\"")).unwrap();
    std::fs::create_dir_all(format!("{out}/listings")).unwrap();
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(format!("{out}/catalog.toml"), "format = 1\n").unwrap();
    std::os::unix::fs::symlink(&outside, format!("{out}/listings/a")).unwrap();
    let linked = cogdex(&["import", "litellm", &map, "--out", &out]);
    assert_eq!(linked.status.code(), Some(2));
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
    std::fs::remove_file(format!("{out}/listings/a")).unwrap();
    // A file with a hole takes no room.
    std::fs::File::create(&huge).unwrap().set_len(65 << 20).unwrap();
    let output = cogdex(&["import", "litellm", &huge, "--out", &out]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("more than 64 MiB"));
}

#[test]
fn a_listing_of_very_many_rows_ends_soon() {
    let mut rows = Vec::new();
    for side in 1..=2000 {
        let row = row(serde_json::json!({ "output_cost_per_image": 0.04 }));
        rows.push(format!("\"{side}-x-{side}/m\": {row}"));
    }
    let map = format!("{{{}}}", rows.join(","));
    let import = import(map.as_bytes(), &CatalogFiles::new(), DAY, TODAY).unwrap();
    assert_eq!((import.imported(), import.rows.len()), (1000, 2000));
}
