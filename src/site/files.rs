//! The files of a site, in the order of their paths, each made on its own.

use serde::Serialize;

use crate::catalog::{Catalog, Listing};
use crate::site::assets::{self, Asset};
use crate::site::context::{Settings, SiteContext, SiteError};
use crate::site::data::{self, DataFile};
use crate::site::escape::harmless;
use crate::site::faq::{self, FaqAnswer};
use crate::site::listing::context::ListingContext;
use crate::site::page::{Page, PageForm};
use crate::site::probe_records::ProbeRecords;
use crate::site::server_features::ServerFeatures;
use crate::site::snippets::{self, Snippet};
use crate::site::{changelog, pages, urls};

/// What a file is, for whoever serves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Html,
    Markdown,
    Json,
    Xml,
    Text,
    Css,
    JavaScript,
    Svg,
    Png,
}

impl FileKind {
    /// The media type, with the character set.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
            Self::Xml => "application/xml; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
            Self::Css => "text/css; charset=utf-8",
            Self::JavaScript => "text/javascript; charset=utf-8",
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
        }
    }

    fn from_path(path: &str) -> Self {
        match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "html" => Self::Html,
            "md" => Self::Markdown,
            "json" => Self::Json,
            "xml" => Self::Xml,
            "css" => Self::Css,
            "js" => Self::JavaScript,
            "svg" => Self::Svg,
            "png" => Self::Png,
            _ => Self::Text,
        }
    }
}

/// A file that can be made.
#[derive(Debug)]
pub struct SiteFile<'c> {
    pub path: String,
    pub kind: FileKind,
    what: FileContent<'c>,
}

#[derive(Debug)]
enum FileContent<'c> {
    Page(Page<'c>, PageForm),
    Asset(&'static Asset),
    Document(DataFile<'c>),
}

/// A site that can be made.
#[derive(Debug)]
pub struct Site<'c> {
    pub(crate) context: SiteContext<'c>,
}

impl<'c> Site<'c> {
    /// Works out what all pages share.
    pub fn new(catalog: &'c Catalog, records: &'c ProbeRecords, settings: Settings) -> Self {
        Self::with_features(catalog, records, settings, &ServerFeatures::default())
    }

    /// The same site with what a server adds.
    pub fn with_features(
        catalog: &'c Catalog,
        records: &'c ProbeRecords,
        settings: Settings,
        features: &ServerFeatures,
    ) -> Self {
        Self { context: SiteContext::new(catalog, records, settings, features.clone()) }
    }

    /// Code that calls a listing's endpoint; none where no contract is known.
    pub fn snippets(&self, listing: &'c Listing) -> Vec<Snippet> {
        snippets::snippets(&self.context, listing)
    }

    /// The questions about a listing that its facts can answer.
    pub fn answers(&self, listing: &'c Listing) -> Vec<FaqAnswer> {
        faq::answers(&ListingContext::new(&self.context, listing))
    }

    /// The document of `api/v1/changes.json`: every statement over time.
    pub fn changes_document(&self) -> impl Serialize {
        changelog::document(&self.context)
    }

    /// Every file, in the order of the paths; none is made yet.
    pub fn files(&self) -> Vec<SiteFile<'c>> {
        let mut files = Vec::new();
        let mut add = |path: String, what| {
            files.push(SiteFile { kind: FileKind::from_path(&path), path, what });
        };
        for page in Page::all(&self.context) {
            let href = page.href();
            if let Page::NotFound = page {
                add("404.html".to_owned(), FileContent::Page(page, PageForm::Html));
                continue;
            }
            add(urls::file(&href, "index.md"), FileContent::Page(page, PageForm::Markdown));
            add(urls::file(&href, "index.html"), FileContent::Page(page, PageForm::Html));
        }
        for document in DataFile::all(&self.context) {
            add(urls::file(&document.href(), ""), FileContent::Document(document));
        }
        if self.context.features.console.is_some() {
            add("console/index.html".to_owned(), FileContent::Page(Page::Console, PageForm::Html));
        }
        for asset in assets::all().into_iter().chain(self.context.features.assets()) {
            add(asset.path.clone(), FileContent::Asset(asset));
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }

    /// Makes a file.
    pub fn render(&self, file: &SiteFile<'c>) -> Result<Vec<u8>, SiteError> {
        Ok(self.render_all(std::slice::from_ref(file))?.swap_remove(0))
    }

    /// Makes some files, in their order: those of one page, or any one.
    pub(crate) fn render_all(&self, files: &[SiteFile<'c>]) -> Result<Vec<Vec<u8>>, SiteError> {
        let mut made = Vec::new();
        for twins in files.chunk_by(SiteFile::is_twin) {
            match &twins[0].what {
                FileContent::Asset(asset) => made.push(asset.bytes.clone()),
                FileContent::Document(document) => {
                    made.push(data::render(&self.context, *document)?);
                }
                FileContent::Page(page, _) => {
                    let forms: Vec<_> = twins.iter().filter_map(SiteFile::form).collect();
                    let texts = pages::render(&self.context, *page, &forms);
                    let fail = |source| SiteError::Render { path: twins[0].path.clone(), source };
                    let texts = texts.map_err(fail)?.into_iter();
                    made.extend(texts.map(|text| harmless(text).into_bytes()));
                }
            }
        }
        Ok(made)
    }
}

impl SiteFile<'_> {
    /// Whether two files are forms of one page.
    pub(crate) fn is_twin(&self, other: &Self) -> bool {
        let (FileContent::Page(page, form), FileContent::Page(theirs, other)) =
            (&self.what, &other.what)
        else {
            return false;
        };
        form != other && page.href() == theirs.href()
    }

    fn form(&self) -> Option<PageForm> {
        if let FileContent::Page(_, form) = self.what { Some(form) } else { None }
    }
}
