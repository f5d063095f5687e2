//! Jobs from a file, and the forms in which an answer is written: JSON lines, CSV, Markdown, table.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{cogdex, folder, stdout};

const JOBS: &str = "[[job]]\nname = \"thumbnails\"\nimages = 50000\n\n\
                    [[job]]\nname = \"posters\"\nimages = 200\nsize = \"768x1344\"\nquality = \"hd\"\nreject-rate = \"25%\"\n";

/// A jobs file, in a folder that goes with its guard.
fn jobs(text: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("jobs.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path.to_str().unwrap().to_owned())
}

const DAY: [&str; 5] = ["compare", "--as-of", "2026-11-20", "--rate", "CNY/USD=0.14"];

#[test]
fn two_jobs_are_two_documents_one_a_line() {
    let (_guard, path) = jobs(JOBS);
    let text = stdout(&[&DAY[..], &["--jobs", &path, "--format", "json"]].concat());
    let documents: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0]["job"]["name"], "thumbnails");
    assert_eq!(documents[0]["job"]["images"], 50_000);
    assert_eq!(documents[1]["job"]["size"], "768x1344");
    assert_eq!(documents[1]["job"]["reject_rate"], "0.25");
    let total =
        |document: &Value| super::total(super::row(document, "zai/cogview-4-250304")).1.to_owned();
    assert_eq!((total(&documents[0]), total(&documents[1])), ("500".to_owned(), "2.67".to_owned()));
}

#[test]
fn a_job_of_a_file_costs_what_the_same_flags_cost() {
    let (_guard, path) = jobs(&JOBS[JOBS.find("\n\n").unwrap()..]);
    let mut filed: Value =
        serde_json::from_str(&stdout(&[&DAY[..], &["--jobs", &path, "--format", "json"]].concat()))
            .unwrap();
    let flags =
        ["--images", "200", "--size", "768*1344", "--quality", "hd", "--reject-rate", "25%"];
    let asked: Value =
        serde_json::from_str(&stdout(&[&DAY[..], &flags, &["--format", "json"]].concat())).unwrap();
    assert_eq!(filed["job"].as_object_mut().unwrap().shift_remove("name").unwrap(), "posters");
    assert_eq!(filed, asked);
}

#[test]
fn the_table_has_both_jobs() {
    let (_guard, path) = jobs(JOBS);
    let text = stdout(&[&DAY[..], &["--jobs", &path]].concat());
    assert!(text.contains("thumbnails: 50,000 images, 1024x1024, default quality\n"), "{text}");
    assert!(text.contains("posters: 200 images, 768x1344, hd, 25% thrown away\n"), "{text}");
    assert_eq!(text.matches("\n1  ").count(), 2, "two tables: {text}");
}

#[test]
fn a_jobs_file_tells_all_its_faults_with_their_places() {
    let text =
        "[[job]]\nimages = 0\nsize = \"0x0\"\n[[job]]\nimagse = 3\n[[jobs]]\nbudget = \"x\"\n";
    let (_guard, path) = jobs(text);
    let output = cogdex(&["compare", "--jobs", &path]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("jobs.toml:6:3: unknown-key"), "{said}");
    let (_guard, path) = jobs(text.split("[[jobs]]").next().unwrap());
    let output = cogdex(&["compare", "--jobs", &path]);
    let said = String::from_utf8(output.stderr).unwrap();
    for place in
        ["jobs.toml:2:10: bad-value", "jobs.toml:3:8: bad-value", "jobs.toml:5:1: unknown-key"]
    {
        assert!(said.contains(place), "{place}: {said}");
    }
    assert!(said.contains("did you mean `images`?"), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_job_that_names_a_budget_and_a_number_of_images_is_refused() {
    let (_guard, path) = jobs("[[job]]\nimages = 5\nbudget = \"20 USD\"\n");
    let output = cogdex(&["compare", "--jobs", &path]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("jobs.toml:2:1: bad-value"), "{said}");
}

#[test]
fn csv_is_one_row_a_listing_and_job() {
    let (_guard, path) = jobs(JOBS);
    let text = stdout(&[&DAY[..], &["--jobs", &path, "--format", "csv"]].concat());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|it| it == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let find = |job: &str, listing: &str| {
        rows.iter()
            .find(|row| row[column("job")] == *job && row[column("listing")] == *listing)
            .unwrap()
    };
    let zai = find("posters", "zai/cogview-4-250304");
    for (name, value) in [
        ("provider", "zai"),
        ("state", "priced"),
        ("currency", "USD"),
        ("total_low", "2.67"),
        ("total_high", "2.67"),
        ("per_image_high", "0.01335"),
        ("images_low", ""),
        ("duration_high_s", "5340"),
        ("warnings", "stale"),
        ("reason", ""),
    ] {
        assert_eq!(&zai[column(name)], value, "{name}");
    }
    let unknown = find("thumbnails", "wavespeed/cogview-4");
    assert_eq!((&unknown[column("rank")], &unknown[column("state")]), ("", "unknown"));
    assert!(unknown[column("total_high")].is_empty() && !unknown[column("reason")].is_empty());
    assert_eq!(rows.len() % 2, 0, "as many rows for each job");
}

/// Any figure can be made again: the state of the catalog, the day and the rates go with it.
#[test]
fn csv_and_markdown_carry_what_their_figures_were_made_from() {
    let document: Value =
        serde_json::from_str(&stdout(&["compare", "--as-of", "2026-11-20", "--format", "json"]))
            .unwrap();
    let digest = document["catalog"]["digest"].as_str().unwrap();
    let edition = document["catalog"]["edition"].as_str().unwrap_or_default();
    let text = stdout(&["compare", "--as-of", "2026-11-20", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    for row in reader.records().map(Result::unwrap) {
        let of = |name: &str| &row[header.iter().position(|it| it == name).unwrap()];
        assert_eq!((of("as_of"), of("edition"), of("digest")), ("2026-11-20", edition, digest));
        assert_eq!(of("rates"), "1 USD = 6.7854 CNY (pboc-august of 2026-08-19)");
    }
    let text = stdout(&["compare", "--as-of", "2026-11-20", "--format", "markdown"]);
    assert!(text.contains("2026-11-20") && text.contains(digest) && text.contains(edition));
    assert!(text.contains("1 USD = 6.7854 CNY (pboc-august of 2026-08-19)"), "{text}");
}

#[test]
fn markdown_is_a_table_for_each_job() {
    let (_guard, path) = jobs(JOBS);
    let text = stdout(&[&DAY[..], &["--jobs", &path, "--format", "markdown"]].concat());
    assert_eq!(text.matches("|--:|---|---|--:|--:|---|").count(), 2);
    assert!(text.starts_with("thumbnails: 50,000 images, 1024x1024, default quality, as of"));
    assert!(text.contains("| 3 | zai/cogview-4-250304 | priced | 500 | 500 | stale |\n"), "{text}");
    assert!(text.contains(
        "| fal/cogview4 | priced | 26.2828125 | 53.4 | not-stated megapixel-rounding |\n"
    ));
}

#[test]
fn markdown_tells_how_many_images_a_budget_gives() {
    let text = stdout(&[&DAY[..], &["--budget", "20 USD", "--format", "markdown"]].concat());
    assert!(text.starts_with("What 20 USD gives"), "{text}");
    assert!(text.contains("| # | Listing | State | Images | Low USD | High USD | Notes |\n"));
    assert!(text.contains("| fal/cogview4 | priced | 100–200 | 10 | 20 |"), "{text}");
}

/// A source's id, a quality and a job's name, each with what would be a cell, a tag or a link.
#[test]
fn hostile_text_stays_text_in_markdown_and_csv() {
    let hostile = "[x](http://e) <b>|`*_#~\\\\n";
    let sources = format!(
        "{}[\"{hostile}\"]\naddress = \"https://example.com\"\ntitle = \"T\"\nkind = \"page\"\n",
        crate::support::BASE[1].1
    );
    let listing = format!(
        "model = \"m\"\n[[statement]]\nsource = \"{hostile}\"\nseen = 2026-11-20\nprice = \"1 USD / image\"\n\
         quality-models = [\"{hostile}\"]\ndefault-quality = \"{hostile}\"\n\
         qualities = [\"hd|<i>\"]\n"
    );
    let catalog = folder(&[("sources.toml", &sources), ("listings/p/l.toml", &listing)]);
    let (_guard, path) = jobs(&format!("[[job]]\nname = \"{hostile}\"\nquality = \"hd|<i>\"\n"));
    let place = catalog.path().to_str().unwrap();
    let text = stdout(&["compare", "--catalog", place, "--jobs", &path, "--format", "markdown"]);
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert_eq!(row.replace("\\\\", "").replace("\\|", "").matches('|').count(), 7, "{row}");
    }
    let bare = text.replace("\\\\", "").replace("\\<", "").replace("\\[", "").replace("\\`", "");
    // The digest is in code marks of our own.
    assert!(!bare.contains(['<', '[']) && bare.matches('`').count() == 2, "{text}");
    let text = stdout(&["compare", "--catalog", place, "--jobs", &path, "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!(&row[0], hostile.replace("\\\\", "\\"));
    assert!(row.iter().any(|cell| cell.contains("hd|<i>")), "{row:?}");
}
