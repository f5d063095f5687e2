//! What several test files need: catalogs from a few lines, the binary, and today's fixed date.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cogdex::catalog::Listing;
use cogdex::catalog::{Catalog, Currency, Tree};
use cogdex::pricing::{Comparison, GivenRate, Job, PriceTable, PricingTerms, Quote, RankBy};
use jiff::civil::{Date, date};

/// The day on which the seeds were read; tests that need a today use this one.
pub(crate) const TODAY: Date = date(2026, 11, 20);

/// The folder of the project.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What must stand beside a listing so that the catalog is whole.
pub(crate) const BASE: [(&str, &str); 5] = [
    ("catalog.toml", "format = 1\n"),
    (
        "sources.toml",
        "[page]\naddress = \"https://example.com/page\"\ntitle = \"A page\"\nkind = \"page\"\n\
         [other]\naddress = \"https://example.com/other\"\ntitle = \"Another\"\nkind = \"page\"\n\
         [run]\naddress = \"https://example.com/run\"\ntitle = \"A run\"\nkind = \"probe\"\n\
         [bill]\naddress = \"https://example.com/bill\"\ntitle = \"A bill\"\nkind = \"invoice\"\n",
    ),
    ("models/m.toml", "name = \"M\"\nfamily = \"cogview-4\"\n"),
    ("providers/p.toml", "name = \"P\"\n"),
    ("providers/q.toml", "name = \"Q\"\n"),
];

/// A tree of [`BASE`] with files added or replaced.
pub(crate) fn tree(files: &[(&str, &str)]) -> Tree {
    let all = BASE.iter().chain(files);
    let files: BTreeMap<_, _> =
        all.map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    Tree::Files(files)
}

/// A folder with the files of [`tree`]; it goes with its guard.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in BASE.iter().chain(files) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// The catalog of [`tree`]; panics where it has errors.
pub(crate) fn catalog(files: &[(&str, &str)]) -> Catalog {
    Catalog::open(&tree(files), TODAY).unwrap()
}

/// A catalog with one listing `p/l` of the given statements.
pub(crate) fn listing(statements: &str) -> Catalog {
    catalog(&[("listings/p/l.toml", &format!("model = \"m\"\n{statements}"))])
}

/// US dollars.
pub(crate) fn usd() -> Currency {
    "USD".parse().unwrap()
}

/// A day and the terms of a price table.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) as_of: Date,
    pub(crate) currency: Currency,
    pub(crate) rates: Vec<GivenRate>,
}

impl Terms {
    /// A price table on these terms.
    pub(crate) fn table<'c>(&self, catalog: &'c Catalog) -> PriceTable<'c> {
        let terms = PricingTerms { currency: self.currency, rates: self.rates.clone() };
        PriceTable::new(catalog, terms)
    }
}

/// The quote of one listing by a fresh table.
pub(crate) fn quote(catalog: &Catalog, listing: &Listing, job: &Job, terms: &Terms) -> Quote {
    terms.table(catalog).quote(listing, terms.as_of, job)
}

/// The comparison of some listings by a fresh table.
pub(crate) fn compare(
    catalog: &Catalog,
    listings: &[&Listing],
    job: &Job,
    terms: &Terms,
) -> Comparison {
    cogdex::pricing::compare(&terms.table(catalog), listings, job, terms.as_of, RankBy::Total)
}

/// Totals in dollars, with today's facts.
pub(crate) fn terms() -> Terms {
    Terms { as_of: TODAY, currency: usd(), rates: Vec::new() }
}

/// A job from its keys.
pub(crate) fn job(keys: &[(&str, &str)]) -> Job {
    let mut job = Job::default();
    for (key, text) in keys {
        job.set(key, text).unwrap();
    }
    job
}

/// Runs the program in the project's folder, without colours and without the user's settings.
pub(crate) fn cogdex(arguments: &[&str]) -> Output {
    cogdex_in(&root(), arguments)
}

/// The program under test: this build's, or the one that `COGDEX_PROGRAM` names.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("COGDEX_PROGRAM")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_cogdex")), PathBuf::from)
}

/// Runs the program in a folder.
pub(crate) fn cogdex_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program())
        .args(arguments)
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NO_COLOR")
        // A history of the one who runs the tests must not change what is printed.
        .env("XDG_DATA_HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap()
}

/// What the program wrote to stdout; panics where it failed.
pub(crate) fn stdout(arguments: &[&str]) -> String {
    let output = cogdex(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The JSON that the program wrote.
pub(crate) fn json(arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&stdout(arguments)).unwrap()
}
