//! `cogdex import rates`: the European Central Bank's reference rates as rows of a catalog.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::MAX_BYTES;
use crate::cli::output::{Output, plural};

use crate::cli::{Exit, Format, Global, open};
use cogdex::catalog::{Catalog, DiagnosticCode, Tree};
use cogdex::exchange::rates_import::{ReferenceRate, SOURCE_ID, bank_source, new_rows, read_rates};
use cogdex::probe::{Client, Outcome, OutgoingRequest, Redactor, Trust};

/// How long the bank may take.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Flags of `import rates`.
#[derive(Debug, Args)]
pub(crate) struct RatesArgs {
    /// Reference rates of the European Central Bank (daily or 90 days, XML or CSV): a file, - or a URL
    file: String,
    /// Catalog folder to add to; --catalog means the same
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Also read from this host at a private address (repeatable)
    #[arg(long, value_name = "HOST[:PORT]")]
    trust_host: Vec<String>,
}

impl RatesArgs {
    pub(super) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let folder = match (&self.out, &global.catalog) {
            (Some(out), Some(catalog)) if out != catalog => {
                bail!("--out and --catalog name two folders; an import writes to one");
            }
            (Some(folder), _) | (None, Some(folder)) => folder,
            (None, None) => bail!("give the catalog's folder to add to: --catalog DIR"),
        };
        let is_url = ["https://", "http://"].iter().any(|scheme| self.file.starts_with(scheme));
        let bytes =
            if is_url { self.fetch()? } else { open::bytes(Path::new(&self.file), MAX_BYTES)? };
        let rates = read_rates(&bytes).with_context(|| format!("can't import {}", self.file))?;
        if let Some(rate) = rates.iter().find(|rate| rate.date > today) {
            bail!("can't import {}: {} is in the future", self.file, rate.date);
        }
        let (files, added) = added(folder, &rates, today)?;
        for (path, bytes) in &files {
            open::replace(&folder.join(path), bytes)?;
        }
        let newest = rates.iter().map(|rate| rate.date).max();
        if global.format == Format::Json {
            let newest = newest.map(|day| day.to_string());
            let document = json!({
                "format": 1, "read": rates.len(), "added": added, "newest": newest,
                "written": files.keys().collect::<Vec<_>>(),
            });
            output.json(&document, false)?;
        } else {
            let (read, added) = (plural(rates.len() as u64, "rate"), plural(added as u64, "rate"));
            let newest = newest.map(|day| format!(", the newest of {day}")).unwrap_or_default();
            output.line(&format!("{read} read{newest}; {added} added to {}", folder.display()))?;
        }
        if added > 0 {
            output.note("`cogdex check` prints the edition to append");
        }
        Ok(Exit::Done)
    }

    /// Reads a URL as the bank gives it, without a key.
    fn fetch(&self) -> Result<Vec<u8>> {
        let client =
            Client::new(Redactor::new(std::iter::empty())?, Trust::new(&self.trust_host)?)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let outcome = runtime.block_on(client.send(OutgoingRequest {
            method: "GET",
            url: &self.file,
            headers: Vec::new(),
            key: None,
            json: None,
            timeout: TIMEOUT,
            cap_bytes: 8 << 20,
            alone: false,
        }));
        match outcome {
            Outcome::Answered(answer) if (200..300).contains(&answer.status) => Ok(answer.body),
            Outcome::Answered(answer) => {
                Err(anyhow!("{} answers with status {}", self.file, answer.status))
            }
            Outcome::ConnectFailed(why) | Outcome::Cut(why) | Outcome::Refused(why) => {
                Err(anyhow!("can't read {}: {why}", self.file))
            }
            Outcome::TimedOut => Err(anyhow!("{} took too long to answer", self.file)),
            Outcome::TooLarge => Err(anyhow!("{} has more than 8 MiB", self.file)),
            Outcome::Stopped => Err(anyhow!("{} was not asked", self.file)),
        }
    }
}

/// The files that change, and how many rates are new.
fn added(
    folder: &Path,
    rates: &[ReferenceRate],
    today: Date,
) -> Result<(BTreeMap<String, Vec<u8>>, usize)> {
    let tree = Tree::folder(folder)?;
    let catalog = Catalog::inspect(&tree, today)?.catalog;
    let source = bank_source(catalog.sources.values());
    let (rows, count) = new_rows(rates, &catalog.rates, source.unwrap_or(SOURCE_ID));
    let mut files = BTreeMap::new();
    if count == 0 {
        return Ok((files, 0));
    }
    let mut append = |path: &str, block: &str| -> Result<()> {
        let known = tree.paths()?.iter().any(|known| known == path);
        let mut bytes = if known { tree.read(path)?.into_owned() } else { Vec::new() };
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        let block = if bytes.is_empty() { block.trim_start() } else { block };
        bytes.extend(block.bytes());
        files.insert(path.to_owned(), bytes);
        Ok(())
    };
    append("rates.toml", &rows)?;
    if source.is_none() {
        append(
            "sources.toml",
            &format!(
                "\n[{SOURCE_ID}]\n\
                 address = \"https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml\"\n\
                 title = \"European Central Bank, euro reference rates\"\nkind = \"page\"\n"
            ),
        )?;
    }
    let mut whole = BTreeMap::new();
    for path in tree.paths()? {
        whole.insert(path.clone(), tree.read(&path)?.into_owned());
    }
    whole.extend(files.clone());
    let findings = Catalog::inspect(&Tree::Files(whole), today)?.findings;
    let mut wrong =
        findings.iter().filter(|it| it.is_error() && it.code != DiagnosticCode::EditionDigest);
    if let Some(wrong) = wrong.next() {
        bail!(
            "nothing is added, for the catalog would be damaged: {}: {}",
            wrong.place,
            wrong.text
        );
    }
    Ok((files, count))
}
