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

/// Elements whose end may be left out, each with those whose beginning or end is theirs, too.
const OPEN_ENDED: &[(&str, &[&str])] = &[
    ("dd", &["dd", "dt"]),
    ("dt", &["dd", "dt"]),
    ("li", &["li"]),
    ("option", &["option"]),
    ("td", &["td", "th", "tr"]),
    ("th", &["td", "th", "tr"]),
    ("tr", &["tr"]),
];

/// Elements that hold such.
const CONTAINERS: &[&str] = &["dl", "menu", "ol", "select", "table", "ul"];

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
    unseen: Option<Unseen>,
    preformatted: usize,
}

/// An element whose text is not seen.
#[derive(Debug)]
struct Unseen {
    name: String,
    /// How many of its name are open.
    depth: usize,
    /// How many lists and tables are open within it.
    containers: usize,
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

impl Unseen {
    /// Whether a tag ends it; counts what is open within it.
    fn is_ended_by(&mut self, name: &str, opens: bool) -> bool {
        if let Some((_, ends)) = OPEN_ENDED.iter().find(|(element, _)| *element == self.name) {
            let is_container = CONTAINERS.contains(&name);
            let is_over =
                self.containers == 0 && (ends.contains(&name) || (is_container && !opens));
            match opens {
                true if is_container => self.containers += 1,
                false if is_container => self.containers = self.containers.saturating_sub(1),
                _ => {}
            }
            return is_over;
        }
        let is_over = match (self.name.as_str(), opens) {
            ("head", true) => !IN_HEAD.contains(&name),
            // A paragraph ends where the next block begins.
            ("p", true) => BLOCKS.contains(&name) && name != "br",
            _ => false,
        };
        match opens {
            true if self.name == name => self.depth += 1,
            false if self.name == name => self.depth -= 1,
            _ => {}
        }
        is_over || self.depth == 0
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
            self.unseen = hides.then(|| Unseen { name: name.to_owned(), depth: 1, containers: 0 });
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
        if let Some(unseen) = &mut self.unseen
            && unseen.is_ended_by(name, opens)
        {
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
