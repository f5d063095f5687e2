//! What a folder may hold: regular files within it, so many and so large, and nothing that is
//! waited for. And how much is told of what is wrong with it.

use std::fmt::Write as _;
use std::path::Path;

use cogdex::catalog::{MAX_FILES, MAX_PRINTED_FINDINGS, Tree};
use serde_json::Value;

use super::{fixture, inspect, told};
use crate::support::{cogdex, folder};

/// The most bytes of a file.
const MAX_BYTES: usize = 4 << 20;

const PATH: &str = "listings/p/l.toml";

/// `path code: text` of everything that is wrong with a folder but that it is no edition.
fn faults(folder: &Path) -> Vec<String> {
    let findings = inspect(&Tree::folder(folder).unwrap()).findings;
    let told = findings.iter().filter(|finding| finding.place.path != "editions.toml");
    told.map(|it| format!("{} {}: {}", it.place.path, it.code, it.text)).collect()
}

/// What is wrong with a folder in which `make` puts something in the place of a listing.
fn with(make: impl FnOnce(&Path)) -> Vec<String> {
    let folder = folder(&[("listings/p/other.toml", "model = \"m\"\n")]);
    make(&folder.path().join(PATH));
    let mut faults = faults(folder.path());
    faults.retain(|fault| !fault.contains("uncited-source"));
    faults
}

fn unusable(why: &str) -> Vec<String> {
    vec![format!("{PATH} unusable-file: {why}")]
}

#[test]
fn a_file_of_four_mebibytes_is_read_and_a_larger_one_is_one_finding() {
    let head = "model = \"m\"\n";
    let comment = |bytes: usize| format!("{head}#{}", "x".repeat(bytes - head.len() - 1));
    assert!(with(|path| std::fs::write(path, comment(MAX_BYTES)).unwrap()).is_empty());
    let larger = unusable("it has more than 4 MiB");
    assert_eq!(with(|path| std::fs::write(path, comment(MAX_BYTES + 1)).unwrap()), larger);
    // Of a file without end not a byte is read.
    let sparse = |path: &Path| std::fs::File::create(path).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(with(sparse), larger);
}

#[test]
fn a_tree_from_memory_has_the_same_bounds() {
    let Tree::Files(mut files) = crate::support::tree(&[]) else { panic!() };
    files.insert(PATH.to_owned(), vec![b'['; MAX_BYTES + 1]);
    assert_eq!(told(&Tree::Files(files)), [format!("{PATH}:1:1 unusable-file")]);
}

#[test]
fn a_large_stray_file_is_told_once_and_not_read() {
    let folder = folder(&[]);
    let stray = folder.path().join("dump.bin");
    std::fs::File::create(stray).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(faults(folder.path()), ["dump.bin unknown-file: no file belongs here"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_a_socket_and_a_folder_are_no_files_also_behind_a_link() {
    let no_file = unusable("it is no regular file");
    let pipe = |path: &Path| {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    assert_eq!(with(pipe), no_file);
    let link = |name: &'static str| {
        move |path: &Path| {
            std::os::unix::fs::symlink(name, path).unwrap();
        }
    };
    let behind_link = |path: &Path| {
        pipe(&path.with_file_name(".pipe"));
        link(".pipe")(path);
    };
    assert_eq!(with(behind_link), no_file);
    assert_eq!(with(|path| drop(std::os::unix::net::UnixListener::bind(path).unwrap())), no_file);
    assert_eq!(with(link("..")), no_file);
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_within_the_folder_and_not_out_of_it() {
    let link = |name: &str| {
        let name = name.to_owned();
        with(move |path| std::os::unix::fs::symlink(name, path).unwrap())
    };
    assert!(link("other.toml").is_empty());
    assert!(link("../../listings/p/other.toml").is_empty());
    let outside = unusable("it is a link that leads out of the catalog's folder");
    let tiny = fixture("catalog/listings/atelier/cogview-4.toml");
    for name in ["/dev/zero", "/etc/passwd", "../../..", tiny.to_str().unwrap()] {
        assert_eq!(link(name), outside, "{name}");
    }
    let nowhere = unusable("it is a link that leads nowhere");
    for name in ["nowhere.toml", "l.toml"] {
        assert_eq!(link(name), nowhere, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_outside_is_not_printed() {
    let folder = folder(&[]);
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "a secret").unwrap();
    std::fs::create_dir(folder.path().join("listings")).unwrap();
    std::fs::create_dir(folder.path().join("listings/p")).unwrap();
    std::os::unix::fs::symlink(secret.path(), folder.path().join(PATH)).unwrap();
    let output = cogdex(&["check", "--catalog", folder.path().to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("--> listings/p/l.toml:1:1"), "{said}");
    assert!(!said.contains("a secret"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_loop_of_folders_is_not_walked() {
    let folder = folder(&[]);
    std::os::unix::fs::symlink(".", folder.path().join("models/again")).unwrap();
    assert_eq!(faults(folder.path()), ["models/again unknown-file: no file belongs here"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_one_finding() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&[]);
    for name in [&b"models/\xff.toml"[..], b"models/\xfe.toml", b"models/a\nb.toml"] {
        std::fs::write(folder.path().join(OsStr::from_bytes(name)), "").unwrap();
    }
    std::fs::create_dir(folder.path().join(OsStr::from_bytes(b"models/\xfd"))).unwrap();
    let wanted = ["\\xfd", "\\xfe.toml", "\\xff.toml", "a\nb.toml"];
    let wanted = wanted.map(|name| format!("models/{name} unknown-file: no file belongs here"));
    assert_eq!(faults(folder.path()), wanted);
}

#[test]
fn folders_are_entered_as_deep_as_the_system_lets_them() {
    let folder = folder(&[]);
    let mut deep = folder.path().join("listings");
    for _ in 0..200 {
        deep.push("d");
    }
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("x"), "").unwrap();
    assert_eq!(faults(folder.path()).len(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_listed_is_one_finding() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[(PATH, "model = \"m\"\n")]);
    let closed = folder.path().join("providers");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    let is_closed = std::fs::read_dir(&closed).is_err();
    let faults = faults(folder.path());
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
    // Who may do everything may list it all the same.
    if is_closed {
        let told = "providers/ unusable-file: Permission denied (os error 13)";
        assert_eq!(faults, [told]);
    }
}

#[test]
fn more_files_than_any_catalog_has_are_one_finding() {
    let folder = folder(&[]);
    let many = folder.path().join("models");
    let first = many.join("n0.toml");
    std::fs::write(&first, "").unwrap();
    // A link costs no block of the disk.
    for number in 1..=MAX_FILES {
        std::fs::hard_link(&first, many.join(format!("n{number}.toml")))
            .or_else(|_| std::fs::write(many.join(format!("n{number}.toml")), ""))
            .unwrap();
    }
    let found = faults(folder.path());
    let [one] = &found[..] else { panic!("{}", found.len()) };
    assert!(one.starts_with("catalog.toml unusable-file: "), "{one}");
    assert!(one.ends_with("holds more than 100000 files, which no catalog does"), "{one}");
}

#[test]
fn what_is_no_toml_at_all_is_told_in_brief() {
    let told_of = |text: String| with(|path| std::fs::write(path, text).unwrap());
    for text in ["[", "a = [", "a = {b = ", "=", "= \n", "[[[[\n", "a.", "\"", "a = 1\n"] {
        let found = told_of(text.repeat(70_000 / text.len() + 1));
        assert_eq!(found.len(), 1, "{text:?}: {found:?}");
        assert!(found[0].starts_with(&format!("{PATH} syntax: ")), "{found:?}");
    }
    assert_eq!(told_of("= \n".repeat(1_000)).len(), 100);
}

#[test]
fn a_place_in_a_long_line_is_found_by_characters() {
    for (unit, length) in [("x", 1), ("é", 1), ("智a", 2)] {
        let line = unit.repeat(1_500);
        let text = format!(
            "model = \"m\"\nnote = \"{line}\"\n[[statement]]\nsource = \"page\"\n\
            seen = 2026-11-20\nexcerpt = {{ price = \"{line}\", x = 1 }}\n"
        );
        let folder = folder(&[(PATH, &text)]);
        let findings = inspect(&Tree::folder(folder.path()).unwrap()).findings;
        let found = findings.iter().find(|it| it.text == "there is no key `x` here").unwrap();
        // `excerpt = { price = "` has 21 characters, `", ` three.
        assert_eq!((found.place.line, found.place.column), (6, 21 + 1_500 * length + 3 + 1));
    }
}

/// A listing with so many statements that say one thing twice.
fn doubled(count: usize) -> String {
    let mut text = "model = \"m\"\n".to_owned();
    for number in 0..count {
        let price = number % 9 + 1;
        writeln!(text, "[[statement]]\nsource = \"page\"\nseen = 2026-11-20").unwrap();
        writeln!(text, "price = \"{price} USD / image\"").unwrap();
    }
    text
}

#[test]
fn what_is_said_a_thousand_times_is_told_once_each() {
    let folder = folder(&[(PATH, &doubled(1_000))]);
    let path = folder.path().to_str().unwrap();
    let output = cogdex(&["check", "--catalog", path, "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let is_double = |it: &&Value| it["code"] == "duplicate-statement";
    let findings = document["findings"].as_array().unwrap();
    let doubles: Vec<_> = findings.iter().filter(is_double).collect();
    assert_eq!(doubles.len(), 999);
    let text = |number: usize| doubles[number]["text"].as_str().unwrap();
    assert_eq!(text(0), "`page` states `price` again for 2026-11-20; first in line 5");
    assert_eq!(text(0), text(998));
    // In a terminal a hundred of them stand for all.
    let output = cogdex(&["check", "--catalog", path, "--color", "never"]);
    let said = String::from_utf8(output.stdout).unwrap();
    let shown = said.matches("`page` states `price` again").count();
    assert_eq!(shown, MAX_PRINTED_FINDINGS);
    let rest = "error[duplicate-statement]: and 899 more of these in listings/p/l.toml\n";
    assert!(said.contains(rest), "{said}");
    assert!(said.contains("999 errors") || said.contains("1,000 errors"), "{said}");
    let output = cogdex(&["compare", "--catalog", path]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.matches("`page` states `price` again").count(), MAX_PRINTED_FINDINGS);
    assert!(said.contains("listings/p/l.toml: duplicate-statement: and 899 more of these\n"));
}

#[test]
fn statements_of_one_line_are_told_apart() {
    let one = "{ source = \"page\", seen = 2026-11-20, mode = \"sync\" }";
    let text = format!("model = \"m\"\nstatement = [{one}, {one}]\n");
    let folder = folder(&[(PATH, &text)]);
    let told = "listings/p/l.toml duplicate-statement: `page` states `mode` again for 2026-11-20; \
                first in line 2";
    assert!(faults(folder.path()).contains(&told.to_owned()));
}

/// A listing with so many statements, of each as many fields as `lines` gives for its number.
fn statements(count: usize, lines: impl Fn(usize) -> String) -> String {
    let mut text = "model = \"m\"\n".to_owned();
    for number in 0..count {
        writeln!(text, "[[statement]]\n{}", lines(number)).unwrap();
    }
    text
}

#[test]
fn long_pasts_are_checked_like_short_ones() {
    // On every second day the price is stated, and withdrawn on the day after.
    let first = jiff::civil::date(2025, 1, 1);
    let days: Vec<_> = first.series(jiff::Span::new().days(1)).take(600).collect();
    let day = |number: usize| days[number];
    let seen = |number| format!("source = \"page\"\nseen = {}", day(number));
    let text = statements(600, |number| {
        let says =
            if number % 2 == 0 { "price = \"1 USD / image\"" } else { "withdrawn = [\"price\"]" };
        format!("{}\n{says}", seen(number))
    });
    let found = |text: &str| {
        let folder = folder(&[(PATH, text)]);
        let mut faults = faults(folder.path());
        faults.retain(|fault| fault.starts_with(PATH));
        faults
    };
    assert_eq!(found(&text), Vec::<String>::new());
    // A slip against the day before is told, and one against an older day is none.
    let text = statements(600, |number| {
        format!("{}\nprice = \"{} USD / image\"", seen(number), [1, 10, 11][number.min(2)])
    });
    let wanted =
        format!("{PATH} off-its-past: `price` was 1 on 2025-01-01 and is 10: 10 times off");
    assert_eq!(found(&text), [wanted]);
    // Only what a source said last is stale.
    let text = statements(300, |number| format!("{}\nmode = \"sync\"", seen(number)));
    let stale = found(&text);
    assert_eq!(stale, [format!("{PATH} stale: `page` is 389 days old, of {}", day(299))]);
}
