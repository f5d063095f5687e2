//! The text of a Markdown page. Its marks stay, save those that no reader sees: elements,
//! entities, comments, and what is struck out.

use std::borrow::Cow;

use super::html;

/// The text of a page.
pub(super) fn text(page: &str) -> String {
    let page = without_comments(page);
    let mut text = String::with_capacity(page.len());
    for line in page.lines() {
        let line = without_struck(line);
        // A parser is only asked where there is something to parse, and line by line: an element
        // that is only spoken of never ends, and would swallow the rest of the page.
        if line.contains(['<', '&']) {
            text.push_str(&html::text(&line).trim_end_matches('\n').replace('\n', "\t"));
        } else {
            text.push_str(&line);
        }
        text.push('\n');
    }
    text
}

fn without_comments(page: &str) -> Cow<'_, str> {
    if !page.contains("<!--") {
        return Cow::Borrowed(page);
    }
    let (mut text, mut rest) = (String::new(), page);
    while let Some((before, comment)) = rest.split_once("<!--") {
        text.push_str(before);
        // A comment without an end is text that speaks of comments.
        let Some((_, after)) = comment.split_once("-->") else {
            text.push_str("<!--");
            rest = comment;
            break;
        };
        rest = after;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// A line without `~~struck~~` words.
fn without_struck(line: &str) -> Cow<'_, str> {
    let parts: Vec<_> = line.split("~~").collect();
    if parts.len() < 3 {
        return Cow::Borrowed(line);
    }
    let mut kept: Vec<_> = parts.iter().step_by(2).copied().collect();
    if parts.len() % 2 == 0 {
        kept.push(parts[parts.len() - 1]);
    }
    Cow::Owned(kept.concat())
}
