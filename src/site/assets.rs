//! Style, script and icon: built in, and named by what is in them, so that they can be kept for
//! ever. Nothing is loaded from elsewhere.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::catalog::hex;

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
        Self::from_bytes(stem, ending, parts.concat().into_bytes())
    }

    fn from_bytes(stem: &str, ending: &str, bytes: Vec<u8>) -> Self {
        let digest = hex(&Sha256::digest(&bytes)[..6]);
        Self { path: format!("static/{stem}-{digest}.{ending}"), bytes }
    }
}

/// The style sheet.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "site",
        "css",
        &[
            include_str!("../../templates/static/style/base.css"),
            include_str!("../../templates/static/style/parts.css"),
            include_str!("../../templates/static/style/home.css"),
            include_str!("../../templates/static/style/listing.css"),
            include_str!("../../templates/static/style/pages.css"),
            include_str!("../../templates/static/style/console.css"),
            include_str!("../../templates/static/style/print.css"),
        ],
    )
});

/// The script of every page.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "site",
        "js",
        &[
            include_str!("../../templates/static/script/base.js"),
            include_str!("../../templates/static/script/decimal.js"),
            include_str!("../../templates/static/script/quote.js"),
            include_str!("../../templates/static/script/read.js"),
            include_str!("../../templates/static/script/ranges.js"),
            include_str!("../../templates/static/script/home.js"),
        ],
    )
});

/// The icon.
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", &[include_str!("../../templates/static/icon.svg")]));

/// The picture that other sites show beside a link to a page, of 1200 by 630 pixels.
pub(crate) static PICTURE: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../templates/static/social.png");
    Asset::from_bytes("social", "png", bytes.to_vec())
});

/// The script that looks whether a page is still what is served; only a server has it.
pub(crate) static LIVE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("live", "js", &[include_str!("../../templates/static/script/live.js")])
});

/// The script of the console; only a server has it.
pub(crate) static CONSOLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("console", "js", &[include_str!("../../templates/static/script/console.js")])
});

/// The assets that every site has.
pub(crate) fn all() -> [&'static Asset; 4] {
    [&STYLE, &SCRIPT, &ICON, &PICTURE]
}
