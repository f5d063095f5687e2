//! Reads the catalog's small tables: sources, rates, makers, editions and the site's name.

use jiff::civil::Date;
use strum::VariantNames;
use toml::de::DeTable;

use crate::catalog::price::Currency;
use crate::catalog::source::{Edition, Maker, Rate, SiteName, Source, SourceKind};
use crate::catalog::toml_file::{TomlFile, TomlItem};

/// The entries of the one array of tables that a file holds.
pub(super) fn list<'i, T>(
    document: &mut TomlFile<'i>,
    table: &DeTable<'i>,
    name: &str,
    read: fn(&mut TomlFile<'i>, &TomlItem<'i>) -> Option<T>,
) -> Vec<T> {
    let mut entries = Vec::new();
    for (key, item) in table {
        if key.get_ref() == name {
            let items = document.array(name, item).unwrap_or_default();
            entries.extend(items.iter().filter_map(|item| read(document, item)));
        } else {
            document.unknown_key(key, [name].into_iter());
        }
    }
    entries
}

fn date<'i>(document: &mut TomlFile<'i>, table: &DeTable<'i>) -> Option<Date> {
    document.date("date", table.get("date")?)
}

pub(super) fn sources<'i>(document: &mut TomlFile<'i>, table: &DeTable<'i>) -> Vec<Source> {
    let mut sources = Vec::new();
    for (id, item) in table {
        // With a fault it is defined all the same, so that nobody who cites it is blamed as well.
        let mut source = Source {
            id: id.get_ref().to_string(),
            address: String::new(),
            title: String::new(),
            kind: SourceKind::Page,
            read_at: None,
            browser: false,
            position: document.position(id.span().start),
        };
        if let Some(table) = document.strict_table(
            &source.id,
            item,
            &["address", "title", "kind"],
            &["read-at", "browser"],
        ) {
            source.address = table
                .get("address")
                .and_then(|item| document.address("address", item))
                .unwrap_or_default();
            source.title = document.text_of(table, "title").unwrap_or_default();
            source.read_at =
                table.get("read-at").and_then(|item| document.address("read-at", item));
            let browser = table.get("browser").and_then(|item| document.flag("browser", item));
            source.browser = browser.unwrap_or_default();
            if let Some(kind) = table.get("kind").and_then(|item| kind(document, item)) {
                source.kind = kind;
            }
        }
        sources.push(source);
    }
    sources
}

fn kind<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<SourceKind> {
    let word = document.text("kind", item)?;
    let why = |_| format!("`{word}` is none of: {}", SourceKind::VARIANTS.join(", "));
    document.checked(item, word.parse().map_err(why))
}

pub(super) fn makers<'i>(document: &mut TomlFile<'i>, table: &DeTable<'i>) -> Vec<Maker> {
    let mut makers = Vec::new();
    for (id, item) in table {
        let id = id.get_ref();
        let mut maker = Maker { id: id.to_string(), name: String::new(), aliases: Vec::new() };
        if let Some(table) = document.strict_table(id, item, &["name", "aliases"], &[]) {
            maker.name = document.text_of(table, "name").unwrap_or_default();
            let aliases = table.get("aliases").and_then(|aliases| {
                document.each("aliases", aliases, |document, item| {
                    Some(document.text("aliases", item)?.into_owned())
                })
            });
            maker.aliases = aliases.unwrap_or_default();
        }
        makers.push(maker);
    }
    makers
}

pub(super) fn rate<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Rate> {
    let keys = ["rate", "date", "source", "official"];
    let table = document.strict_table("rate", item, &keys, &["excerpt"])?;
    let equation = document.text_of(table, "rate");
    let equation = equation
        .zip(table.get("rate"))
        .and_then(|(equation, item)| document.checked(item, Rate::parse(&equation)));
    let date = date(document, table);
    let source = document.text_of(table, "source");
    let official = table.get("official").and_then(|item| document.flag("official", item));
    let (one, value, of) = equation?;
    debug_assert_ne!(one, Currency::Credits);
    Some(Rate {
        one,
        value,
        of,
        date: date?,
        source: source?,
        official: official?,
        excerpt: document.text_of(table, "excerpt"),
        position: document.position(item.span().start),
    })
}

pub(super) fn edition<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Edition> {
    let table = document.strict_table("edition", item, &["name", "date", "digest"], &[])?;
    let name = document.text_of(table, "name");
    let (date, digest) = (date(document, table), document.text_of(table, "digest"));
    Some(Edition {
        name: name?,
        date: date?,
        digest: digest?,
        position: document.position(item.span().start),
    })
}

/// The keys of `site.toml`.
const SITE_KEYS: [&str; 7] =
    ["title", "base", "accent", "logo", "stylesheet", "repository", "links"];

pub(super) fn site<'i>(document: &mut TomlFile<'i>, table: &DeTable<'i>) -> SiteName {
    let mut site = SiteName::default();
    for (key, item) in table {
        match key.get_ref().as_ref() {
            "title" => site.title = document.text("title", item).unwrap_or_default().into_owned(),
            "base" => {
                if let Some(base) = document.address("base", item) {
                    base.trim_end_matches('/').clone_into(&mut site.base);
                }
            }
            "accent" => site.accent = accent(document, item),
            "logo" => site.logo = path_within(document, "logo", item),
            "stylesheet" => site.stylesheet = path_within(document, "stylesheet", item),
            "repository" => {
                let address = document.address("repository", item);
                site.repository = address.map(|it| it.trim_end_matches('/').to_owned());
            }
            "links" => {
                let items = document.array("links", item).unwrap_or_default();
                site.links.extend(items.iter().filter_map(|item| {
                    let table = document.strict_table("links", item, &["label", "href"], &[])?;
                    let label = document.text_of(table, "label")?;
                    Some((label, document.address("href", table.get("href")?)?))
                }));
            }
            _ => document.unknown_key(key, SITE_KEYS.into_iter()),
        }
    }
    site
}

/// A path from the root of the site, on the site's own host: pages load nothing from elsewhere.
fn path_within<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<String> {
    let path = document.text(key, item)?;
    let within = path.starts_with('/') && !path.starts_with("//");
    let why = || format!("`{key}` is a path within the site such as \"/{key}\"");
    document.checked(item, within.then(|| path.into_owned()).ok_or_else(why))
}

fn accent<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<String> {
    let colour = document.text("accent", item)?;
    let digits = colour.strip_prefix('#').unwrap_or_default();
    let is_colour = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let why = || format!("`{colour}` is not a colour such as \"#14595b\"");
    document.checked(item, is_colour.then(|| colour.to_string()).ok_or_else(why))
}
