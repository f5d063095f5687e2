//! Style, script and icon: built in, and named by what is in them, so that they can be kept for
//! ever. Nothing is loaded from elsewhere.

use std::fmt::Write;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// A file that pages refer to.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

impl Asset {
    /// Its address within the site.
    pub(crate) fn href(&self) -> String {
        format!("/{}", self.path)
    }

    /// One file of several parts, named like `static/site-0123456789ab.css`.
    fn new(stem: &str, ending: &str, parts: &[&str]) -> Self {
        let bytes = parts.concat().into_bytes();
        let digest = Sha256::digest(&bytes);
        let hex = digest.iter().take(6).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { path: format!("static/{stem}-{hex}.{ending}"), bytes }
    }
}

const STYLE: &[&str] = &[
    include_str!("../../templates/static/style/base.css"),
    include_str!("../../templates/static/style/parts.css"),
    include_str!("../../templates/static/style/home.css"),
    include_str!("../../templates/static/style/listing.css"),
    include_str!("../../templates/static/style/pages.css"),
    include_str!("../../templates/static/style/console.css"),
    include_str!("../../templates/static/style/print.css"),
];

const SCRIPT: &[&str] = &[
    include_str!("../../templates/static/script/base.js"),
    include_str!("../../templates/static/script/decimal.js"),
    include_str!("../../templates/static/script/home.js"),
];

const ICON: &[&str] = &[include_str!("../../templates/static/icon.svg")];

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        Asset::new("site", "css", STYLE),
        Asset::new("site", "js", SCRIPT),
        Asset::new("icon", "svg", ICON),
    ]
});

const LIVE: &[&str] = &[include_str!("../../templates/static/script/live.js")];

const CONSOLE: &[&str] = &[include_str!("../../templates/static/script/console.js")];

/// What only a server's pages load.
static SERVED: LazyLock<[Asset; 2]> =
    LazyLock::new(|| [Asset::new("live", "js", LIVE), Asset::new("console", "js", CONSOLE)]);

/// The script that looks whether a page is still what is served.
pub(crate) fn live() -> &'static Asset {
    &SERVED[0]
}

/// The script of the console.
pub(crate) fn console() -> &'static Asset {
    &SERVED[1]
}

/// Every asset.
pub(crate) fn all() -> &'static [Asset] {
    &*ASSETS
}

/// The style sheet.
pub(crate) fn style() -> &'static Asset {
    &ASSETS[0]
}

/// The script.
pub(crate) fn script() -> &'static Asset {
    &ASSETS[1]
}

/// The icon.
pub(crate) fn icon() -> &'static Asset {
    &ASSETS[2]
}
