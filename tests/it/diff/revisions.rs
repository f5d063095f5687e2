//! `git:REV`: the catalog as it stands in a revision, from wherever in the checkout one asks.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::{BASE, cogdex_in};

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
        .args(arguments)
        .current_dir(folder)
        // Nothing of the user's own settings counts.
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env_remove("GIT_DIR")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn write(root: &Path, price: &str) {
    let listing =
        format!("model = \"m\"\n{}", super::said(&format!("price = \"{price} USD / image\"")));
    for (path, text) in BASE.iter().chain(&[("listings/p/l.toml", listing.as_str())]) {
        let path = root.join("catalog").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// A checkout in which the price was 1, then 2, and is 3 in the working tree alone.
fn checkout() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    write(folder.path(), "1");
    std::fs::create_dir_all(folder.path().join("sub/folder")).unwrap();
    std::fs::write(folder.path().join("sub/folder/file"), "x").unwrap();
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "one"]);
    git(folder.path(), &["tag", "first"]);
    write(folder.path(), "2");
    git(folder.path(), &["commit", "-q", "-am", "two"]);
    write(folder.path(), "3");
    folder
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_revision_is_compared_with_the_working_tree() {
    let checkout = checkout();
    for (revision, old) in
        [("git:HEAD", "2"), ("git:main", "2"), ("git:HEAD~1", "1"), ("git:first", "1")]
    {
        let output = cogdex_in(checkout.path(), &["diff", revision, "--catalog", "catalog"]);
        assert!(
            text(&output).contains(&format!("p/l: ${old} -> $3")),
            "{revision}: {}",
            text(&output)
        );
    }
}

#[test]
fn two_revisions_are_compared_with_each_other() {
    let checkout = checkout();
    let output = cogdex_in(checkout.path(), &["diff", "git:first", "git:HEAD"]);
    assert!(text(&output).contains("p/l: $1 -> $2 (+100%)"));
    let output = cogdex_in(checkout.path(), &["diff", "git:HEAD", "git:main"]);
    assert_eq!(text(&output), "Nothing changed.\n");
}

#[test]
fn a_subfolder_is_as_good_a_place_to_ask_from() {
    let checkout = checkout();
    let inside = checkout.path().join("sub/folder");
    let output = cogdex_in(&inside, &["diff", "git:HEAD", "--catalog", "../../catalog"]);
    assert!(text(&output).contains("p/l: $2 -> $3"));
}

#[test]
fn the_folder_may_be_given_from_the_root_of_the_disk() {
    let checkout = checkout();
    let elsewhere = tempfile::tempdir().unwrap();
    let catalog = checkout.path().join("catalog");
    for place in [checkout.path(), elsewhere.path()] {
        let output =
            cogdex_in(place, &["diff", "git:HEAD", "--catalog", catalog.to_str().unwrap()]);
        assert!(text(&output).contains("p/l: $2 -> $3"));
    }
}

#[test]
fn a_folder_that_is_gone_from_the_working_tree_is_still_in_its_revisions() {
    let checkout = checkout();
    std::fs::remove_dir_all(checkout.path().join("catalog")).unwrap();
    let output = cogdex_in(checkout.path(), &["diff", "git:first", "git:HEAD"]);
    assert!(text(&output).contains("p/l: $1 -> $2 (+100%)"));
}

#[test]
fn an_odd_name_of_a_file_is_no_obstacle() {
    let checkout = checkout();
    let notes = checkout.path().join("catalog/listings/p/.näme with space.txt");
    std::fs::write(notes, "x").unwrap();
    git(checkout.path(), &["add", "."]);
    git(checkout.path(), &["commit", "-q", "-m", "three"]);
    let output = cogdex_in(checkout.path(), &["diff", "git:HEAD", "--catalog", "catalog"]);
    assert_eq!(text(&output), "Nothing changed.\n");
}

#[test]
fn a_revision_that_is_none_is_one_clear_line() {
    let checkout = checkout();
    for revision in ["git:nowhere", "git:", "git:--help", "git:-n", "git:HEAD:catalog"] {
        let output = cogdex_in(checkout.path(), &["diff", revision, "--catalog", "catalog"]);
        let said = String::from_utf8(output.stderr).unwrap();
        // The warning that the working tree is under edit may stand before it.
        let errors: Vec<_> = said.lines().filter(|line| !line.starts_with("warning: ")).collect();
        assert_eq!(
            (output.status.code(), output.stdout.len(), errors.len()),
            (Some(2), 0, 1),
            "{said}"
        );
        assert!(errors[0].starts_with("error: can't read `git:"), "{said}");
    }
    let outside = tempfile::tempdir().unwrap();
    let output = cogdex_in(outside.path(), &["diff", "git:HEAD"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_revision_without_a_catalog_is_refused() {
    let checkout = checkout();
    git(checkout.path(), &["rm", "-q", "-r", "--cached", "catalog"]);
    git(checkout.path(), &["commit", "-q", "-m", "none"]);
    let output = cogdex_in(checkout.path(), &["diff", "git:HEAD", "--catalog", "catalog"]);
    assert_eq!(output.status.code(), Some(2), "an empty catalog would make every listing new");
}

#[test]
fn a_revision_has_the_bounds_of_a_folder() {
    let checkout = checkout();
    let large = checkout.path().join("catalog/listings/p/large.toml");
    std::fs::write(large, vec![b' '; (4 << 20) + 1]).unwrap();
    git(checkout.path(), &["add", "."]);
    git(checkout.path(), &["commit", "-q", "-m", "three"]);
    let output = cogdex_in(checkout.path(), &["diff", "git:HEAD", "git:first"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    let wanted = "error: can't read `git:HEAD`: `listings/p/large.toml`: it has more than 4 MiB\n";
    assert_eq!(said, wanted);
}
