//! `compare`, `diff` and `reprice` on a terminal.

use super::{
    GREEN, WIDTHS, YELLOW, assert_fits, coloured, columns_of, file, folder, json, plain, shown,
    shown_with, stdout,
};

const JOB: [&str; 7] = ["compare", "--images", "1000", "--model", "any", "--as-of", "2026-11-26"];

#[test]
fn no_figure_and_no_id_is_broken_at_any_width() {
    let document = json(&[&JOB[..], &["--format", "json"]].concat());
    let ids: Vec<_> = document["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["listing"].as_str().unwrap().to_owned())
        .collect();
    assert!(ids.len() > 20);
    for width in WIDTHS {
        assert_fits(width, &plain(width, &[&JOB[..], &["--explain"]].concat()));
        let text = plain(width, &JOB);
        assert_fits(width, &text);
        for figure in
            ids.iter().map(String::as_str).chain(["$8.84", "~$8–40", "$100–200", "~$20–100"])
        {
            let is_whole = |line: &str| line.split([' ', ',']).any(|word| word == figure);
            assert!(text.lines().any(is_whole), "{width}: {figure}\n{text}");
        }
    }
}

#[test]
fn below_72_columns_a_listing_takes_two_lines() {
    let text = plain(60, &JOB);
    assert!(
        text.contains("\n3 bigmodel/cogview-4-250304\n  $8.84 · $0.00884 each · 1.3–2.8 h · c d\n"),
        "{text}"
    );
    assert!(
        text.contains("\n6 xpay/zai-generate-image\n  $20 · $0.02 each · time unknown · g\n"),
        "{text}"
    );
    // What an image costs goes first where there is no room for it.
    let text = plain(40, &JOB);
    assert!(text.contains("\n14 fal/cogview4\n  $100–200 · time unknown · j n\n"), "{text}");
    assert!(!text.contains("each"), "{text}");
    // Of one image, its share would say the total again.
    let one = plain(80, &["compare", "--as-of", "2026-11-26"]);
    assert!(!one.contains("Per image") && one.contains("  $0.10–0.20  ?  "), "{one}");
    assert!(plain(71, &JOB).contains("\n1 bigmodel"));
    assert!(plain(72, &JOB).contains("\n 1  bigmodel"));
}

#[test]
fn money_has_a_sign_and_an_explanation_has_every_digit() {
    let text = plain(80, &[&JOB[..], &["--explain"]].concat());
    let (table, explained) = text.split_once("\nbigmodel/cogview-3-flash\n").unwrap();
    assert!(table.contains("$8.84  ") && !table.contains("8.842514811212"), "{table}");
    assert!(explained.contains("8.842514811212 USD"), "{explained}");
    assert!(plain(80, &[&JOB[..], &["--currency", "CNY"]].concat()).contains("¥60  "));
    let euros = ["--currency", "EUR", "--rate", "USD/EUR=0.9", "--rate", "CNY/EUR=0.125"];
    assert!(plain(80, &[&JOB[..], &euros].concat()).contains("€7.50  "));
    let francs = ["--currency", "CHF", "--rate", "USD/CHF=0.9", "--rate", "CNY/CHF=0.125"];
    assert!(plain(80, &[&JOB[..], &francs].concat()).contains("7.50 CHF  "));
}

#[test]
fn one_cause_is_one_note() {
    let text = plain(200, &JOB);
    let note = "disputed (6 listings): a credit is $0.002 (apiin-docs) or $0.01 (apiin-market)";
    assert!(text.contains(note), "{text}");
    assert_eq!(text.matches("disputed").count(), 2, "{text}");
}

#[test]
fn an_old_rate_is_told_with_the_figures() {
    let old = "Rate: 1 USD = 6.7854 CNY (pboc-august of 2026-08-19), 99 days old";
    assert!(plain(200, &JOB).contains(&format!("\n{old}\n")));
    assert!(shown(200, &JOB).1.contains(&coloured(YELLOW, old)));
    let rates = "[[rate]]\nrate = \"1 USD = 8 CNY\"\ndate = 2026-10-01\nsource = \"page\"\n\
                 official = true\n";
    let listing = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-09-01\n\
                   price = \"1 CNY / image\"\n";
    let catalog = folder(&[("rates.toml", rates), ("listings/p/l.toml", listing)]);
    let path = catalog.path().to_str().unwrap();
    for (day, told) in [("2026-11-01", ")\n"), ("2026-11-02", "), 32 days old\n")] {
        for command in ["compare", "show p/l", "show p"] {
            let words: Vec<_> = command.split(' ').collect();
            let text = plain(80, &[&words[..], &["--catalog", path, "--as-of", day]].concat());
            let rate = format!("1 USD = 8 CNY (page of 2026-10-01{told}");
            assert!(text.contains(&rate), "{command} {day}: {text}");
        }
    }
}

#[test]
fn colours_mean_something() {
    let (_, text) = shown(80, &JOB);
    assert!(text.contains(&coloured(GREEN, "bigmodel/cogview-3-flash")), "{text:?}");
    assert!(!text.contains(&coloured(GREEN, "bigmodel/cogview-4")), "{text:?}");
    // A dispute and an age are yellow, an assumption is not.
    for letter in ["a", "b", "c", "e"] {
        assert!(text.contains(&coloured(YELLOW, letter)), "{letter}: {text:?}");
    }
    assert!(!text.contains(&coloured(YELLOW, "d")), "{text:?}");
}

#[test]
fn a_terminal_gets_no_colour_where_none_is_wanted() {
    let (_, text) = shown_with(80, &JOB, &[("NO_COLOR", "1")]);
    assert!(!text.contains('\u{1b}') && text.contains("$8.84"), "{text:?}");
    let (_, text) =
        shown_with(80, &[&JOB[..], &["--color", "always"]].concat(), &[("NO_COLOR", "1")]);
    assert!(text.contains('\u{1b}'), "the flag is nearer than the environment");
}

#[test]
fn a_pipe_gets_whole_lines_without_colour() {
    let text = stdout(&JOB);
    assert!(!text.contains('\u{1b}'));
    let priced = "302ai/cogview-4, 302ai/cogview-4-250304, geekai/cogview-4, gitee/cogview4-6b, \
                  huggingface/cogview4-6b, inference-sh/cogview4-6b, ";
    assert!(text.contains(priced), "{text}");
    assert!(text.contains("\n 1  bigmodel/cogview-3-flash "), "{text}");
}

#[test]
fn wide_characters_count_two() {
    let listing = "model = \"m\"\nslug = \"x\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
        price = [{ price = \"0.1 USD / image\", quality = \"高清高清高清高清\" }, \
        { price = \"0.2 USD / image\", quality = \"超高清超高清\" }]\n";
    let catalog = folder(&[("listings/p/l.toml", listing)]);
    let path = catalog.path().to_str().unwrap();
    let job =
        ["compare", "--catalog", path, "--as-of", "2026-11-26", "--quality", "高清高清高清高清"];
    for width in [40, 60] {
        let text = plain(width, &[&job[..], &["--explain"]].concat());
        assert_fits(width, &text);
        assert!(text.contains("高清高清高清高清"), "{text}");
    }
    let text = plain(40, &["show", "p/l", "--catalog", path, "--as-of", "2026-11-26"]);
    assert_fits(40, &text);
    assert_eq!(columns_of("高清"), 4);
}

#[test]
fn diff_shows_a_rise_in_red() {
    let statement = |price: &str| {
        format!(
            "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"{price} USD / image\"\n"
        )
    };
    let (old, dear) = (statement("0.1"), statement("0.15"));
    let (old, dear) =
        (folder(&[("listings/p/l.toml", &old)]), folder(&[("listings/p/l.toml", &dear)]));
    let (old, dear) = (old.path().to_str().unwrap(), dear.path().to_str().unwrap());
    let (_, text) = shown(80, &["diff", old, dear, "--as-of", "2026-11-26"]);
    assert!(text.contains(&format!("p/l: {}", coloured(31, "$0.10 -> $0.15 (+50%)"))), "{text:?}");
    let alarm = ["--as-of", "2026-11-26", "--fail-on", "increase=5%"];
    let (code, text) = shown(80, &[&["diff", old, dear], &alarm[..]].concat());
    assert_eq!(code, 1);
    assert!(text.contains("p/l: \u{1b}[1m\u{1b}[31m$0.10 -> $0.15 (+50%)"), "{text:?}");
    let (_, text) = shown(80, &["diff", dear, old, "--as-of", "2026-11-26"]);
    assert!(text.contains(&coloured(GREEN, "$0.15 -> $0.10 (-33.33%)")), "{text:?}");
}

#[test]
fn a_log_is_priced_in_two_lines_a_listing_where_there_is_no_room() {
    let home = tempfile::tempdir().unwrap();
    let log = file(&home, "log.csv");
    std::fs::write(&log, "time,images,size\n2026-11-25,1000,1024x1024\n").unwrap();
    let log = log.to_str().unwrap();
    for width in WIDTHS {
        let text = plain(width, &["reprice", log]);
        assert_fits(width, &text);
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains("$8.84") && joined.contains("), 98 days old"), "{text}");
    }
    assert!(
        plain(40, &["reprice", log]).contains("\n1 bigmodel/cogview-4\n  $8.84 · 1,000 images")
    );
}

#[test]
fn what_has_to_be_paid_first_stands_beside_the_total() {
    let listing = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
        price = \"6 credits / image\"\npacks = [{ price = \"10 USD\", credits = 1000 }]\n";
    let catalog = folder(&[("listings/p/l.toml", listing)]);
    let path = catalog.path().to_str().unwrap();
    let job = ["compare", "--catalog", path, "--as-of", "2026-11-26", "--images", "100"];
    let wide = plain(80, &job);
    assert!(wide.contains("#  Listing  Total  Per image  Pay first  Time  Notes\n"), "{wide}");
    assert!(wide.contains("\n1  p/l         $6      $0.06        $10  ?"), "{wide}");
    assert!(plain(60, &job).contains("  $6 · $0.06 each · pay $10 first · time unknown"));
    // Nobody else asks for anything first, so there is no such column.
    assert!(!plain(80, &JOB).contains("Pay first"));
}
