//! The peers' price book as a catalog: one listing a provider, one statement for each day on which
//! one of its prices changes, with all that hold from then on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

/// A catalog has no word for a size that the seller chooses; the log's `auto` is read as this one,
/// which nothing else in the log has.
pub(crate) const AUTO: &str = "16x16";

/// One line of the book: provider, size, quality, first day, day after the last, price.
type Line<'a> = [&'a str; 6];

/// Writes the catalog of `prices`, a CSV file.
pub(crate) fn write(folder: &Path, prices: &str) -> io::Result<()> {
    let mut providers: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
    for line in prices.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let line: Line<'_> = fields.try_into().expect("a price has six fields");
        providers.entry(line[0]).or_default().push(line);
    }
    for kind in ["models", "providers"] {
        fs::create_dir_all(folder.join(kind))?;
    }
    fs::write(folder.join("catalog.toml"), "format = 1\n")?;
    fs::write(folder.join("models/m.toml"), "name = \"M\"\nfamily = \"cogview-4\"\n")?;
    let source = "address = \"https://example.com/\"\ntitle = \"Prices\"\nkind = \"page\"\n";
    fs::write(folder.join("sources.toml"), format!("[prices]\n{source}"))?;
    for (provider, lines) in providers {
        fs::write(folder.join(format!("providers/{provider}.toml")), "name = \"P\"\n")?;
        fs::create_dir_all(folder.join(format!("listings/{provider}")))?;
        fs::write(folder.join(format!("listings/{provider}/m.toml")), listing(&lines))?;
    }
    Ok(())
}

fn listing(lines: &[Line<'_>]) -> String {
    let mut text = String::from("model = \"m\"\n");
    let days: BTreeSet<&str> = lines.iter().map(|line| line[3]).collect();
    for day in days {
        let held = lines.iter().filter(|[.., from, until, _]| (*from..*until).contains(&day));
        let rows: Vec<_> = held
            .map(|[_, size, quality, _, _, price]| {
                let size = if *size == "auto" { AUTO } else { size };
                format!(
                    "{{ price = \"{price} USD / image\", size = \"{size}\", quality = \"{quality}\" }}"
                )
            })
            .collect();
        let _ = write!(
            text,
            "\n[[statement]]\nsource = \"prices\"\nseen = {day}\nprice = [{}]\n",
            rows.join(", ")
        );
    }
    text
}
