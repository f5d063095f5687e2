//! The site: which files there are, what a reader sees on each, and what its documents hold.

use std::fmt::Write as _;

use super::commands::walk;
use super::{DAY, Frozen, form};
use crate::support::cogdex;

/// One page of each kind, kept as a whole.
const WHOLE: &[&str] = &[
    "index.html",
    "listings/xpay/zai-generate-image/index.html",
    "compare/aigateway/cogview4/vs/fal/cogview4/index.html",
    "endpoints/wavespeed/cogview-4/index.html",
    "providers/zai/index.html",
    "disputes/index.html",
    "status/index.html",
    "robots.txt",
    "api/v1/openapi.json",
    "api/v1/comparison.json",
    "api/v1/catalog.json",
    "api/v1/book.json",
    "api/v1/changes.json",
];

/// A digest in a file's name follows its content, which is compared by itself.
fn plain_name(path: &str) -> String {
    let Some((stem, ending)) = path.rsplit_once('.') else { return path.to_owned() };
    match stem.rsplit_once('-') {
        Some((name, _)) if path.starts_with("static/") => format!("{name}-….{ending}"),
        _ => path.to_owned(),
    }
}

#[test]
fn the_site_has_the_files_and_texts_of_before() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    let output = cogdex(&["build", "--out", out.to_str().unwrap(), "--as-of", DAY, "-q"]);
    assert_eq!(output.status.code(), Some(0));
    let mut files = Vec::new();
    walk(&out, &out, &mut files);
    files.sort();
    let mut frozen = Frozen::default();
    let mut list = String::new();
    for (path, content) in files {
        let seen = match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html") => form::visible(&content),
            Some("json") => {
                let document = serde_json::from_str(&content).unwrap();
                form::lines(&form::without_prose(document))
            }
            _ => content,
        };
        let name = plain_name(&path);
        // Styles and scripts have tests of their own.
        let digest = if path.starts_with("static/") { String::new() } else { form::digest(&seen) };
        let _ = writeln!(list, "{digest} {name}");
        if WHOLE.contains(&path.as_str()) {
            let whole = if path.starts_with("api/") { form::document(&seen) } else { seen };
            frozen.hold(&format!("site/{}.txt", path.replace('/', "_")), &whole);
        }
    }
    frozen.hold("site/files.txt", &list);
    frozen.check();
}
