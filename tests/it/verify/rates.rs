//! `cogdex import rates`: the bank's own forms, of which only what is new is added.

use cogdex::catalog::Currency;
use cogdex::exchange::rates_import::{RatesError, read_rates};

use crate::support::{folder, program};

const DAILY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <gesmes:Envelope xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\" \
    xmlns=\"http://www.ecb.int/vocabulary/2002-08-01/eurofxref\">\n\
    <gesmes:subject>Reference rates</gesmes:subject>\n<Cube>\n<Cube time='2026-05-08'>\n\
    <Cube currency='USD' rate='1.1761'/>\n<Cube currency='CNY' rate='7.9989'/>\n\
    </Cube>\n</Cube>\n</gesmes:Envelope>";

#[test]
fn all_four_forms_say_the_same() {
    let history = DAILY.replace(
        "</Cube>\n</Cube>\n</g",
        "</Cube><Cube time=\"2026-05-07\"><Cube currency=\"USD\" rate=\"1.17\"/></Cube></Cube></g",
    );
    let daily_csv = "Date, USD, CNY, \n08 May 2026, 1.1761, 7.9989, \n";
    let history_csv =
        "Date,USD,CNY,RUB,\n2026-05-08,1.1761,7.9989,N/A,\n2026-05-07,1.17,N/A,N/A,\n";
    let read = |text: &str| read_rates(text.as_bytes()).unwrap();
    let all = read(&history);
    assert_eq!(all.len(), 3);
    assert_eq!(all[0].stated, "1.1761");
    assert_eq!(all[0].date, jiff::civil::date(2026, 5, 8));
    assert_eq!(all[1].currency, "CNY".parse::<Currency>().unwrap());
    assert_eq!(read(DAILY), all[..2]);
    assert_eq!(read(daily_csv), all[..2]);
    assert_eq!(read(history_csv), all);
}

#[test]
fn what_is_no_file_of_the_banks_is_refused() {
    let refused = |text: &str| read_rates(text.as_bytes()).unwrap_err();
    assert!(matches!(refused("<html><body>Sorry</body></html>"), RatesError::Empty));
    assert!(matches!(refused("price,size\n1,2\n"), RatesError::Empty));
    assert!(matches!(refused("Date,USD\nsoon,1.1\n"), RatesError::Day(_)));
    assert!(matches!(refused("Date,USD\n2026-05-08,-1\n"), RatesError::Figure(_)));
    assert!(matches!(
        refused("<Cube time='2026-05-08'><Cube currency='USD' rate='1"),
        RatesError::Xml(_)
    ));
}

fn run(catalog: &std::path::Path, text: &str) -> (Option<i32>, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let output = std::process::Command::new(program())
        .args(["import", "rates"])
        .arg(file.path())
        .arg("--catalog")
        .arg(catalog)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn only_what_is_new_is_added_with_its_date_and_source() {
    let catalog = folder(&[]);
    let (code, said) = run(catalog.path(), DAILY);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 rates read, the newest of 2026-05-08; 2 rates added"), "{said}");
    let rates = std::fs::read_to_string(catalog.path().join("rates.toml")).unwrap();
    assert!(rates.contains(
        "[[rate]]\nrate = \"1 EUR = 7.9989 CNY\"\ndate = 2026-05-08\nsource = \"ecb-reference\"\nofficial = true\n"
    ));
    let sources = std::fs::read_to_string(catalog.path().join("sources.toml")).unwrap();
    assert!(sources.contains("[ecb-reference]"));
    let (_, said) = run(catalog.path(), DAILY);
    assert!(said.contains("0 rates added"), "{said}");
    assert_eq!(std::fs::read_to_string(catalog.path().join("rates.toml")).unwrap(), rates);
}
