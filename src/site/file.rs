//! The files of a site, in the order of their paths, each made on its own.

use super::assets::{self, Asset};
use super::escape::harmless;
use super::machine::{self, Document};
use super::pages::{self, Form, Page};
use super::{Site, SiteError, address};

/// What a file is, for whoever serves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page.
    Html,
    /// The twin of a page.
    Markdown,
    /// Data for programs.
    Json,
    /// A feed or a sitemap.
    Xml,
    /// Plain text.
    Text,
    /// A style sheet.
    Css,
    /// A script.
    JavaScript,
    /// A picture.
    Svg,
}

impl Kind {
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
        }
    }

    fn of(path: &str) -> Self {
        match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "html" => Self::Html,
            "md" => Self::Markdown,
            "json" => Self::Json,
            "xml" => Self::Xml,
            "css" => Self::Css,
            "js" => Self::JavaScript,
            "svg" => Self::Svg,
            _ => Self::Text,
        }
    }
}

/// A file that can be made.
#[derive(Debug)]
pub struct File<'c> {
    /// Its path, without a slash in front.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    what: What<'c>,
}

#[derive(Debug)]
enum What<'c> {
    Page(Page<'c>, Form),
    Asset(&'static Asset),
    Document(Document<'c>),
}

impl<'c> Site<'c> {
    /// Every file, in the order of the paths; none is made yet.
    pub fn files(&self) -> Vec<File<'c>> {
        let mut files = Vec::new();
        let mut add = |path: String, what| files.push(File { kind: Kind::of(&path), path, what });
        for page in Page::all(self) {
            let href = page.href();
            if let Page::NotFound = page {
                add("404.html".to_owned(), What::Page(page, Form::Html));
                continue;
            }
            add(address::file(&href, "index.md"), What::Page(page, Form::Markdown));
            add(address::file(&href, "index.html"), What::Page(page, Form::Html));
        }
        for document in Document::all(self) {
            add(address::file(&document.href(), ""), What::Document(document));
        }
        if self.offers.console.is_some() {
            add("console/index.html".to_owned(), What::Page(Page::Console, Form::Html));
        }
        for asset in assets::all().iter().chain(self.offers.assets()) {
            add(asset.path.clone(), What::Asset(asset));
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }

    /// Makes a file.
    pub fn render(&self, file: &File<'c>) -> Result<Vec<u8>, SiteError> {
        Ok(self.render_all(std::slice::from_ref(file))?.swap_remove(0))
    }

    /// Makes some files, in their order: those of one page, or any one.
    pub(crate) fn render_all(&self, files: &[File<'c>]) -> Result<Vec<Vec<u8>>, SiteError> {
        let mut made = Vec::new();
        for twins in files.chunk_by(File::is_twin) {
            match &twins[0].what {
                What::Asset(asset) => made.push(asset.bytes.clone()),
                What::Document(document) => made.push(machine::render(self, *document)?),
                What::Page(page, _) => {
                    let forms: Vec<_> = twins.iter().filter_map(File::form).collect();
                    let texts = pages::render(self, *page, &forms);
                    let fail = |source| SiteError::Render { path: twins[0].path.clone(), source };
                    let texts = texts.map_err(fail)?.into_iter();
                    made.extend(texts.map(|text| harmless(text).into_bytes()));
                }
            }
        }
        Ok(made)
    }
}

impl File<'_> {
    /// Whether two files are forms of one page.
    pub(crate) fn is_twin(&self, other: &Self) -> bool {
        let (What::Page(page, form), What::Page(theirs, other)) = (&self.what, &other.what) else {
            return false;
        };
        form != other && page.href() == theirs.href()
    }

    fn form(&self) -> Option<Form> {
        if let What::Page(_, form) = self.what { Some(form) } else { None }
    }
}
