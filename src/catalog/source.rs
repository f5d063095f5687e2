//! Documents that were read, exchange rates, makers, editions and the site's name: the catalog's
//! small tables.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::price::{Currency, amount_of};
use super::statement::Position;

/// What kind of document a source is, which decides what it can settle.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum SourceKind {
    /// A page, article or readme.
    Page,
    /// A machine-readable description, or code.
    ApiSpec,
    /// A bill; settles a price.
    Invoice,
    /// A probe's run; settles what can be observed.
    Probe,
}

impl SourceKind {
    /// The word in `sources.toml`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A document that was read.
#[derive(Debug, Clone)]
pub struct Source {
    pub id: String,
    pub address: String,
    /// Its title, in our words.
    pub title: String,
    pub kind: SourceKind,
    /// Where its text is read, if that is another address.
    pub read_at: Option<String>,
    /// Whether only a browser sees its text.
    pub browser: bool,
    pub position: Position,
}

impl Source {
    /// Where its text is read.
    pub fn address_read(&self) -> &str {
        self.read_at.as_deref().unwrap_or(&self.address)
    }
}

/// An exchange rate of a day, as its source states it: `1 USD = 7.0197 CNY`.
#[derive(Debug, Clone)]
pub struct Rate {
    /// What one of is worth so much.
    pub one: Currency,
    pub value: Decimal,
    pub of: Currency,
    pub date: Date,
    pub source: String,
    /// Whether a central bank or its agent published it.
    pub official: bool,
    /// The figure with its label, as the source prints it.
    pub excerpt: Option<String>,
    pub position: Position,
}

impl Rate {
    /// Reads `1 USD = 7.0197 CNY`.
    pub(crate) fn parse(text: &str) -> Result<(Currency, Decimal, Currency), String> {
        let form = || format!("`{text}` is not a rate such as \"1 USD = 7.0197 CNY\"");
        let (left, right) = text.split_once(" = ").ok_or_else(form)?;
        let (one, from) = amount_of(left).map_err(|why| format!("{}: {why}", form()))?;
        let (value, to) = amount_of(right).map_err(|why| format!("{}: {why}", form()))?;
        let money = from != Currency::Credits && to != Currency::Credits && from != to;
        if one != Decimal::ONE || value.is_zero() || !money {
            return Err(form());
        }
        Ok((from, value, to))
    }
}

/// Who trains models, and how sellers spell the name.
#[derive(Debug, Clone)]
pub struct Maker {
    pub id: String,
    pub name: String,
    pub aliases: Vec<String>,
}

/// A published state of the catalog.
#[derive(Debug, Clone)]
pub struct Edition {
    pub name: String,
    pub date: Date,
    /// The digest of the data, in lower-case hex.
    pub digest: String,
    pub position: Position,
}

/// How the site calls itself, and where it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteName {
    pub title: String,
    /// Scheme, host and perhaps a path, without a slash at the end.
    pub base: String,
    /// The colour of links and bars: `#14595b`.
    pub accent: Option<String>,
    /// A picture within the site: `/logo.svg`.
    pub logo: Option<String>,
    /// A style sheet within the site that comes after its own: `/own.css`.
    pub stylesheet: Option<String>,
    /// Where the files of the catalog can be seen: `https://git.example/catalog/blob/main`.
    pub repository: Option<String>,
    /// Links for the foot of each page, each with its words, in their order.
    pub links: Vec<(String, String)>,
}

impl Default for SiteName {
    /// A name for catalogs without `site.toml`, at an address that is nobody's.
    fn default() -> Self {
        Self {
            title: "cogdex".to_owned(),
            base: "https://cogdex.example".to_owned(),
            accent: None,
            logo: None,
            stylesheet: None,
            repository: None,
            links: Vec::new(),
        }
    }
}
