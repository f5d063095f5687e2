//! From files to a catalog: every file read and parsed on all cores, every fault collected.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use toml::de::DeTable;

use super::clause;
use super::diagnostic::{DiagnosticCode, Finding, FindingPlace};
use super::digest::{self, FileDigest};
use super::entity::{
    Endpoint, EndpointId, Entity, EntityKind, Listing, ListingId, Model, ModelId, Provider,
    ProviderId,
};
use super::read;
use super::source::{Edition, Maker, Rate, SiteName, Source};
use super::statement::Position;
use super::toml_file::TomlFile;
use super::tree::{FileFault, MAX_FILE_BYTES, Tree, TreeError};
use super::{Catalog, FORMAT};

mod tables;

/// A catalog with all that is wrong with it; where something is, the catalog has gaps.
pub(crate) struct Loaded {
    pub(crate) catalog: Catalog,
    pub(crate) findings: Vec<Finding>,
    /// Paths of files that were not understood at all, and of folders (which end in `/`) that can't
    /// be listed: what they define counts as defined.
    pub(crate) broken: BTreeSet<String>,
}

/// What one file holds.
enum Content {
    Listing(Listing),
    Endpoint(Endpoint),
    Provider(Provider),
    Model(Model),
    Sources(Vec<Source>),
    Rates(Vec<Rate>),
    Makers(Vec<Maker>),
    Editions(Vec<Edition>),
    Site(SiteName),
    Nothing,
}

struct File<'p> {
    path: &'p str,
    content: Option<Content>,
    digest: Option<FileDigest>,
    findings: Vec<Finding>,
}

/// The file that every catalog has.
const ROOT_FILE: &str = "catalog.toml";

/// The files that are no entity's.
const TABLES: [&str; 6] =
    [ROOT_FILE, "sources.toml", "makers.toml", "rates.toml", "editions.toml", "site.toml"];

/// Fewer files than this are read before a pool of threads has started.
const MIN_PARALLEL_FILES: usize = 400;

/// Reads the whole tree.
pub(crate) fn load(tree: &Tree) -> Result<Loaded, TreeError> {
    let paths = match tree.paths() {
        Ok(paths) => paths,
        Err(why @ TreeError::TooManyFiles(_)) => {
            return Ok(assemble(vec![unusable(ROOT_FILE, why.to_string())]));
        }
        Err(why) => return Err(why),
    };
    let files = if paths.len() < MIN_PARALLEL_FILES {
        paths.iter().map(|path| read_file(tree, path)).collect::<Result<Vec<_>, _>>()?
    } else {
        paths.par_iter().map(|path| read_file(tree, path)).collect::<Result<Vec<_>, _>>()?
    };
    Ok(assemble(files))
}

fn assemble(files: Vec<File<'_>>) -> Loaded {
    let mut catalog = Catalog::default();
    let (mut findings, mut broken, mut digests) = (Vec::new(), BTreeSet::new(), Vec::new());
    // A map is made sooner of all that belongs in it than one by one.
    let (mut listings, mut endpoints) = (Vec::new(), Vec::new());
    let (mut providers, mut models) = (Vec::new(), Vec::new());
    for mut file in files {
        findings.append(&mut file.findings);
        digests.extend(file.digest);
        match file.content {
            Some(Content::Listing(listing)) => listings.push((listing.id.clone(), listing)),
            Some(Content::Endpoint(endpoint)) => endpoints.push((endpoint.id.clone(), endpoint)),
            Some(Content::Provider(provider)) => providers.push((provider.id.clone(), provider)),
            Some(Content::Model(model)) => models.push((model.id.clone(), model)),
            Some(Content::Sources(sources)) => {
                catalog.sources.extend(sources.into_iter().map(|s| (s.id.clone(), s)));
            }
            Some(Content::Rates(rates)) => catalog.rates = rates,
            Some(Content::Makers(makers)) => catalog.makers = makers,
            Some(Content::Editions(editions)) => catalog.editions = editions,
            Some(Content::Site(site)) => catalog.site = site,
            Some(Content::Nothing) => {}
            None => {
                broken.insert(file.path.to_owned());
            }
        }
    }
    catalog.listings = listings.into_iter().collect();
    catalog.endpoints = endpoints.into_iter().collect();
    catalog.providers = providers.into_iter().collect();
    catalog.models = models.into_iter().collect();
    catalog.digest = digest::of_files(&digests);
    let statements = catalog.entities().flat_map(|entity| &entity.statements);
    catalog.checked = statements.filter_map(|statement| statement.checked).max();
    Loaded { catalog, findings, broken }
}

fn read_file<'p>(tree: &Tree, path: &'p str) -> Result<File<'p>, TreeError> {
    let is_folder = path.ends_with('/');
    if !belongs(path) && !is_folder {
        return Ok(stray(path));
    }
    let bytes = match tree.read(path) {
        Ok(bytes) if bytes.len() as u64 > MAX_FILE_BYTES => {
            return Ok(unusable(path, FileFault::TooLarge.to_string()));
        }
        Ok(bytes) => bytes,
        Err(TreeError::Read { source, .. }) if source.is_lasting() => {
            return Ok(unusable(path, source.to_string()));
        }
        Err(why) => return Err(why),
    };
    let (mut document, table) = TomlFile::parse(path, &bytes);
    let content = table.as_ref().and_then(|table| content(&mut document, path, table));
    // An edition names the digest of all else, so it can't be part of it; and where the data is
    // published is no part of the data.
    let counted = table.as_ref().filter(|_| !["editions.toml", "site.toml"].contains(&path));
    let digest = counted.map(|table| digest::of_table(path, table));
    Ok(File { path, content, digest, findings: document.into_findings() })
}

fn content<'i>(document: &mut TomlFile<'i>, path: &str, table: &DeTable<'i>) -> Option<Content> {
    match path {
        ROOT_FILE => {
            format(document, table);
            Some(Content::Nothing)
        }
        "sources.toml" => Some(Content::Sources(tables::sources(document, table))),
        "makers.toml" => Some(Content::Makers(tables::makers(document, table))),
        "rates.toml" => Some(Content::Rates(tables::list(document, table, "rate", tables::rate))),
        "editions.toml" => {
            Some(Content::Editions(tables::list(document, table, "edition", tables::edition)))
        }
        "site.toml" => Some(Content::Site(tables::site(document, table))),
        _ => {
            let (kind, id) = place(path)?;
            Some(entity(document, kind, id, path, table))
        }
    }
}

fn belongs(path: &str) -> bool {
    TABLES.contains(&path) || place(path).is_some()
}

/// What does not belong is not read: as TOML it could have any number of faults, and all of them
/// would miss the point.
fn stray(path: &str) -> File<'_> {
    let hint = "see the layout in the catalog's README".to_owned();
    let text = "no file belongs here".to_owned();
    without_content(path, DiagnosticCode::UnknownFile, text, Some(hint))
}

/// What is no file of a catalog, or can't be read.
fn unusable(path: &str, why: String) -> File<'_> {
    without_content(path, DiagnosticCode::UnusableFile, why, None)
}

fn without_content(
    path: &str,
    code: DiagnosticCode,
    text: String,
    hint: Option<String>,
) -> File<'_> {
    let place = FindingPlace { path: path.to_owned(), line: 1, column: 1 };
    let finding = Finding { place, code, text, hint };
    File { path, content: None, digest: None, findings: vec![finding] }
}

/// The kind and id that a path stands for: `listings/apiin/cogview-4.toml`.
pub(crate) fn place(path: &str) -> Option<(EntityKind, &str)> {
    let stem = path.strip_suffix(".toml")?;
    let (folder, id) = stem.split_once('/')?;
    let kind = EntityKind::ALL.into_iter().find(|kind| kind.folder() == folder)?;
    let well_formed = |part: &str| {
        let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b);
        part.starts_with(|c: char| c.is_ascii_alphanumeric()) && part.bytes().all(lower)
    };
    let fits = id.split('/').count() == kind.id_parts() && id.split('/').all(well_formed);
    fits.then_some((kind, id))
}

fn format<'i>(document: &mut TomlFile<'i>, table: &DeTable<'i>) {
    for (key, item) in table {
        if key.get_ref() != "format" {
            document.unknown_key(key, ["format"].into_iter());
        } else if let Some(format) = document.count("format", item).filter(|f| *f != FORMAT) {
            let text = format!("the format is {format}, and this program reads {FORMAT}");
            document.find(DiagnosticCode::Format, item.span(), text, None);
        }
    }
    if !table.contains_key("format") {
        document.missing_key(0..0, "format");
    }
}

/// The keys of an entity above its statements, each with its position.
#[derive(Default)]
struct Head {
    texts: BTreeMap<&'static str, (String, Position)>,
}

impl Head {
    fn take(&mut self, key: &str) -> Option<String> {
        self.texts.remove(key).map(|(text, _)| text)
    }

    fn position(&self, key: &str) -> Position {
        self.texts.get(key).map_or(Position::START, |(_, position)| *position)
    }
}

/// Reads the file of a listing, endpoint, provider or model.
fn entity<'i>(
    document: &mut TomlFile<'i>,
    kind: EntityKind,
    id: &str,
    path: &str,
    table: &DeTable<'i>,
) -> Content {
    let mut head = Head::default();
    let (mut statements, mut rulings, mut clauses) = (Vec::new(), Vec::new(), Vec::new());
    for (key, item) in table {
        match key.get_ref().as_ref() {
            "statement" => {
                let items = document.array("statement", item).unwrap_or_default();
                statements.reserve_exact(items.len());
                for item in items {
                    statements.extend(read::statement(document, item));
                }
            }
            "ruling" => {
                for item in document.array("ruling", item).unwrap_or_default() {
                    rulings.extend(read::ruling(document, item));
                }
            }
            "clause" if kind == EntityKind::Endpoint => {
                for item in document.array("clause", item).unwrap_or_default() {
                    clauses.extend(clause::clauses(document, item));
                }
            }
            "errors" if kind == EntityKind::Endpoint => {
                for item in document.array("errors", item).unwrap_or_default() {
                    clauses.extend(clause::error_rows(document, item));
                }
            }
            name => match kind.head_keys().iter().find(|(key, _)| *key == name) {
                Some((key, _)) => {
                    let position = document.position(item.span().start);
                    if let Some(text) = document.text(key, item) {
                        head.texts.insert(key, (text.into_owned(), position));
                    }
                }
                None => document.unknown_key(
                    key,
                    kind.head_keys().iter().map(|(key, _)| *key).chain(["statement", "ruling"]),
                ),
            },
        }
    }
    for (key, required) in kind.head_keys() {
        if *required && !table.contains_key(*key) {
            document.missing_key(0..0, key);
        }
    }
    // Lists of errors stand among the clauses, in the order of the file.
    clauses.sort_by_key(|clause| (clause.position, clause.source_position));
    let (name, note) = (head.take("name"), head.take("note"));
    let (id, path) = (id.into(), path.to_owned());
    let entity = Entity { kind, id, path, name, note, statements, rulings, clauses };
    typed(entity, head)
}

/// Makes a listing, endpoint, provider or model of what its file holds.
fn typed(entity: Entity, mut head: Head) -> Content {
    let id = Arc::clone(&entity.id);
    let provider = || ProviderId::new(id.split('/').next().unwrap_or_default());
    match entity.kind {
        EntityKind::Listing => Content::Listing(Listing {
            provider: provider(),
            model_position: head.position("model"),
            endpoint_position: head.position("endpoint"),
            model: ModelId::new(head.take("model").unwrap_or_default()),
            endpoint: head.take("endpoint").map(EndpointId::new),
            written_slug: head.take("slug"),
            id: ListingId::new(id),
            entity,
        }),
        EntityKind::Endpoint => {
            Content::Endpoint(Endpoint { provider: provider(), id: EndpointId::new(id), entity })
        }
        EntityKind::Provider => Content::Provider(Provider {
            id: ProviderId::new(id),
            key_env: head.take("key-env"),
            maker: head.take("maker"),
            entity,
        }),
        EntityKind::Model => Content::Model(Model {
            id: ModelId::new(id),
            maker_position: head.position("maker"),
            maker: head.take("maker"),
            family: head.take("family"),
            entity,
        }),
    }
}
