//! Markdown: rows stay rows, and no text links or calls anybody.

use cogdex::contract::Verdict;
use cogdex::probe::markdown;

use super::{hostile_reports, report, row};

/// The rows of all tables as a reader sees them; fails on any markup within.
fn tables(text: &str) -> Vec<Vec<String>> {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => rows.last_mut().unwrap().push(String::new()),
            Event::Text(text) => {
                if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                    cell.push_str(&text);
                }
            }
            // Drawn as nothing: it parts a name from its `@`.
            Event::InlineHtml(html) => assert_eq!(&*html, "<!-- -->"),
            Event::End(TagEnd::Table) => rows.push(vec![String::new()]),
            Event::Start(
                Tag::Table(_) | Tag::Heading { .. } | Tag::Paragraph | Tag::List(_) | Tag::Item,
            )
            | Event::End(_) => {}
            other => panic!("a text became markup: {other:?} in {text:.400}"),
        }
    }
    rows.retain(|row| row.len() > 1);
    rows
}

#[test]
fn markdown_keeps_its_rows_and_shows_texts_as_they_are() {
    for (text, reports) in hostile_reports() {
        let rows = tables(&markdown(&reports));
        // Of both listings a head, three causes, and what was skipped; what holds has a row each.
        assert_eq!(rows.len(), 2 * (1 + 3 + 1) + 3, "{text:.40?}");
        let shown = cogdex::probe::clean(&text, 1000);
        for row in &rows {
            assert_eq!(row.len(), 5, "{text:.40?}");
        }
        let start: String = shown.trim().chars().take(100).collect();
        for row in &rows[1..=3] {
            // Two checks hang on a cause; a table trims its cells.
            assert_eq!(&*row[2], shown.trim());
            assert!(row[3].starts_with(start.trim()), "{row:?}");
        }
        for row in &rows[4..=5] {
            assert_eq!((&*row[2], &*row[3]), (shown.trim(), shown.trim()));
        }
    }
}

#[test]
fn markdown_neither_links_nor_calls_anybody() {
    let text = "@someone https://example.com www.example.com WWW.example.com";
    let written = markdown(&[report("p/l", vec![row("c", Verdict::Broken, text)], &[text])]);
    for live in ["@s", "://", "www.", "WWW."] {
        assert!(!written.replace("\\:", "").contains(live), "{live} in {written}");
    }
}
