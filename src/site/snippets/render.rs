//! A recipe written down: one template for each language, filled with literals of that language.

use askama::Template;
use serde_json::Value;

use crate::site::snippets::accessors::accessor;
use crate::site::snippets::call_plan::{AnswerPath, CallPlan, SnippetHeader, TaskCall};
use crate::site::snippets::literals::{Language, beside};

/// Ready words for the templates; what is not needed is empty.
#[derive(Debug)]
struct SnippetText {
    variable: String,
    key: String,
    base: String,
    /// The header's name and what stands before the key in it, as literals; for the shell the
    /// whole header.
    header: String,
    before_key: String,
    create: String,
    body: String,
    id: String,
    poll: String,
    poll_method: String,
    result: String,
    result_method: String,
    state: String,
    done: String,
    failed: String,
    link: String,
    inline: String,
    is_anywhere: bool,
    /// Whether the first answer may hold the image in the place of a task.
    is_either: bool,
    looks: bool,
    file: String,
}

macro_rules! languages {
    ($($name:ident $path:literal)*) => {
        $(
            #[derive(Template)]
            #[template(path = $path, escape = "none")]
            struct $name<'w> {
                w: &'w SnippetText,
            }
        )*

        fn print(language: Language, w: &SnippetText) -> askama::Result<String> {
            match language {
                $(Language::$name => $name { w }.render(),)*
            }
        }
    };
}

languages! {
    Shell "snippets/call.sh"
    Python "snippets/call.py"
    JavaScript "snippets/call.mjs"
    Java "snippets/Draw.java"
    Rust "snippets/main.rs"
}

#[derive(Template)]
#[template(path = "snippets/first.sh", escape = "none")]
struct FirstCall<'w> {
    w: &'w SnippetText,
}

/// The first call alone, for a shell; empty where it can't be printed.
pub(crate) fn first_call(recipe: &CallPlan) -> String {
    FirstCall { w: &SnippetText::new(recipe, Language::Shell) }.render().unwrap_or_default()
}

/// The whole program; empty where it can't be printed.
pub(crate) fn written(recipe: &CallPlan, language: Language) -> String {
    let words = SnippetText::new(recipe, language);
    let code = print(language, &words).unwrap_or_default();
    let lines = code.lines().map(str::trim_end);
    // A shell's literal may span lines, and blanks at their ends are its own.
    if language == Language::Shell {
        code.clone()
    } else {
        lines.collect::<Vec<_>>().join("\n") + "\n"
    }
}

impl SnippetText {
    fn has_task(&self) -> bool {
        !self.poll.is_empty()
    }

    /// Whether links are looked for wherever they may stand.
    fn finds_links(&self) -> bool {
        self.is_anywhere || self.is_either
    }

    fn has_result(&self) -> bool {
        !self.result.is_empty()
    }

    fn new(recipe: &CallPlan, language: Language) -> Self {
        // As deep as the line in which the template puts the body.
        let indent = if matches!(language, Language::Java | Language::Rust) { 8 } else { 0 };
        let is_shell = language == Language::Shell;
        let reads = |places: &[AnswerPath], then: &str| {
            let place = accessor(language, places);
            // For the shell the whole filter is a text.
            if is_shell { language.text(&format!("{place}{then}")) } else { place }
        };
        let task = recipe.task.as_ref();
        let result = task.and_then(|task| task.result.as_ref());
        let words = |words: &[String]| {
            let joint = if is_shell { " | " } else { ", " };
            words.iter().map(|word| language.text(word)).collect::<Vec<_>>().join(joint)
        };
        let header = recipe.header.as_ref();
        let several = |places: &[AnswerPath]| places.len() > 1;
        Self {
            variable: recipe.key.clone(),
            key: language.text(&recipe.key),
            base: language.text(&recipe.base),
            header: header
                .map(|SnippetHeader { name, before }| {
                    if is_shell {
                        beside(&format!("{name}: {before}"), &recipe.key, "")
                    } else {
                        language.text(name)
                    }
                })
                .unwrap_or_default(),
            before_key: header.map(|header| language.text(&header.before)).unwrap_or_default(),
            create: if is_shell {
                beside("", "BASE_URL", &recipe.create)
            } else {
                language.text(&recipe.create)
            },
            body: language.data(&Value::Object(recipe.body.clone()), indent),
            id: task.map(|task| reads(&task.ids, " // empty | @uri")).unwrap_or_default(),
            poll: task.map(|task| address(&task.poll, language)).unwrap_or_default(),
            poll_method: task.map(|task| language.text(task.poll.method)).unwrap_or_default(),
            result: result.map(|ask| address(ask, language)).unwrap_or_default(),
            result_method: result.map(|ask| language.text(ask.method)).unwrap_or_default(),
            state: task.map(|task| reads(&task.states, "")).unwrap_or_default(),
            done: task.map(|task| words(&task.done)).unwrap_or_default(),
            failed: task.map(|task| words(&task.failed)).unwrap_or_default(),
            link: reads(&recipe.links, ""),
            inline: if recipe.inline.is_empty() {
                String::new()
            } else {
                reads(&recipe.inline, "")
            },
            is_anywhere: recipe.links.is_empty() && recipe.inline.is_empty(),
            is_either: recipe.is_either,
            looks: several(&recipe.links)
                || several(&recipe.inline)
                || task.is_some_and(|task| several(&task.ids) || several(&task.states)),
            file: language.text(&recipe.file),
        }
    }
}

/// The address of a call on a task, as an expression with the variable `task` in it.
fn address(ask: &TaskCall, language: Language) -> String {
    let (before, after) = (language.text(&ask.before), language.text(&ask.after));
    let base = |joint: &str| if ask.is_here { format!("BASE_URL{joint}") } else { String::new() };
    let after = |joint: &str| match ask.after.as_str() {
        "" => String::new(),
        _ => format!("{joint}{after}"),
    };
    match language {
        Language::Shell if ask.is_here => {
            let rest = beside(&ask.before, "task", &ask.after);
            match rest.strip_prefix("\"/") {
                Some(rest) => format!("\"$BASE_URL/{rest}"),
                None => format!("\"$BASE_URL\"{rest}"),
            }
        }
        Language::Shell => beside(&ask.before, "task", &ask.after),
        Language::Python => {
            format!("{}{before} + quote(task, safe=\"\"){}", base(" + "), after(" + "))
        }
        Language::JavaScript => {
            format!("{}{before} + encodeURIComponent(task){}", base(" + "), after(" + "))
        }
        Language::Java => {
            let task = "URLEncoder.encode(task, StandardCharsets.UTF_8)";
            format!("{}{before} + {task}{}", base(" + "), after(" + "))
        }
        Language::Rust => format!("[{}{before}, &task{}].concat()", base(", "), after(", ")),
    }
}
