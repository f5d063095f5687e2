//! A catalog of any size in a folder: the same files each time, shaped like those of our own
//! catalog, and without a finding.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

use cogdex::catalog::{Catalog, Tree};
use jiff::civil::{Date, date};

/// The day of the check; the youngest statement is of the day before.
pub(crate) const TODAY: Date = date(2026, 11, 21);

/// As many listings as a large reseller has.
const LISTINGS_A_PROVIDER: usize = 100;

/// As many sellers as a well-known model has.
const LISTINGS_A_MODEL: usize = 50;

/// Writes a catalog with so many listings, and the edition that its data has.
pub(crate) fn write(folder: &Path, listings: usize) -> io::Result<()> {
    let providers = listings.div_ceil(LISTINGS_A_PROVIDER);
    let models = listings.div_ceil(LISTINGS_A_MODEL);
    for kind in ["models", "providers"] {
        fs::create_dir_all(folder.join(kind))?;
    }
    fs::write(folder.join("catalog.toml"), "format = 1\n")?;
    fs::write(folder.join("sources.toml"), sources(providers))?;
    for model in 0..models {
        let text = format!("name = \"Model {model}\"\n");
        fs::write(folder.join(format!("models/model-{model}.toml")), text)?;
    }
    for provider in 0..providers {
        let name = format!("provider-{provider}");
        fs::write(folder.join(format!("providers/{name}.toml")), provider_file(provider))?;
        fs::create_dir_all(folder.join(format!("endpoints/{name}")))?;
        let endpoint = format!("name = \"Images of {name}\"\n");
        fs::write(folder.join(format!("endpoints/{name}/images.toml")), endpoint)?;
        fs::create_dir_all(folder.join(format!("listings/{name}")))?;
    }
    for number in 0..listings {
        let (provider, model) = (number % providers, number / LISTINGS_A_MODEL);
        let path = format!("listings/provider-{provider}/code-{number}.toml");
        fs::write(folder.join(path), listing(number, provider, model))?;
    }
    fs::write(folder.join("editions.toml"), edition(folder))
}

fn edition(folder: &Path) -> String {
    let tree = Tree::Folder(folder.to_owned());
    let inspection = Catalog::inspect(&tree, TODAY).expect("what was just written can be read");
    let digest = &inspection.catalog.digest;
    format!("[[edition]]\nname = \"generated\"\ndate = {TODAY}\ndigest = \"{digest}\"\n")
}

fn sources(providers: usize) -> String {
    let mut text = String::new();
    for provider in 0..providers {
        for (kind, word) in [("docs", "page"), ("market", "page"), ("api", "api-spec")] {
            let _ = write!(
                text,
                "[provider-{provider}-{kind}]\n\
                 address = \"https://provider-{provider}.example/{kind}\"\n\
                 title = \"Provider {provider}, its {kind}\"\nkind = \"{word}\"\n\n"
            );
        }
    }
    text
}

fn provider_file(provider: usize) -> String {
    let mut text = format!("name = \"Provider {provider}\"\n");
    for kind in ["docs", "market", "api"] {
        let _ = write!(
            text,
            "\n[[statement]]\nsource = \"provider-{provider}-{kind}\"\nseen = 2026-11-20\n\
             credits = \"4 credits = 0.008 USD\"\nfailure-charged = false\n\
             excerpt = {{ credits = \"4 credits per image (~$0.008)\" }}\n"
        );
    }
    text
}

/// Two to four statements: two pages that now and then disagree, an API description, a past.
fn listing(number: usize, provider: usize, model: usize) -> String {
    let mut text = format!(
        "#:schema ../../schema.json\n\nmodel = \"model-{model}\"\n\
         endpoint = \"provider-{provider}/images\"\nslug = \"maker/code-{number}\"\n"
    );
    // No two of these are a power of ten apart, which would be a finding.
    let cents = 20 + (number * 7) % 60;
    if number.is_multiple_of(3) {
        page(&mut text, &format!("provider-{provider}-docs"), "2026-06-01", cents + 1, number);
    }
    page(&mut text, &format!("provider-{provider}-docs"), "2026-11-20", cents, number);
    page(&mut text, &format!("provider-{provider}-market"), "2026-11-20", cents, number + 1);
    if number.is_multiple_of(2) {
        let _ = write!(
            text,
            "\n[[statement]]\nsource = \"provider-{provider}-api\"\nseen = 2026-11-20\n\
             model-code = \"code-{number}\"\nmode = \"{}\"\nprompt-limit = \"1000 chars\"\n\
             sizes = {{ min = 512, max = 2048, divisor = 16, max-pixels = 2097152 }}\n\
             capabilities = {{ streaming = false, webhook = true, seed = true }}\n",
            if number.is_multiple_of(5) { "async" } else { "sync" }
        );
    }
    text
}

fn page(text: &mut String, source: &str, seen: &str, cents: usize, number: usize) {
    let price = match number % 4 {
        0 => format!("\"{cents} credits / image\""),
        1 => format!(
            "[{{ price = \"0.0{cents} USD / image\", quality = \"standard\" }}, \
             {{ price = \"0.0{} USD / image\", quality = \"hd\" }}]",
            cents + 10
        ),
        _ => format!("\"0.0{cents} USD / image\""),
    };
    let figure =
        if number.is_multiple_of(4) { format!("{cents} credits") } else { format!("$0.0{cents}") };
    let _ = write!(
        text,
        "\n[[statement]]\nsource = \"{source}\"\nseen = {seen}\nname = \"Code {number}\"\n\
         maker = \"Zhipu AI\"\nactive = true\nprice = {price}\nmode = \"async\"\n\
         latency = \"3-8 s\"\ninput = [\"text\"]\noutput = [\"image\"]\n\
         prompt-limit = \"1000 chars\"\n\
         sizes = [\"1024x1024\", \"768x1344\", \"864x1152\", \"1344x768\", \"1152x864\"]\n\
         default-size = \"1024x1024\"\nsize-spelling = \"W*H\"\n\
         qualities = [\"standard\", \"hd\"]\ndefault-quality = \"hd\"\n\
         use-cases = [\"High-volume generation\", \"Concept art\", \"Batch marketing visuals\"]\n\
         claims = {{ among-most-affordable = true }}\n\
         excerpt = {{ price = \"{figure} per image\", latency = \"3–8 seconds\" }}\n"
    );
}
