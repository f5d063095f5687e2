//! The built-in catalog: what the program carries is what the files say.

use cogdex::catalog::{Catalog, Tree};

use crate::support::{TODAY, root};

#[test]
fn the_program_carries_what_the_files_say() {
    let packed = std::hint::black_box(cfg!(packed));
    assert!(packed, "the catalog has faults, so that the build script did not pack it");
    let folder = Tree::folder(&root().join("catalog")).unwrap();
    let read = Catalog::inspect(&folder, TODAY).unwrap().catalog;
    let carried = Catalog::embedded().unwrap();
    assert_eq!(carried.digest, read.digest);
    for (carried, read) in carried.subjects().zip(read.subjects()) {
        assert_eq!(format!("{carried:?}"), format!("{read:?}"));
    }
    // Whatever else there is, and how many there are of each.
    assert!(format!("{carried:?}") == format!("{read:?}"), "the catalogs differ");
}
