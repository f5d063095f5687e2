//! Writes every snippet of the catalog into a folder, a file each, for the clients to run:
//! `<provider>/<listing>/<anchor>.<language>`.

use std::error::Error;
use std::path::PathBuf;

use cogdex::catalog::Catalog;
use cogdex::site::{ProbeRecords, Settings, Site};
use jiff::civil::Date;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(as_of)) = (arguments.next(), arguments.next()) else {
        return Err("usage: snippets FOLDER DATE".into());
    };
    let (folder, as_of) = (PathBuf::from(folder), as_of.parse::<Date>()?);
    let (catalog, records) = (Catalog::embedded()?, ProbeRecords::default());
    let site = Site::new(&catalog, &records, Settings { as_of, served: false });
    for listing in catalog.listings.values() {
        let folder = folder.join(listing.id.as_str());
        std::fs::create_dir_all(&folder)?;
        for snippet in site.snippets(listing) {
            let name = format!("{}.{}", snippet.anchor, snippet.language);
            std::fs::write(folder.join(name), snippet.code)?;
        }
    }
    Ok(())
}
