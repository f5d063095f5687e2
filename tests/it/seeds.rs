//! The proof that the catalog holds every figure and flag of the five documents the project started
//! from: a table written from the documents before the catalog, a row for each.

use std::fmt::Write;

use cogdex::catalog::{Catalog, Entity, EntityKind, FieldKey, FieldValue, Statement};
use cogdex::verify::{FigureVerdict, PageText, judge, plan};

use crate::support::{TODAY, root};

/// One row: document, subject, source, place, field, value, and the words that show it.
struct Row {
    seed: String,
    subject: String,
    source: String,
    at: Option<String>,
    field: String,
    value: String,
    excerpt: String,
}

fn rows() -> Vec<Row> {
    let table = include_str!("seeds.tsv");
    let rows = table.lines().skip(1).map(|line| {
        let cells: Vec<_> = line.split('\t').map(str::to_owned).collect();
        let [seed, subject, source, at, field, value, excerpt] =
            <[String; 7]>::try_from(cells).unwrap();
        let at = (at != "-").then_some(at);
        Row { seed, subject, source, at, field, value, excerpt }
    });
    rows.collect()
}

fn entity<'c>(catalog: &'c Catalog, path: &str) -> Option<&'c Entity> {
    let (folder, id) = path.split_once('/')?;
    let level = EntityKind::ALL.into_iter().find(|level| level.folder() == folder)?;
    catalog.entity(level, id)
}

/// Whether a statement says what the row says: the item of a list, the row of a table, or the value.
fn says(statement: &Statement, row: &Row) -> bool {
    let key = FieldKey::parse(&row.field).unwrap();
    let Some(stated) = statement.states(&key) else { return false };
    let text = stated.value.to_string();
    match &stated.value {
        FieldValue::Texts(texts) => texts.0.contains(&row.value),
        FieldValue::Sizes(_) => text.split(", ").any(|size| size == row.value),
        FieldValue::Latency(_) => text.split("; ").any(|one| one == row.value),
        _ => text == row.value,
    }
}

#[test]
fn every_figure_and_flag_of_the_seeds_stands_in_a_statement() {
    let catalog = Catalog::embedded().unwrap();
    let rows = rows();
    assert!(rows.len() >= 120, "only {} rows", rows.len());
    let mut missing = String::new();
    for row in &rows {
        let statements = entity(&catalog, &row.subject).map(|s| s.statements.as_slice());
        let found = statements.unwrap_or_default().iter().any(|statement| {
            statement.source == row.source
                && (row.at.is_none() || statement.at == row.at)
                && says(statement, row)
        });
        if !found {
            let Row { seed, subject, source, field, value, .. } = row;
            let at = row.at.as_deref().unwrap_or("-");
            writeln!(missing, "{seed} {subject} {source} @ {at}: {field} = {value}").unwrap();
        }
    }
    assert!(missing.is_empty(), "not in the catalog:\n{missing}");
}

#[test]
fn all_five_seeds_have_rows() {
    for seed in ["S0", "S1", "S2", "S3", "S4"] {
        assert!(rows().iter().filter(|row| row.seed == seed).count() >= 20, "{seed}");
    }
}

/// The document's id, its source in the catalog, and the start of its file's name.
const SEEDS: [(&str, &str, &str); 5] = [
    ("S0", "aigateway-page", "000_"),
    ("S1", "apiin-docs", "001_"),
    ("S2", "bigmodel-docs", "002_"),
    ("S3", "zai-guide", "003_"),
    ("S4", "apiin-market", "004_"),
];

/// The text of a seed, its encoding damage mended where an excerpt could meet it.
fn text(prefix: &str) -> Option<String> {
    let folder = root().join("../shared/seeds");
    let mut files = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let file = files.find(|file| file.file_name().to_string_lossy().starts_with(prefix))?;
    let text = std::fs::read_to_string(file.path()).unwrap();
    // UTF-8 that was read as Mac Roman (002) or Windows-1252 (003).
    let mended = [("¬•", "¥"), ("Ôºõ", "；"), ("‚Äô", "’"), ("â€™", "’"), ("Ã—", "×")];
    Some(mended.iter().fold(text, |text, (damaged, whole)| text.replace(damaged, whole)))
}

#[test]
fn every_excerpt_is_found_in_its_seed() {
    let catalog = Catalog::embedded().unwrap();
    for (seed, source, prefix) in SEEDS {
        let Some(text) = text(prefix) else {
            // Said even where a test's output is kept back, since nothing failed.
            let said = b"left out: the seeds are not beside the project\n";
            std::io::Write::write_all(&mut std::io::stderr(), said).unwrap();
            return;
        };
        for row in rows().iter().filter(|row| row.seed == seed) {
            assert!(text.contains(&row.excerpt), "{seed}: `{}` is not there", row.excerpt);
        }
        let planned = plan(&catalog, TODAY);
        let planned = planned.iter().filter(|planned| planned.source.id == source);
        for planned in planned {
            let findings = judge(&PageText::from_text(text.clone()), planned).0;
            for (figure, finding) in planned.figures.iter().zip(findings) {
                let text = &figure.excerpt.text;
                assert_eq!(finding.verdict, FigureVerdict::Confirmed, "{seed}: `{text}`");
            }
        }
    }
}

#[test]
fn every_seed_has_its_source() {
    let catalog = Catalog::embedded().unwrap();
    for (_, source, _) in SEEDS {
        assert!(catalog.sources.contains_key(source), "{source}");
    }
}
