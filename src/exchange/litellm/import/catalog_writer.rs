//! The catalog that an import adds to. It adds to the end of files that an import began and of the
//! table of sources, begins new files, and touches no other.

use jiff::civil::Date;

use super::file::{CatalogFiles, facts, statements};
use super::listing::ListingUpdate;
use crate::catalog::{
    Catalog, FORMAT, Field, Listing, SourceKind, Statement, append_block, quoted,
};

/// How every file of an import begins.
const MARK: &str = "# Written by `cogdex import litellm`, which adds to its end.\n";

/// Where the map is published.
pub(super) const ADDRESS: &str =
    "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json";

/// The table of all sources.
const SOURCES: &str = "sources.toml";

/// The table of all editions.
const EDITIONS: &str = "editions.toml";

/// The fields that an import states.
const FIELDS: [Field; 5] =
    [Field::Price, Field::MegapixelPixels, Field::MegapixelRounding, Field::Retires, Field::Claims];

/// A catalog's files with what they say, and the map that is added to them.
pub(super) struct CatalogWriter<'s> {
    pub(super) files: &'s CatalogFiles,
    pub(super) known: &'s Catalog,
    pub(super) source: String,
    pub(super) seen: Date,
}

/// A file with what is new.
pub(super) struct FileEdit {
    pub(super) text: Vec<u8>,
    /// Whether the map states less than before.
    pub(super) is_less: bool,
}

impl CatalogWriter<'_> {
    /// A listing's file with what the map says of it; nothing where it has no news. The error says
    /// why the file is left alone.
    pub(super) fn listing(
        &self,
        path: &str,
        model: &str,
        code: &str,
        said: &ListingUpdate,
    ) -> Result<Option<FileEdit>, String> {
        let is_empty = said.tables.is_empty() && facts(said).is_empty();
        if !self.files.contains_key(path) {
            let head = format!("{MARK}model = {}\nslug = {}\n\n", quoted(model), quoted(code));
            let text = head + &statements(said, &[], &self.source, self.seen);
            return Ok((!is_empty).then(|| FileEdit { text: text.into_bytes(), is_less: false }));
        }
        if !self.is_ours(path) {
            return Err("it was not written by an import".to_owned());
        }
        let mut listings = self.known.listings.values();
        let listing =
            listings.find(|listing| listing.entity.path == path && listing.slug() == code);
        let listing = listing.ok_or_else(|| format!("it is not of `{code}`"))?;
        self.added(listing, said)
    }

    /// The file of a listing that the map has no more; nothing where it is none of an import.
    pub(super) fn vanished(&self, listing: &Listing) -> Result<Option<FileEdit>, String> {
        if !self.is_ours(&listing.entity.path) {
            return Ok(None);
        }
        self.added(listing, &ListingUpdate::default())
    }

    /// A file with the statements of the day at its end; nothing where they stand there already.
    fn added(&self, listing: &Listing, said: &ListingUpdate) -> Result<Option<FileEdit>, String> {
        let gone = self.gone(listing, said);
        let says = !said.tables.is_empty() || !facts(said).is_empty() || !gone.is_empty();
        let block = statements(said, &gone, &self.source, self.seen);
        let of_day = |s: &Statement| s.source == self.source && s.seen == self.seen;
        let text = self.files.get(&listing.entity.path).map(Vec::as_slice).unwrap_or_default();
        if listing.entity.statements.iter().any(of_day) {
            let whole = String::from_utf8_lossy(text);
            let stands = whole.match_indices(&block).any(|(at, _)| {
                let rest = &whole[at + block.len()..];
                rest.is_empty() || rest.starts_with('\n')
            });
            let why = "the map of that day says something else there; is it of another day?";
            return if stands { Ok(None) } else { Err(why.to_owned()) };
        }
        let news = || FileEdit { text: appended(text, &block), is_less: !gone.is_empty() };
        Ok(says.then(news))
    }

    /// The fields that the map stated of a listing on earlier days, and states no more.
    fn gone(&self, listing: &Listing, said: &ListingUpdate) -> Vec<Field> {
        let facts = facts(said);
        let states = |field: &Field| {
            let is_price = *field == Field::Price && !said.tables.is_empty();
            is_price || facts.iter().any(|(stated, _)| stated == field)
        };
        let stood = |field: &Field| {
            let earlier = listing.entity.statements.iter().filter(|statement| {
                statement.source == self.source
                    && statement.seen < self.seen
                    && statement.speaks_of(*field)
            });
            let last = earlier.max_by_key(|statement| statement.seen);
            last.is_some_and(|statement| !statement.withdraws(*field))
        };
        FIELDS.into_iter().filter(|field| stood(field) && !states(field)).collect()
    }

    /// Begins the file of a provider or model, unless there is one.
    pub(super) fn name(&self, files: &mut CatalogFiles, path: String, name: &str) {
        if !self.files.contains_key(&path) {
            let text = || format!("{MARK}name = {}\n", quoted(name)).into_bytes();
            files.entry(path).or_insert_with(text);
        }
    }

    /// The catalog's own tables, where they lack what the files need.
    pub(super) fn tables(&self, files: &mut CatalogFiles) {
        if !self.known.sources.contains_key(&self.source) {
            let block = format!(
                "[{}]\naddress = \"{ADDRESS}\"\ntitle = \"LiteLLM's price map\"\nkind = \"{}\"\n",
                self.source,
                SourceKind::ApiSpec.as_str()
            );
            let text = self.files.get(SOURCES).map(Vec::as_slice).unwrap_or_default();
            files.insert(SOURCES.to_owned(), appended(text, &block));
        }
        if !self.files.contains_key("catalog.toml") {
            files.insert("catalog.toml".to_owned(), format!("format = {FORMAT}\n").into_bytes());
        }
    }

    /// Appends the edition of the catalog with what is new, of the map's day or of the last edition's.
    pub(super) fn edition(&self, files: &mut CatalogFiles, catalog: &Catalog) -> String {
        let last = catalog.editions.last().map_or(self.seen, |last| last.date);
        let (name, block) = catalog.next_edition(last.max(self.seen));
        let text = self.files.get(EDITIONS).map(Vec::as_slice).unwrap_or_default();
        files.insert(EDITIONS.to_owned(), appended(text, &(block + "\n")));
        name
    }

    fn is_ours(&self, path: &str) -> bool {
        self.files.get(path).is_some_and(|text| text.starts_with(MARK.as_bytes()))
    }
}

/// A file with a block at its end, and an empty line before it.
fn appended(text: &[u8], block: &str) -> Vec<u8> {
    let mut file = text.to_vec();
    append_block(&mut file, block);
    file
}
