//! `cogdex build`: what is written, what is left alone, and what an interruption leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use cogdex::catalog::Catalog;
use cogdex::site::{ProbeRecords, PublishError, PublishReport, Settings, Site, publish};

use crate::support::{TODAY, catalog, cogdex_in, folder as catalog_folder, root};

const LISTING: &str = "model = \"m\"\nendpoint = \"p/images\"\n[[statement]]\nsource = \"page\"\n\
    seen = 2026-11-20\nprice = \"0.04 USD / image\"\n";

/// A small catalog of two listings.
fn two() -> Catalog {
    catalog(&[
        ("endpoints/p/images.toml", "name = \"Images\"\n"),
        ("listings/p/one.toml", LISTING),
        ("listings/p/two.toml", LISTING),
    ])
}

/// The same catalog with its second listing gone.
fn one() -> Catalog {
    catalog(&[("endpoints/p/images.toml", "name = \"Images\"\n"), ("listings/p/one.toml", LISTING)])
}

fn build(catalog: &Catalog, folder: &Path) -> Result<PublishReport, PublishError> {
    let records = ProbeRecords::default();
    let settings = Settings { as_of: TODAY, served: false };
    publish(&Site::new(catalog, &records, settings), folder)
}

/// Every file of a folder by its path, hidden ones among them.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn said(output: &Output) -> String {
    assert!(output.stdout.is_empty(), "stdout is for data, and a build has none");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn ten_builds_are_equal_byte_for_byte() {
    let catalog = Catalog::embedded().unwrap();
    let first = tempfile::tempdir().unwrap();
    build(&catalog, first.path()).unwrap();
    let first = contents(first.path());
    assert!(first.contains_key("index.html") && first.contains_key(".cogdex-site"));
    for _ in 0..9 {
        let again = tempfile::tempdir().unwrap();
        build(&catalog, again.path()).unwrap();
        assert!(contents(again.path()) == first, "a build differs from the first");
    }
}

#[test]
fn a_rebuild_writes_only_what_is_not_yet_there() {
    let (catalog, target) = (two(), tempfile::tempdir().unwrap());
    let first = build(&catalog, target.path()).unwrap();
    assert_eq!((first.kept, first.removed), (0, 0));
    let before = contents(target.path());
    let again = build(&catalog, target.path()).unwrap();
    assert_eq!(again, PublishReport { kept: first.written, ..PublishReport::default() });
    fs::write(target.path().join("robots.txt"), "spoilt").unwrap();
    fs::remove_file(target.path().join("listings/p/one/index.html")).unwrap();
    let mended = build(&catalog, target.path()).unwrap();
    assert_eq!((mended.written, mended.kept), (2, first.written - 2));
    assert!(contents(target.path()) == before);
}

#[test]
fn a_rebuild_does_not_touch_what_it_keeps() {
    let (catalog, target) = (two(), tempfile::tempdir().unwrap());
    build(&catalog, target.path()).unwrap();
    let page = target.path().join("index.html");
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    fs::File::options().write(true).open(&page).unwrap().set_modified(long_ago).unwrap();
    build(&catalog, target.path()).unwrap();
    assert_eq!(fs::metadata(&page).unwrap().modified().unwrap(), long_ago);
}

#[test]
fn what_the_site_no_longer_has_goes_and_what_others_put_there_stays() {
    let target = tempfile::tempdir().unwrap();
    build(&two(), target.path()).unwrap();
    fs::write(target.path().join("CNAME"), "example.org\n").unwrap();
    fs::create_dir(target.path().join("own")).unwrap();
    fs::write(target.path().join("own/page.html"), "mine").unwrap();
    let report = build(&one(), target.path()).unwrap();
    assert!(report.removed >= 3, "{report:?}");
    assert!(!target.path().join("listings/p/two").exists());
    let fresh = tempfile::tempdir().unwrap();
    build(&one(), fresh.path()).unwrap();
    let mut expected = contents(fresh.path());
    expected.insert("CNAME".to_owned(), b"example.org\n".to_vec());
    expected.insert("own/page.html".to_owned(), b"mine".to_vec());
    assert!(contents(target.path()) == expected);
}

#[test]
fn a_file_that_somebody_changed_is_not_removed() {
    let target = tempfile::tempdir().unwrap();
    build(&two(), target.path()).unwrap();
    let page = target.path().join("listings/p/two/index.html");
    fs::write(&page, "my own words").unwrap();
    let report = build(&one(), target.path()).unwrap();
    assert_eq!(report.left, ["listings/p/two/index.html"]);
    assert_eq!(fs::read_to_string(page).unwrap(), "my own words");
}

#[test]
fn a_folder_of_somebody_else_is_refused_and_left_as_it_was() {
    let target = tempfile::tempdir().unwrap();
    fs::write(target.path().join("thesis.txt"), "years of work").unwrap();
    let before = contents(target.path());
    let output = cogdex_in(&root(), &["build", "--out", target.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(said.contains(target.path().to_str().unwrap()) && said.contains("not empty"), "{said}");
    assert!(contents(target.path()) == before);
}

#[test]
fn a_foreign_file_in_the_way_is_refused_before_anything_is_written() {
    let target = tempfile::tempdir().unwrap();
    build(&one(), target.path()).unwrap();
    fs::create_dir_all(target.path().join("listings/p/two")).unwrap();
    fs::write(target.path().join("listings/p/two/index.html"), "mine").unwrap();
    let before = contents(target.path());
    let error = build(&two(), target.path()).unwrap_err();
    assert!(error.to_string().contains("listings/p/two/index.html"), "{error}");
    assert!(contents(target.path()) == before);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_folder_is_not_followed_out_of_it() {
    let (target, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    build(&one(), target.path()).unwrap();
    fs::remove_dir_all(target.path().join("listings")).unwrap();
    std::os::unix::fs::symlink(outside.path(), target.path().join("listings")).unwrap();
    let error = build(&two(), target.path()).unwrap_err();
    assert!(matches!(error, PublishError::InTheWay(_)), "{error}");
    assert!(contents(outside.path()).is_empty());
    // Nor is a file behind it removed, though the path is one of ours.
    fs::remove_file(target.path().join("listings")).unwrap();
    fs::remove_file(target.path().join("index.html")).unwrap();
    fs::write(outside.path().join("x"), "theirs").unwrap();
    std::os::unix::fs::symlink(outside.path().join("x"), target.path().join("index.html")).unwrap();
    assert!(matches!(build(&one(), target.path()), Err(PublishError::InTheWay(_))));
    assert_eq!(fs::read_to_string(outside.path().join("x")).unwrap(), "theirs");
}

#[test]
fn a_list_that_leads_out_of_the_folder_is_refused() {
    let target = tempfile::tempdir().unwrap();
    let inside = target.path().join("site");
    build(&one(), &inside).unwrap();
    fs::write(target.path().join("theirs"), "").unwrap();
    let hash = "99aa06d3014798d86001c324468d497f";
    for path in ["../theirs", "/etc/hostname", "a/../../theirs", ""] {
        let list = format!("cogdex site 2\nedition x\ndigest y\n{hash} {path}\n");
        fs::write(inside.join(".cogdex-site"), list).unwrap();
        let error = build(&one(), &inside).unwrap_err();
        assert!(matches!(error, PublishError::Manifest { line: 4, .. }), "{path}: {error}");
        assert!(target.path().join("theirs").exists());
    }
}

#[test]
fn a_folder_of_an_earlier_build_with_other_hashes_is_built_into() {
    let target = tempfile::tempdir().unwrap();
    build(&two(), target.path()).unwrap();
    let list = target.path().join(".cogdex-site");
    let earlier = |line: &str| match line.split_once(' ') {
        // Turned round, it is the hash of no file.
        Some((hash, path)) if hash.len() == 32 => {
            let other: String = hash.chars().rev().collect();
            format!("{other}{other} {path}\n")
        }
        _ => format!("{line}\n"),
    };
    let text = fs::read_to_string(&list).unwrap().replace("cogdex site 2", "cogdex site 1");
    fs::write(&list, text.lines().map(earlier).collect::<String>()).unwrap();
    let again = build(&two(), target.path()).unwrap();
    assert_eq!((again.written, again.removed, again.left), (0, 0, Vec::<String>::new()));
    let fresh = fs::read_to_string(&list).unwrap();
    assert!(fresh.starts_with("cogdex site 2\n"), "{fresh}");
}

#[test]
fn what_a_killed_build_wrote_is_known_to_the_next_one() {
    let target = tempfile::tempdir().unwrap();
    build(&one(), target.path()).unwrap();
    let fresh = tempfile::tempdir().unwrap();
    build(&two(), fresh.path()).unwrap();
    let whole = contents(fresh.path());
    let manifest = fs::read_to_string(fresh.path().join(".cogdex-site")).unwrap();
    let files = manifest.lines().skip(3).map(|line| format!("{line}\n"));
    let list = format!("cogdex site 2\n{}", files.collect::<String>());
    // As after a kill: the journal is there, some files are, one is half written beside its place.
    fs::write(target.path().join(".cogdex-site.journal"), format!("{list}0123")).unwrap();
    fs::create_dir_all(target.path().join("listings/p/two")).unwrap();
    let done = "listings/p/two/index.html";
    fs::write(target.path().join(done), &whole[done]).unwrap();
    build(&two(), target.path()).unwrap();
    assert!(contents(target.path()) == whole);
}

#[test]
fn a_build_that_fails_midway_leaves_whole_files_and_the_next_one_ends_it() {
    let target = tempfile::tempdir().unwrap();
    build(&one(), target.path()).unwrap();
    // Nothing can be written into the folder of one page: that bars its temporary names, too.
    let (fresh, page) = (tempfile::tempdir().unwrap(), "listings/p/two");
    build(&two(), fresh.path()).unwrap();
    let whole = contents(fresh.path());
    // The first four bytes of the name's hash.
    let bar = target.path().join(page).join(".cogdex-cc85bb7e");
    fs::create_dir_all(&bar).unwrap();
    let error = build(&two(), target.path()).unwrap_err();
    assert!(error.to_string().contains(bar.to_str().unwrap()), "{error}");
    let left = contents(target.path());
    assert!(
        left.contains_key(".cogdex-site.journal")
            && !left.contains_key("listings/p/two/index.html")
    );
    let old = tempfile::tempdir().unwrap();
    build(&one(), old.path()).unwrap();
    let old = contents(old.path());
    for (path, bytes) in left.iter().filter(|(path, _)| !path.starts_with(".cogdex-")) {
        let known = [old.get(path), whole.get(path)];
        assert!(known.contains(&Some(bytes)), "{path} is not whole");
    }
    fs::remove_dir(&bar).unwrap();
    build(&two(), target.path()).unwrap();
    assert!(contents(target.path()) == whole);
}

#[test]
fn what_a_killed_build_had_not_yet_written_is_not_taken_for_its_own() {
    let target = tempfile::tempdir().unwrap();
    build(&one(), target.path()).unwrap();
    let line = format!("cogdex site 2\n{} listings/p/two/index.html\n", "ab".repeat(16));
    fs::write(target.path().join(".cogdex-site.journal"), line).unwrap();
    fs::create_dir_all(target.path().join("listings/p/two")).unwrap();
    fs::write(target.path().join("listings/p/two/index.html"), "theirs").unwrap();
    assert!(matches!(build(&two(), target.path()), Err(PublishError::InTheWay(_))));
    // Nor is it removed by a build that has no such page.
    build(&one(), target.path()).unwrap();
    let kept = fs::read_to_string(target.path().join("listings/p/two/index.html")).unwrap();
    assert_eq!(kept, "theirs");
}

#[test]
fn a_killed_build_leaves_every_file_whole_and_the_next_one_ends_it() {
    let mut files = vec![("endpoints/p/images.toml".to_owned(), "name = \"Images\"\n")];
    files.extend((0..120).map(|n| (format!("listings/p/l{n}.toml"), LISTING)));
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let (data, target) = (catalog_folder(&files), tempfile::tempdir().unwrap());
    let (data, out) = (data.path().to_str().unwrap(), target.path().join("site"));
    let arguments =
        ["build", "--catalog", data, "--as-of", "2026-11-20", "--out", out.to_str().unwrap()];
    let mut child = Command::new(env!("CARGO_BIN_EXE_cogdex"))
        .args(arguments)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It is in the midst of it as soon as it has told the journal of the first files.
    while !out.join(".cogdex-site.journal").exists() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let fresh = target.path().join("fresh");
    let mut again = arguments;
    again[6] = fresh.to_str().unwrap();
    assert!(cogdex_in(&root(), &again).status.success());
    let whole = contents(&fresh);
    let left = contents(&out);
    for (path, bytes) in left.iter().filter(|(path, _)| !path.contains(".cogdex-")) {
        assert!(whole.get(path) == Some(bytes), "{path} is not whole");
    }
    let output = cogdex_in(&root(), &arguments);
    assert!(output.status.success(), "{}", said(&output));
    assert!(contents(&out) == whole);
}

#[test]
fn an_error_of_the_system_names_the_path() {
    let target = tempfile::tempdir().unwrap();
    let file = target.path().join("file");
    fs::write(&file, "").unwrap();
    for out in [file.clone(), file.join("site")] {
        let output = cogdex_in(&root(), &["build", "--out", out.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(out.to_str().unwrap()), "{}", said(&output));
    }
}

#[cfg(unix)]
#[test]
fn two_builds_at_once_do_not_mix() {
    let target = tempfile::tempdir().unwrap();
    let lock = fs::File::open(target.path()).unwrap();
    lock.try_lock().unwrap();
    assert!(matches!(build(&one(), target.path()), Err(PublishError::Busy(_))));
    drop(lock);
    build(&one(), target.path()).unwrap();
}

#[test]
fn a_build_says_what_it_did_when_asked() {
    let target = tempfile::tempdir().unwrap();
    let out = target.path().join("a/b");
    let arguments = ["build", "--out", out.to_str().unwrap()];
    let quiet = cogdex_in(&root(), &arguments);
    assert_eq!((quiet.status.code(), said(&quiet).as_str()), (Some(0), ""));
    let count = contents(&out).keys().filter(|path| *path != ".cogdex-site").count();
    let verbose = cogdex_in(&root(), &["build", "-v", "--out", out.to_str().unwrap()]);
    assert_eq!(said(&verbose), format!("0 files written, {count} kept, 0 removed\n"));
}

#[test]
fn a_site_is_not_written_into_a_catalog_or_over_it() {
    let parent = tempfile::tempdir().unwrap();
    let catalog = catalog_folder(&[("listings/p/one.toml", LISTING)]);
    let inside = parent.path().join("shop/catalog");
    fs::create_dir_all(inside.join("listings")).unwrap();
    for entry in fs::read_dir(catalog.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), inside.join(entry.file_name())).unwrap();
        }
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("shop/catalog", parent.path().join("link")).unwrap();
    let before = contents(parent.path());
    let outs = [
        "shop/catalog",
        "shop/catalog/dist",
        "shop/catalog/a/../b/dist",
        "shop",
        ".",
        "..",
        "shop/other/../catalog/dist",
        "link/dist",
    ];
    for out in outs {
        let output =
            cogdex_in(parent.path(), &["build", "--catalog", "shop/catalog", "--out", out]);
        assert_eq!(output.status.code(), Some(2), "{out}");
        let said = String::from_utf8(output.stderr).unwrap();
        let why = format!(
            "error: --out: `{out}` is the catalog's folder, lies within it or holds it; name another\n"
        );
        assert_eq!(said, why);
    }
    assert_eq!(contents(parent.path()), before);
    // Beside it, also with a name that begins alike, there is room.
    for out in ["dist", "shop/dist", "shop/catalog-dist"] {
        let output =
            cogdex_in(parent.path(), &["build", "--catalog", "shop/catalog", "--out", out]);
        assert!(output.status.success(), "{out}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
