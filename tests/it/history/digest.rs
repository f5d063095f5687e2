//! The digest names the data and nothing else; an edition names a digest.

use std::process::Output;

use cogdex::catalog::{Catalog, Tree};
use tempfile::TempDir;

use crate::support::{TODAY, cogdex, folder, tree};

const LISTING: &str = "model = \"m\"\nslug = \"s\"\n\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
    price = \"1 USD / image\"\ncapabilities = { n = true, seed = false }\n";

fn digest_of(files: &[(&str, &str)]) -> String {
    Catalog::inspect(&tree(files), TODAY).unwrap().catalog.digest
}

fn digest(listing: &str) -> String {
    digest_of(&[("listings/p/l.toml", listing)])
}

#[test]
fn comments_layout_and_the_order_of_keys_do_not_count() {
    let rewritten = "# A comment.\nslug = 's'   # Another.\n\"model\" = \"\"\"m\"\"\"\n\
        statement = [ { capabilities = { seed = false, n = true }, price = \"1 USD / image\", \
        seen = 2026-11-20, source = \"page\" } ]\n\n\n";
    let dotted = LISTING.replace(
        "capabilities = { n = true, seed = false }",
        "capabilities.seed = false\ncapabilities.n = true",
    );
    for same in [rewritten, &dotted, &LISTING.replace('\n', "\r\n")] {
        assert_eq!(digest(same), digest(LISTING), "{same}");
    }
}

#[test]
fn every_datum_counts() {
    let changes = [
        ("\"m\"", "\"k\""),
        ("slug = \"s\"\n", ""),
        ("slug = \"s\"", "slug = \"S\""),
        ("slug = \"s\"", "note = \"s\""),
        ("\"page\"", "\"other\""),
        ("2026-11-20", "2026-11-19"),
        ("1 USD", "1.0 USD"),
        ("seed = false", "seed = true"),
        ("n = true", "byok = true"),
        (", seed = false", ""),
        ("seen = 2026-11-20\n", "seen = 2026-11-20\nat = \"\"\n"),
        ("\n[[statement]]", "\n[[statement]]\nsource = \"page\"\nseen = 2026-11-18\n[[statement]]"),
    ];
    let mut digests = vec![digest(LISTING)];
    for (from, to) in changes {
        assert!(LISTING.contains(from), "{from}");
        let after = digest(&LISTING.replacen(from, to, 1));
        assert!(!digests.contains(&after), "{from} -> {to}");
        digests.push(after);
    }
}

#[test]
fn the_order_of_statements_and_the_place_of_a_file_count() {
    let (one, two) = (
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-18\n",
        "[[statement]]\nsource = \"other\"\nseen = 2026-11-19\n",
    );
    assert_ne!(
        digest(&format!("model = \"m\"\n{one}{two}")),
        digest(&format!("model = \"m\"\n{two}{one}"))
    );
    assert_ne!(digest(LISTING), digest_of(&[("listings/p/k.toml", LISTING)]));
    assert_ne!(
        digest(LISTING),
        digest_of(&[("listings/p/l.toml", LISTING), ("listings/q/l.toml", LISTING)])
    );
}

#[test]
fn editions_prose_and_the_schema_are_no_part_of_the_data() {
    let edition = "[[edition]]\nname = \"one\"\ndate = 2026-11-20\ndigest = \"00\"\n";
    let more = [
        ("listings/p/l.toml", LISTING),
        ("editions.toml", edition),
        ("README.md", "# Prose"),
        ("schema.json", "{}"),
        (".hidden", "x"),
    ];
    assert_eq!(digest_of(&more), digest(LISTING));
}

#[test]
fn every_file_of_data_counts() {
    let rate = "[[rate]]\nrate = \"1 USD = 7 CNY\"\ndate = 2026-11-20\nsource = \"page\"\nofficial = true\n";
    let maker = "[z]\nname = \"Z\"\naliases = []\n";
    for (path, text) in
        [("rates.toml", rate), ("makers.toml", maker), ("models/k.toml", "name = \"K\"\n")]
    {
        let after = digest_of(&[("listings/p/l.toml", LISTING), (path, text)]);
        assert_ne!(after, digest(LISTING), "{path}");
    }
}

fn ask(catalog: &TempDir, flags: &[&str]) -> Output {
    let place = catalog.path().to_str().unwrap();
    cogdex(&[&["compare", "--format", "json", "--catalog", place], flags].concat())
}

fn edition(output: &Output) -> serde_json::Value {
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    document["catalog"]["edition"].clone()
}

#[test]
fn edited_data_has_no_edition_and_a_warning_says_so() {
    let recorded = |digest: &str| {
        format!(
            "[[edition]]\nname = \"first\"\ndate = 2026-11-19\ndigest = \"00\"\n\
                 [[edition]]\nname = \"second\"\ndate = 2026-11-20\ndigest = \"{digest}\"\n"
        )
    };
    let catalog =
        folder(&[("listings/p/l.toml", LISTING), ("editions.toml", &recorded(&digest(LISTING)))]);
    let published = ask(&catalog, &[]);
    assert_eq!((edition(&published), published.stderr.as_slice()), ("second".into(), &b""[..]));
    let listing = catalog.path().join("listings/p/l.toml");
    std::fs::write(&listing, format!("# Only a comment.\n{LISTING}")).unwrap();
    assert_eq!(edition(&ask(&catalog, &[])), "second");
    std::fs::write(&listing, LISTING.replace("1 USD", "2 USD")).unwrap();
    let edited = ask(&catalog, &[]);
    let said = String::from_utf8_lossy(&edited.stderr).into_owned();
    assert!(edited.status.success() && edition(&edited).is_null());
    assert!(said.starts_with("warning: ") && said.contains("has unpublished changes"), "{said}");
    assert!(ask(&catalog, &["-q"]).stderr.is_empty());
}

#[test]
fn an_older_edition_names_no_newer_data() {
    let digest = digest(LISTING);
    let editions = format!(
        "[[edition]]\nname = \"first\"\ndate = 2026-11-19\ndigest = \"{digest}\"\n\
                            [[edition]]\nname = \"second\"\ndate = 2026-11-20\ndigest = \"00\"\n"
    );
    let catalog = folder(&[("listings/p/l.toml", LISTING), ("editions.toml", &editions)]);
    assert!(edition(&ask(&catalog, &[])).is_null(), "the data went back, and the record did not");
}

#[test]
fn the_digest_is_the_same_from_memory_and_from_a_folder() {
    let catalog = folder(&[("listings/p/l.toml", LISTING)]);
    let inspection = Catalog::inspect(&Tree::folder(catalog.path()).unwrap(), TODAY).unwrap();
    assert_eq!(inspection.catalog.digest, digest(LISTING));
}
