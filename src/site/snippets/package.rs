//! Code with a Python package that sellers name as their client. A package is known here by its
//! name alone, and used wherever a listing's sources name it.

use askama::Template;
use serde_json::{Map, Value};

use crate::site::snippets::call_plan::{CallPlan, PathStep};
use crate::site::snippets::literals::{Language, is_identifier};

/// How a package draws an image.
#[derive(Debug)]
struct Package {
    name: &'static str,
    module: &'static str,
    class: &'static str,
    method: &'static str,
    /// The arguments it knows; what else is sent goes through `extra_body`.
    knows: &'static [&'static str],
}

const PACKAGES: &[Package] = &[
    Package {
        name: "openai",
        module: "openai",
        class: "OpenAI",
        method: "generate",
        knows: &["model", "prompt", "size", "quality", "n", "response_format"],
    },
    Package {
        name: "zhipuai",
        module: "zhipuai",
        class: "ZhipuAI",
        method: "generations",
        knows: &["model", "prompt", "size", "quality", "n", "response_format"],
    },
    Package {
        name: "zai-sdk",
        module: "zai",
        class: "ZaiClient",
        method: "generations",
        knows: &["model", "prompt", "size", "quality", "n", "response_format"],
    },
];

/// The path that all of these packages put behind their base address.
const PATH: &str = "/images/generations";

/// An argument with its value as a literal.
#[derive(Debug)]
struct Argument {
    name: String,
    value: String,
}

#[derive(Template)]
#[template(path = "snippets/package.py", escape = "none")]
struct PackageText<'r> {
    package: &'static Package,
    variable: &'r str,
    base: String,
    path: String,
    key: String,
    arguments: Vec<Argument>,
    inline: bool,
    file: String,
}

/// The program; `None` where the package is not known here, or does not fit what the endpoint
/// promises: another path, tasks, or an image in another place.
pub(crate) fn written(recipe: &CallPlan, name: &str) -> Option<String> {
    let python = Language::Python;
    let package = PACKAGES.iter().find(|package| package.name == name)?;
    let path = recipe.create.strip_suffix(PATH)?;
    let inline = recipe.links.is_empty();
    let field = if inline { "b64_json" } else { "url" };
    let expected =
        [PathStep::Name("data".to_owned()), PathStep::First, PathStep::Name(field.to_owned())];
    let places = if inline { &recipe.inline } else { &recipe.links };
    let bearer = recipe.header.as_ref().is_some_and(|header| {
        header.name.eq_ignore_ascii_case("authorization") && header.before == "Bearer "
    });
    if recipe.task.is_some() || !bearer || places.first().is_none_or(|place| *place != expected) {
        return None;
    }
    let (known, other): (Map<_, _>, Map<_, _>) = recipe
        .body
        .clone()
        .into_iter()
        .partition(|(name, _)| package.knows.contains(&name.as_str()) && is_identifier(name));
    let argument = |(name, value): (&String, &Value)| Argument {
        name: name.clone(),
        value: python.data(value, 4),
    };
    let mut arguments: Vec<_> = known.iter().map(argument).collect();
    if !other.is_empty() {
        let value = python.data(&Value::Object(other), 4);
        arguments.push(Argument { name: "extra_body".to_owned(), value });
    }
    let code = PackageText {
        package,
        variable: &recipe.key,
        base: python.text(&recipe.base),
        path: python.text(path),
        key: python.text(&recipe.key),
        arguments,
        inline,
        file: python.text(&recipe.file),
    };
    // Nothing in the template can fail to print.
    code.render().ok().map(|code| format!("{}\n", code.trim_end()))
}
