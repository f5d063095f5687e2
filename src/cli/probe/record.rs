//! Writes what runs saw of disputes into a catalog, as statements of kind `probe`. Nothing of an
//! answer is written: what is written is the side of the dispute that the answer fits.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use jiff::civil::Date;

use super::writable;
use crate::cli::output::Output;
use crate::cli::{Global, open};
use cogdex::catalog::{
    CallName, Catalog, DiagnosticCode, FieldKey, FieldValue, Finding, Listing, SourceKind, Tree,
    append_block, free_name, quoted,
};
use cogdex::contract::{Contract, Plan, dispute_evidence};
use cogdex::probe::{BaseUrl, ProbeReport, RunResult, call_host, clean};

/// The table of all sources.
const SOURCES: &str = "sources.toml";

/// The longest address that a source has.
const MAX_ADDRESS_LEN: usize = 500;

/// What one run saw of one dispute.
pub(super) struct ProbeStatement {
    /// The file in which the sides stand: a statement nearer to the listing would hide them.
    path: String,
    key: FieldKey,
    value: FieldValue,
    listing: String,
    address: String,
    run: String,
    seen: Date,
}

/// The disputes that a run decides.
pub(super) fn statements<'c>(
    report: &ProbeReport,
    contract: &Contract<'c>,
    plan: &Plan<'c>,
    ran: &RunResult,
) -> Vec<ProbeStatement> {
    let statements = dispute_evidence(contract, plan, &ran.exchanges).into_iter();
    let seen = statements.map(|seen| ProbeStatement {
        path: seen.fact.entity.path.clone(),
        key: seen.fact.key.clone(),
        value: seen.value().clone(),
        listing: report.listing.clone(),
        address: clean(&report.base_url, MAX_ADDRESS_LEN),
        run: report.run.clone(),
        seen: contract.as_of,
    });
    seen.collect()
}

/// Fails where nothing could be recorded in the end.
pub(super) fn check_writable(
    global: &Global,
    catalog: &Catalog,
    listings: &[&Listing],
) -> Result<()> {
    let folder = folder(global)?;
    let levels = listings.iter().flat_map(|listing| catalog.levels(listing));
    for file in levels.map(|subject| subject.path.as_str()).chain([SOURCES]) {
        writable(&folder.join(file).display().to_string())?;
    }
    Ok(())
}

/// Fails where answers would come from another host than the contract's own: what a mock or a
/// proxy says is no word of the seller.
pub(super) fn check_own_host(contract: &Contract<'_>, base: Option<&str>) -> Result<()> {
    let Some(base) = base else { return Ok(()) };
    let own: Vec<_> = CallName::ALL.iter().filter_map(|call| call_host(contract, *call)).collect();
    let asked = BaseUrl::parse(base).ok();
    if asked.is_some_and(|asked| own.iter().any(|own| own == asked.origin())) {
        return Ok(());
    }
    bail!(
        "--record writes what {} itself answers, not what {base} does: leave --base-url out",
        own.first().map_or("the contract's host", String::as_str)
    )
}

fn folder(global: &Global) -> Result<&Path> {
    let folder = global.catalog.as_deref();
    folder.ok_or_else(|| anyhow!("--record writes into a catalog: give --catalog"))
}

/// Adds a statement for each run that decided something, unless it stands there already.
pub(super) fn record(
    global: &Global,
    statements: &[ProbeStatement],
    today: Date,
    output: &mut Output,
) -> Result<()> {
    let folder = folder(global)?;
    // Somebody may have edited the catalog while the run was under way.
    let mut files = Tree::folder(folder)?.files()?;
    let (mut written, mut notes): (Vec<String>, Vec<String>) = Default::default();
    let mut rest = statements;
    while let Some(first) = rest.first() {
        // What one run saw of one file is one statement.
        let same = |seen: &&ProbeStatement| (&seen.path, &seen.run) == (&first.path, &first.run);
        let (now, later) = rest.split_at(rest.iter().take_while(same).count());
        rest = later;
        let catalog = Catalog::inspect(&Tree::Files(files.clone()), today)?.catalog;
        let new: Vec<_> = now.iter().filter(|seen| !stands(&catalog, seen)).collect();
        if new.is_empty() {
            continue;
        }
        let source = source(&catalog, first, &mut files);
        let file = files.entry(first.path.clone()).or_default();
        append_block(file, &statement(&catalog, &source, first, &new)?);
        for path in [SOURCES, &first.path] {
            if !written.iter().any(|known| known == path) {
                written.push(path.to_owned());
            }
        }
        let keys: Vec<_> = new.iter().map(|s| format!("{} = {}", s.key, s.value)).collect();
        notes.push(format!("recorded in {}: {}", first.path, keys.join("; ")));
    }
    if written.is_empty() {
        return Ok(());
    }
    let findings = Catalog::inspect(&Tree::Files(files.clone()), today)?.findings;
    let wrong = |f: &&Finding| f.is_error() && f.code != DiagnosticCode::EditionDigest;
    if let Some(wrong) = findings.iter().find(wrong) {
        bail!("nothing is recorded, for the catalog would be damaged: {}", wrong.text);
    }
    for path in &written {
        open::replace(&folder.join(path), &files[path])?;
    }
    notes.push("`cogdex check` prints the edition to append".to_owned());
    for note in &notes {
        output.note(note);
    }
    Ok(())
}

/// Whether a probe's statement of the same place and day says this already.
fn stands(catalog: &Catalog, seen: &ProbeStatement) -> bool {
    let subject = catalog.entities().find(|subject| subject.path == seen.path);
    let mut statements = subject.iter().flat_map(|subject| &subject.statements);
    statements.any(|statement| {
        statement.seen == seen.seen
            && catalog.sources.get(&statement.source).is_some_and(|source| {
                source.kind == SourceKind::Probe && source.address == seen.address
            })
            && statement.states(&seen.key).is_some_and(|stated| stated.value == seen.value)
    })
}

/// The source of a listing's probes at one address; it is defined where it is not.
fn source(
    catalog: &Catalog,
    seen: &ProbeStatement,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> String {
    let title = clean(&format!("Probes of {}", seen.listing), MAX_ADDRESS_LEN);
    let mut known = catalog.sources.values();
    if let Some(known) = known.find(|source| {
        source.kind == SourceKind::Probe && source.address == seen.address && source.title == title
    }) {
        return known.id.clone();
    }
    // A dot in a key would open a table within a table.
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = format!("probe-{}", seen.listing).chars().map(plain).collect();
    let id = free_name(name, "-", |id| catalog.sources.contains_key(id));
    let (address, title) = (quoted(&seen.address), quoted(&title));
    let text = format!("[{id}]\naddress = {address}\ntitle = {title}\nkind = \"probe\"\n");
    append_block(files.entry(SOURCES.to_owned()).or_default(), &text);
    id
}

fn statement(
    catalog: &Catalog,
    source: &str,
    first: &ProbeStatement,
    statements: &[&ProbeStatement],
) -> Result<String> {
    // Another history may have had a run of this number on the same day.
    let subject = catalog.entities().find(|subject| subject.path == first.path);
    let is_taken = |at: &str| {
        let mut statements = subject.iter().flat_map(|subject| &subject.statements);
        statements.any(|s| s.source == source && s.at.as_deref() == Some(at))
    };
    let at = quoted(&free_name(format!("run {}", first.run), ", ", is_taken));
    let source = quoted(source);
    let mut text = format!("[[statement]]\nsource = {source}\nat = {at}\nseen = {}\n", first.seen);
    for seen in statements {
        let value = seen.value.toml();
        let value = value.ok_or_else(|| anyhow!("`{}` can't be recorded", seen.key))?;
        writeln!(text, "{} = {value}", seen.key)?;
    }
    Ok(text)
}
