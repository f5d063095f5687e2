//! The rules of names and of our own enums: they are read from the program's syntax, so that a
//! comment or a string is never taken for code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Ident, Item, Pat, Visibility};

use super::sources;
use crate::support::root;

/// The rules by their names, as a room's file in `tests/it/tidy/pending` lists them.
const RULES: &[&str] = &["unique", "of", "limits", "wildcard", "one-impl", "docs"];

/// Beginnings of the names of limits that are called `MAX_` and `MIN_`.
const OLD_LIMITS: &[&str] = &["MOST_", "LONGEST_", "LEAST_"];

/// A breach of a rule: the rooms it touches, and a sentence.
struct Breach {
    rule: &'static str,
    rooms: BTreeSet<String>,
    text: String,
}

/// What is collected from one file.
struct File<'f> {
    room: &'f str,
    path: String,
    program: &'f mut Program,
    /// The function that is being read.
    function: String,
    /// The type whose `impl` is being read.
    owner: Option<String>,
    /// Inside of an `impl` of a trait, where docs and names are the trait's.
    is_trait_impl: bool,
}

/// What is known of the whole program.
#[derive(Default)]
struct Program {
    /// Types that leave their module, with the files they stand in.
    types: BTreeMap<String, Vec<(String, String)>>,
    /// Types that do not, by name and file.
    private_types: BTreeSet<(String, String)>,
    /// Files with an inherent `impl`, by the type's name.
    impls: BTreeMap<String, BTreeSet<(String, String)>>,
    /// Variants of our enums, by the enum's name.
    enums: BTreeMap<String, BTreeSet<String>>,
    breaches: Vec<Breach>,
}

impl File<'_> {
    fn breach(&mut self, rule: &'static str, text: &str) {
        let rooms = BTreeSet::from([self.room.to_owned()]);
        let text = format!("{}: {text}", self.path);
        self.program.breaches.push(Breach { rule, rooms, text });
    }

    /// Records a type, and whether it leaves its module.
    fn declare(&mut self, name: &Ident, visibility: &Visibility) {
        let name = name.to_string();
        if matches!(visibility, Visibility::Inherited) {
            self.program.private_types.insert((name, self.path.clone()));
        } else {
            let place = (self.room.to_owned(), self.path.clone());
            self.program.types.entry(name).or_default().push(place);
        }
    }

    fn documented(&mut self, kind: &str, name: &Ident, visibility: &Visibility, of: &[Attribute]) {
        let is_public = matches!(visibility, Visibility::Public(_));
        let has_docs = of.iter().any(|attribute| attribute.path().is_ident("doc"));
        if is_public && !has_docs && !self.is_trait_impl {
            self.breach("docs", &format!("`pub {kind} {name}` has no `///`"));
        }
    }

    fn constant(&mut self, name: &Ident) {
        if OLD_LIMITS.iter().any(|old| name.to_string().starts_with(old)) {
            self.breach("limits", &format!("`{name}` is a limit: `MAX_…` or `MIN_…`"));
        }
    }

    fn named(&mut self, name: &Ident) {
        if name == "of" {
            self.breach("of", "`fn of` does not say what it does: `new`, `parse`, `from_…`");
        }
    }
}

impl<'ast> Visit<'ast> for File<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Struct(one) => {
                self.declare(&one.ident, &one.vis);
                self.documented("struct", &one.ident, &one.vis, &one.attrs);
            }
            Item::Enum(one) => {
                self.declare(&one.ident, &one.vis);
                self.documented("enum", &one.ident, &one.vis, &one.attrs);
                let variants = one.variants.iter().map(|variant| variant.ident.to_string());
                let all = self.program.enums.entry(one.ident.to_string()).or_default();
                all.extend(variants);
            }
            Item::Trait(one) => {
                self.declare(&one.ident, &one.vis);
                self.documented("trait", &one.ident, &one.vis, &one.attrs);
            }
            Item::Type(one) => {
                self.declare(&one.ident, &one.vis);
                self.documented("type", &one.ident, &one.vis, &one.attrs);
            }
            Item::Const(one) => {
                self.constant(&one.ident);
                self.documented("const", &one.ident, &one.vis, &one.attrs);
            }
            Item::Static(one) => {
                self.constant(&one.ident);
                self.documented("static", &one.ident, &one.vis, &one.attrs);
            }
            Item::Fn(one) => {
                self.named(&one.sig.ident);
                self.documented("fn", &one.sig.ident, &one.vis, &one.attrs);
            }
            // A module in a file of its own says in its first line what it is for.
            Item::Mod(one) if one.content.is_some() => {
                self.documented("mod", &one.ident, &one.vis, &one.attrs);
            }
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function = function.sig.ident.to_string();
        visit::visit_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        let name = match &*block.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        if let (None, Some(name)) = (&block.trait_, &name) {
            let place = (self.room.to_owned(), self.path.clone());
            self.program.impls.entry(name.clone()).or_default().insert(place);
        }
        self.is_trait_impl = block.trait_.is_some();
        self.owner = name;
        visit::visit_item_impl(self, block);
        (self.owner, self.is_trait_impl) = (None, false);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function = function.sig.ident.to_string();
        self.named(&function.sig.ident);
        self.documented("fn", &function.sig.ident, &function.vis, &function.attrs);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_impl_item_const(&mut self, constant: &'ast syn::ImplItemConst) {
        self.constant(&constant.ident);
        self.documented("const", &constant.ident, &constant.vis, &constant.attrs);
    }
}

/// The second reading, when all enums are known.
struct Matches<'f>(File<'f>);

impl<'ast> Visit<'ast> for Matches<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.0.function = function.sig.ident.to_string();
        visit::visit_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        self.0.owner = match &*block.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        visit::visit_item_impl(self, block);
        self.0.owner = None;
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.0.function = function.sig.ident.to_string();
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_expr_match(&mut self, block: &'ast syn::ExprMatch) {
        let wild = block.arms.iter().any(|arm| arm.guard.is_none() && catches_all(&arm.pat));
        let named = block.arms.iter().find_map(|arm| self.own_enum(&arm.pat));
        if let (true, Some(name)) = (wild, named) {
            let function = self.0.function.clone();
            let text = format!("`{function}` has a `_` arm over `{name}`: name what it stands for");
            self.0.breach("wildcard", &text);
        }
        visit::visit_expr_match(self, block);
    }
}

impl Matches<'_> {
    /// The enum of ours whose variant a pattern names, be it in `Some`, `Ok`, `Err` or a reference.
    fn own_enum(&self, pattern: &Pat) -> Option<String> {
        match pattern {
            Pat::Or(or) => or.cases.iter().find_map(|case| self.own_enum(case)),
            Pat::Paren(inner) => self.own_enum(&inner.pat),
            Pat::Reference(inner) => self.own_enum(&inner.pat),
            Pat::Ident(named) => named.subpat.as_ref().and_then(|(_, inner)| self.own_enum(inner)),
            Pat::Path(path) => self.variant(&path.path),
            Pat::Struct(pattern) => self.variant(&pattern.path),
            Pat::TupleStruct(pattern) => self.variant(&pattern.path).or_else(|| {
                let outer = pattern.path.get_ident()?.to_string();
                let is_wrapper = ["Some", "Ok", "Err"].contains(&outer.as_str());
                pattern.elems.iter().filter(|_| is_wrapper).find_map(|inner| self.own_enum(inner))
            }),
            _ => None,
        }
    }

    fn variant(&self, path: &syn::Path) -> Option<String> {
        let mut names = path.segments.iter().rev().map(|part| part.ident.to_string());
        let (variant, name) = (names.next()?, names.next()?);
        let name = if name == "Self" { self.0.owner.clone()? } else { name };
        let variants = self.0.program.enums.get(&name)?;
        variants.contains(&variant).then_some(name)
    }
}

/// Whether a pattern is `_`, or a name that takes whatever is left.
fn catches_all(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Ident(named) => {
            let is_constant = named.ident.to_string().starts_with(char::is_uppercase);
            named.subpat.is_none() && !is_constant
        }
        Pat::Paren(inner) => catches_all(&inner.pat),
        _ => false,
    }
}

/// Reads the whole program and finds what breaks the rules.
fn breaches() -> Vec<Breach> {
    let files: Vec<_> = sources()
        .into_iter()
        .map(|(room, path, text)| {
            let path = path.strip_prefix(root()).unwrap().display().to_string();
            let tree = syn::parse_file(&text).unwrap_or_else(|why| panic!("{path}: {why}"));
            (room, path, tree)
        })
        .collect();
    let mut program = Program::default();
    let open = |(room, path, _): &'_ (String, String, syn::File)| (room.clone(), path.clone());
    for file in &files {
        let (room, path) = open(file);
        let (function, owner, is_trait_impl) = (String::new(), None, false);
        let program = &mut program;
        let mut reader = File { room: &room, path, program, function, owner, is_trait_impl };
        reader.visit_file(&file.2);
    }
    for file in &files {
        let (room, path) = open(file);
        let (function, owner, is_trait_impl) = (String::new(), None, false);
        let program = &mut program;
        let reader = File { room: &room, path, program, function, owner, is_trait_impl };
        Matches(reader).visit_file(&file.2);
    }
    let Program { types, private_types, impls, mut breaches, .. } = program;
    for (name, places) in &types {
        if places.len() > 1 {
            breaches.push(breach("unique", &format!("`{name}` is declared in"), places));
        }
    }
    for (name, mut places) in impls {
        places.retain(|(_, path)| !private_types.contains(&(name.clone(), path.clone())));
        if places.len() > 1 {
            let places: Vec<_> = places.into_iter().collect();
            breaches.push(breach("one-impl", &format!("`{name}` has an `impl` in"), &places));
        }
    }
    breaches
}

fn breach(rule: &'static str, about: &str, places: &[(String, String)]) -> Breach {
    let rooms = places.iter().map(|(room, _)| room.clone()).collect();
    let paths: Vec<_> = places.iter().map(|(_, path)| path.as_str()).collect();
    Breach { rule, rooms, text: format!("{about} {}", paths.join(" and ")) }
}

/// The rules that do not hold yet, by room: each room has a file with one rule a line.
fn pending() -> BTreeMap<String, BTreeSet<String>> {
    let folder = root().join("tests/it/tidy/pending");
    let Ok(files) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    let read = |path: &Path| {
        let room = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let rules: BTreeSet<_> = text.split_whitespace().map(str::to_owned).collect();
        for rule in &rules {
            assert!(RULES.contains(&rule.as_str()), "{room}: there is no rule `{rule}`");
        }
        (room, rules)
    };
    files.map(|file| read(&file.unwrap().path())).collect()
}

#[test]
fn names_and_matches_keep_the_rules() {
    let pending = pending();
    let is_pending = |breach: &Breach| {
        let waits = |room| pending.get(room).is_some_and(|rules| rules.contains(breach.rule));
        breach.rooms.iter().any(waits)
    };
    // `TIDY_ALL=1 cargo test --test it tidy::names` lists what is still to do.
    let all = std::env::var_os("TIDY_ALL").is_some();
    let mut broken: Vec<_> = breaches()
        .into_iter()
        .filter(|breach| all || !is_pending(breach))
        .map(|breach| format!("{}: {}", breach.rule, breach.text))
        .collect();
    broken.sort();
    assert!(broken.is_empty(), "{} breaches\n{}", broken.len(), broken.join("\n"));
}
