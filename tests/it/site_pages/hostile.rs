//! Catalog text that would like to be more than text stays text on every page and in the feed.

use cogdex::catalog::Catalog;
use cogdex::site::FileKind;
use pulldown_cmark::{Event, Parser, Tag};

use super::{has, texts};
use crate::support::catalog;

/// Text that would like to be more than text.
const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=y>\\\" ' ]] [go](javascript:alert(1)) | `x` \u{202e}\u{2066} # ]]> &amp;";

fn hostile() -> Catalog {
    let sources = format!(
        "[page]\naddress = \"https://example.com/{HOSTILE}\"\ntitle = \"{HOSTILE}\"\nkind = \"page\"\n\
         [other]\naddress = \"https://example.com/o\"\ntitle = \"# {HOSTILE}\"\nkind = \"page\"\n"
    );
    let statement = |source: &str, end: &str| {
        format!(
            "[[statement]]\nsource = \"{source}\"\nat = \"{HOSTILE}\"\nseen = 2026-11-20\nlicence = \"{HOSTILE}{end}\"\n\
             claims = {{ c = \"{HOSTILE}{end}\" }}\nbenchmarks = {{ b = \"1\" }}\nbenchmark-peers = {{ p = \"2\" }}\n"
        )
    };
    let model = format!(
        "name = \"{HOSTILE}\"\nfamily = \"cogview-4\"\nnote = \"{HOSTILE}\"\n{}{}",
        statement("page", "1"),
        statement("other", "2")
    );
    let provider = format!(
        "name = \"{HOSTILE}\"\nnote = \"{HOSTILE}\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-01\n\
         key-prefix = \"older\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nkey-prefix = \"{HOSTILE}\"\n\
         price = \"0.01 USD / image\"\n"
    );
    let endpoint = format!(
        "name = \"{HOSTILE}\"\nnote = \"{HOSTILE}\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\ncheapest-model = \"{HOSTILE}\"\n\
         [[clause]]\nid = \"call.create\"\nsource = \"page\"\nat = \"{HOSTILE}\"\nseen = 2026-11-20\nnote = \"{HOSTILE}\"\n\
         call = {{ name = \"create\", method = \"POST\", url = \"https://example.com/{HOSTILE}\", billable = true }}\n\
         [[clause]]\nid = \"unknown.x\"\nsource = \"page\"\nseen = 2026-11-20\nunknown = {{ what = \"{HOSTILE}\" }}\n"
    );
    let listing = |slug: &str| format!("model = \"m\"\nendpoint = \"p/e\"\nslug = \"{slug}\"\n");
    catalog(&[
        ("sources.toml", &sources),
        ("models/m.toml", &model),
        ("providers/p.toml", &provider),
        ("endpoints/p/e.toml", &endpoint),
        ("listings/p/l.toml", &listing("one")),
        ("listings/p/k.toml", &listing("two")),
    ])
}

#[test]
fn hostile_text_stays_text_in_html_markdown_feed_and_drawing() {
    let texts = texts(&hostile());
    assert!(texts.iter().any(|(path, ..)| path.starts_with("compare/")));
    for (path, kind, text) in &texts {
        assert!(!text.contains(['\u{202e}', '\u{2066}']), "{path} turns the direction");
        match kind {
            FileKind::Markdown => {
                for event in Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES) {
                    match event {
                        Event::Html(html) | Event::InlineHtml(html) => panic!("{path}: {html}"),
                        Event::Start(Tag::Link { dest_url, .. }) => {
                            let own = dest_url.starts_with('/') || dest_url.starts_with("https://");
                            assert!(own, "{path}: {dest_url}");
                        }
                        _ => {}
                    }
                }
            }
            _ => {
                for bad in ["<script>alert", "<img", "href=\"javascript", "onerror=y\"", "]]>"] {
                    assert!(!text.contains(bad), "{path} has {bad}");
                }
            }
        }
    }
    let of = |wanted: &str| &texts.iter().find(|(path, ..)| path == wanted).unwrap().2;
    has(of("models/m/index.html"), &["<svg", "&#60;script&#62;alert(1)"]);
    has(of("changes.xml"), &["&#60;script&#62;alert(1)"]);
    has(of("sources/index.html"), &["&#60;img src=x"]);
}
