//! The text of an HTML page as a reader sees it: one line a block, without scripts, styles, what
//! is hidden, and what is struck out.
//!
//! Tokens are enough for that, and no tree is built: what is nested without end would take a tree
//! builder hours.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// Elements that begin and end a line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
];

/// Elements that stand apart within a line.
const CELLS: &[&str] = &["button", "label", "legend", "option", "select", "td", "th"];

/// Elements of which a reader sees nothing; what is struck out is no longer said.
const UNSEEN: &[&str] = &[
    "audio", "canvas", "datalist", "del", "head", "iframe", "math", "noembed", "noframes",
    "noscript", "object", "s", "script", "strike", "style", "svg", "template", "textarea", "title",
    "video",
];

/// Elements that have no end.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// What a head holds; anything else ends it.
const IN_HEAD: &[&str] =
    &["base", "link", "meta", "noscript", "script", "style", "template", "title"];

/// The text of a page.
pub(super) fn text(page: &str) -> String {
    let sink = TextSink(RefCell::default());
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(page));
    // Nothing is asked of a sink that runs no scripts: each feed goes on where the last ended.
    while !input.is_empty() {
        let _result = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.0.into_inner().text
}

/// What was seen of a page so far.
#[derive(Debug, Default)]
struct Seen {
    text: String,
    /// The element whose text is not seen, and how many of its name are open.
    unseen: Option<(String, usize)>,
    preformatted: usize,
}

struct TextSink(RefCell<Seen>);

impl TokenSink for TextSink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut seen = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => return seen.tag(&tag),
            Token::CharacterTokens(words) if seen.unseen.is_none() => seen.push(&words),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Seen {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let opens = tag.kind == TagKind::StartTag;
        self.end_unseen(name, opens);
        if self.unseen.is_none() {
            self.lay_out(name, opens);
            let hides = opens && !VOID.contains(&name) && is_unseen(tag);
            self.unseen = hides.then(|| (name.to_owned(), 1));
        }
        match name {
            _ if !opens => TokenSinkResult::Continue,
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "iframe" | "noembed" | "noframes" | "noscript" | "xmp" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }

    /// Ends what is not seen where a tag does so.
    fn end_unseen(&mut self, name: &str, opens: bool) {
        let Some((hidden, depth)) = &mut self.unseen else { return };
        let is_same = hidden == name;
        let is_over = match (hidden.as_str(), opens) {
            ("head", true) => !IN_HEAD.contains(&name),
            // A paragraph ends where the next block begins.
            ("p", true) => BLOCKS.contains(&name) && name != "br",
            _ => false,
        };
        match opens {
            true if is_same => *depth += 1,
            false if is_same => *depth -= 1,
            _ => {}
        }
        if is_over || *depth == 0 {
            self.unseen = None;
        }
    }

    fn lay_out(&mut self, name: &str, opens: bool) {
        if name == "pre" {
            let less = self.preformatted.saturating_sub(1);
            self.preformatted = if opens { self.preformatted + 1 } else { less };
        }
        if BLOCKS.contains(&name) {
            if !self.text.is_empty() && !self.text.ends_with('\n') {
                self.text.push('\n');
            }
        } else if CELLS.contains(&name) && !self.text.ends_with(['\n', '\t', ' ']) {
            self.text.push('\t');
        }
    }

    /// Adds words; outside of `pre`, a line break in them is a blank like any other.
    fn push(&mut self, words: &str) {
        if self.preformatted > 0 {
            return self.text.push_str(words);
        }
        for c in words.chars() {
            if !matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{c}') {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n', '\t']) {
                self.text.push(' ');
            }
        }
    }
}

fn is_unseen(tag: &Tag) -> bool {
    let attribute = |name: &str| {
        let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
        found.map(|attribute| &*attribute.value)
    };
    if (UNSEEN.contains(&&*tag.name) && !tag.self_closing) || attribute("hidden").is_some() {
        return true;
    }
    let style = attribute("style").unwrap_or_default();
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    let style = style.to_ascii_lowercase();
    ["display:none", "visibility:hidden"].iter().any(|hides| style.contains(hides))
}
