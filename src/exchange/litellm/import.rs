//! `LiteLLM`'s price map: its rows about images become listings whose one source is the map.
//! A row that can't be read honestly is refused with its reason, and no listing is made of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::catalog::{Catalog, DiagnosticCode, Finding, Tree, TreeError, free_name};

mod catalog_writer;
mod costs;
mod file;
mod image_cost_key;
mod key;
mod listing;
mod number;
mod row;

use catalog_writer::{ADDRESS, CatalogWriter};
use costs::StatedCosts;
pub use file::CatalogFiles;
use listing::{ListingUpdate, MapItem};
use row::JsonFields;

/// The most characters of a text of the map in a message.
const SHORT: usize = 80;

/// The most rows of a listing; the fullest of the map has 16.
const MAX_ROWS: usize = 1000;

/// What an import comes to. No file is written yet.
#[derive(Debug, Default)]
pub struct LitellmImport {
    /// The source's id in the catalog.
    pub source: String,
    /// Files that are new or longer than before, in full.
    pub files: CatalogFiles,
    /// What became of each row about images, in the order of the map.
    pub rows: Vec<MapRow>,
    /// How many entries of the map are about something else.
    pub others: usize,
    /// Entries of another mode that have a price for an image, and why that is odd.
    pub other_modes: Vec<(String, String)>,
    /// The edition that the new files make, where there are any.
    pub edition: Option<String>,
    /// Listings of which the map states less than before.
    pub withdrawn: Vec<String>,
    /// Files that are left alone although the map has news of them, and why.
    pub left: Vec<String>,
}

/// What became of a row.
#[derive(Debug)]
pub struct MapRow {
    /// Its key in the map, shortened where it is long.
    pub key: String,
    /// The listing with what the row says of it, or why the row is refused.
    pub outcome: Result<(String, String), String>,
    /// What of the row is left out, and why.
    pub remarks: Vec<String>,
}

/// Says why nothing can be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The map is no JSON, or no object.
    #[error("it is not LiteLLM's map, an object of JSON")]
    NotAMap(#[source] serde_json::Error),
    /// The map is of a day that is not over.
    #[error("{seen} is in the future; today is {today}")]
    Future {
        /// The day of the map.
        seen: Date,
        /// Today.
        today: Date,
    },
    /// A newer map is there already, and what it withdrew would come back.
    #[error("a map of {newest} was imported before; maps are imported in the order of their days")]
    Older {
        /// The newest day of the source.
        newest: Date,
    },
    /// The catalog is damaged; its errors, of which there is one at least.
    #[error("the catalog is damaged{}", .0.first().map(first).unwrap_or_default())]
    Damaged(Vec<Finding>),
    /// The files could not be read as a catalog.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// One listing of the map.
struct Draft {
    id: String,
    model: String,
    provider: String,
    provider_name: String,
    code: String,
    items: Vec<MapItem>,
    /// Why no file is made of it.
    refused: Option<String>,
}

/// Reads the map of the day `seen` into the files of a catalog, or into none yet.
pub fn import(
    map: &[u8],
    catalog: &CatalogFiles,
    seen: Date,
    today: Date,
) -> Result<LitellmImport, ImportError> {
    if seen > today {
        return Err(ImportError::Future { seen, today });
    }
    let entries: JsonFields<'_> = serde_json::from_slice(map).map_err(ImportError::NotAMap)?;
    let known = inspected(catalog, today)?;
    let mut import = LitellmImport { source: source(&known), ..LitellmImport::default() };
    let statements = known.entities().flat_map(|subject| &subject.statements);
    let newest = statements.filter(|s| s.source == import.source).map(|s| s.seen).max();
    if let Some(newest) = newest.filter(|newest| *newest > seen) {
        return Err(ImportError::Older { newest });
    }
    let mut drafts = drafts(&entries, &mut import);
    let writer =
        CatalogWriter { files: catalog, known: &known, source: import.source.clone(), seen };
    // A listing whose file would not load is refused, and the others are written without it.
    loop {
        import.files = files(&writer, &drafts, &mut import);
        let mut all = catalog.clone();
        all.extend(import.files.clone());
        let findings = match inspected(&all, today) {
            Ok(catalog) => {
                if !import.files.is_empty() {
                    import.edition = Some(writer.edition(&mut import.files, &catalog));
                }
                return Ok(import);
            }
            Err(ImportError::Damaged(findings)) => findings,
            Err(error) => return Err(error),
        };
        let mut refused = false;
        for draft in drafts.iter_mut().filter(|draft| draft.refused.is_none()) {
            let path = path(&draft.id);
            let finding = findings.iter().find(|finding| finding.place.path == path);
            draft.refused = finding.map(|finding| format!("{}: {}", finding.code, finding.text));
            refused |= draft.refused.is_some();
        }
        if !refused {
            return Err(ImportError::Damaged(findings));
        }
    }
}

fn first(finding: &Finding) -> String {
    format!(": {}: {}", finding.place, finding.text)
}

/// A catalog of these files; damaged where a finding says so that is no missing edition.
fn inspected(files: &CatalogFiles, today: Date) -> Result<Catalog, ImportError> {
    if files.is_empty() {
        return Ok(Catalog::default());
    }
    let inspection = Catalog::inspect(&Tree::Files(files.clone()), today)?;
    let damage =
        |finding: &Finding| finding.is_error() && finding.code != DiagnosticCode::EditionDigest;
    let findings: Vec<_> = inspection.findings.into_iter().filter(damage).collect();
    if findings.is_empty() { Ok(inspection.catalog) } else { Err(ImportError::Damaged(findings)) }
}

/// The id of the map's source: the one that the catalog has for it, or a new one.
fn source(catalog: &Catalog) -> String {
    let mut known = catalog.sources.values();
    if let Some(known) = known.find(|source| source.address == ADDRESS) {
        return known.id.clone();
    }
    free_name("litellm-map".to_owned(), "-", |id| catalog.sources.contains_key(id))
}

/// The rows about images by listing; rows without a place are refused.
fn drafts(entries: &JsonFields<'_>, import: &mut LitellmImport) -> Vec<Draft> {
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    let mut keys = BTreeMap::new();
    for (key, _) in &entries.0 {
        *keys.entry(key.as_str()).or_insert(0) += 1;
    }
    for (key, value) in &entries.0 {
        let fields: Option<JsonFields<'_>> = serde_json::from_str(value.get()).ok();
        let Some(fields) = fields.filter(|fields| {
            let why = if fields.is_of_images() { None } else { fields.other_mode() };
            import.other_modes.extend(why.map(|why| (short(key), why)));
            fields.is_of_images()
        }) else {
            import.others += 1;
            continue;
        };
        let number = import.rows.len();
        let outcome = Err(String::new());
        import.rows.push(MapRow { key: short(key), outcome, remarks: Vec::new() });
        let placed = if keys[key.as_str()] == 1 {
            place(key, number, &fields, &mut drafts)
        } else {
            Err("its key stands twice in the map".to_owned())
        };
        if let Err(why) = placed {
            import.rows[number].outcome = Err(why);
        }
    }
    drafts.into_values().collect()
}

fn place(
    key: &str,
    number: usize,
    fields: &JsonFields<'_>,
    drafts: &mut BTreeMap<String, Draft>,
) -> Result<(), String> {
    let provider_name = fields.text("litellm_provider");
    let provider_name = provider_name.ok_or("it names no provider")?;
    let place = key::read(key, &provider_name)?;
    let (provider, model) = (key::part_of_id(&provider_name)?, key::part_of_id(&place.code)?);
    let id = format!("{provider}/{model}");
    let draft = drafts.entry(id.clone()).or_insert_with(|| Draft {
        id: id.clone(),
        model,
        provider,
        provider_name: provider_name.clone(),
        code: place.code.clone(),
        items: Vec::new(),
        refused: None,
    });
    if (&draft.code, &draft.provider_name) != (&place.code, &provider_name) {
        return Err(format!("`{id}` would be its id, and is that of `{}`", draft.code));
    }
    if draft.items.len() == MAX_ROWS {
        return Err(format!("`{id}` has more than {MAX_ROWS} rows"));
    }
    let size = place.when.as_ref().ok().and_then(|when| when.size);
    let said = StatedCosts::new(fields, size);
    draft.items.push(MapItem { number, key: key.to_owned(), when: place.when, said });
    Ok(())
}

/// The files that change, with what became of every row.
fn files(writer: &CatalogWriter<'_>, drafts: &[Draft], import: &mut LitellmImport) -> CatalogFiles {
    let (mut files, mut listed) = (CatalogFiles::new(), BTreeSet::new());
    (import.withdrawn, import.left) = Default::default();
    for draft in drafts {
        let said = listing::saying(&draft.items);
        let path = path(&draft.id);
        listed.insert(path.clone());
        let written = match &draft.refused {
            Some(why) => Err(why.clone()),
            None => writer.listing(&path, &draft.model, &draft.code, &said),
        };
        import.tell(draft, &said, written.as_ref().err());
        match written {
            Ok(Some(news)) => {
                import.withdrawn.extend(news.is_less.then(|| draft.id.clone()));
                files.insert(path, news.text);
                let provider = format!("providers/{}.toml", draft.provider);
                let model = format!("models/{}.toml", draft.model);
                writer.name(&mut files, provider, &draft.provider_name);
                writer.name(&mut files, model, &draft.code);
            }
            Ok(None) => {}
            // Where a row has it as its reason, it is told already.
            Err(_) if said.came.iter().any(|(_, came)| came.is_ok()) => {}
            Err(why) => import.left.push(format!("{path}: {why}")),
        }
    }
    for listing in writer.known.listings.values().filter(|it| !listed.contains(&it.entity.path)) {
        match writer.vanished(listing) {
            Ok(Some(news)) => {
                files.insert(listing.entity.path.clone(), news.text);
                import.withdrawn.push(listing.id.to_string());
            }
            Ok(None) => {}
            Err(why) => import.left.push(format!("{}: {why}", listing.entity.path)),
        }
    }
    if !files.is_empty() {
        writer.tables(&mut files);
    }
    files
}

impl LitellmImport {
    /// Writes down what became of the rows of a listing; `why` says that none could be written.
    fn tell(&mut self, draft: &Draft, said: &ListingUpdate, why: Option<&String>) {
        for (number, came) in &said.came {
            let row = &mut self.rows[*number];
            row.remarks.clear();
            row.outcome = match (came, why) {
                (Ok(_), Some(why)) => Err(format!("{}: {why}", path(&draft.id))),
                (Ok(says), None) => Ok((draft.id.clone(), says.clone())),
                (Err(why), _) => Err(why.clone()),
            };
        }
        for (number, remark) in &said.remarks {
            self.rows[*number].remarks.push(remark.clone());
        }
    }

    /// How many rows were imported.
    pub fn imported(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome.is_ok()).count()
    }
}

fn path(id: &str) -> String {
    format!("listings/{id}.toml")
}

/// A text of the map in a message: a key may have a megabyte.
fn short(text: &str) -> String {
    let mut short: String = text.chars().take(SHORT).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
