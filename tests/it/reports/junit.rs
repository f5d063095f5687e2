//! The form of `JUnit`: it parses, its counts are right, and no text becomes markup.

use cogdex::contract::Verdict;
use cogdex::probe::junit;
use quick_xml::events::{BytesStart, Event};

use super::{hostile_reports, report, row};

/// An attribute of an XML element.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        element.attributes().map(Result::unwrap).find(|a| a.key.as_ref() == name.as_bytes());
    found.map(|a| a.normalized_value(quick_xml::XmlVersion::Explicit1_0).unwrap().into_owned())
}

/// The names of all elements, the root's attributes and all character data of an XML document.
fn parsed(xml: &str) -> (Vec<String>, BytesStart<'static>, Vec<String>) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_comments = true;
    let (mut names, mut first, mut texts) = (Vec::new(), None, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => {
                names.push(String::from_utf8(element.name().as_ref().to_vec()).unwrap());
                assert!(element.attributes().all(|attribute| attribute.is_ok()), "{element:?}");
                texts.extend(attribute(&element, "message"));
                first.get_or_insert(element.into_owned());
            }
            Event::Comment(_) | Event::CData(_) | Event::PI(_) | Event::DocType(_) => {
                panic!("a text became markup: {xml:.400}")
            }
            Event::Eof => return (names, first.unwrap(), texts),
            _ => {}
        }
    }
}

#[test]
fn junit_parses_and_counts_right_whatever_is_said() {
    for (text, reports) in hostile_reports() {
        let xml = junit(&reports).unwrap();
        // What XML can't hold at all, not even as a reference.
        assert!(!xml.contains(['\u{fffe}', '\u{ffff}']) && !xml.contains("&#0;"), "{text:.40?}");
        let (names, suites, messages) = parsed(&xml);
        let count = |name: &str| names.iter().filter(|known| *known == name).count();
        let stated = |name: &str| attribute(&suites, name).unwrap().parse::<usize>().unwrap();
        assert_eq!((count("testsuite"), count("testcase")), (2, 15), "{text:.40?}");
        assert_eq!((count("failure"), count("error"), count("skipped")), (6, 3, 3));
        assert_eq!((stated("tests"), stated("failures"), stated("errors")), (15, 6, 3));
        assert_eq!(count("script") + count("x"), 0);
        assert_eq!(messages.len(), 12);
    }
}

#[test]
fn junit_tells_a_text_as_it_is() {
    let text = "<a & \"b\"> ']]>";
    let xml = junit(&[report("p/l", vec![row("c", Verdict::Broken, text)], &[])]).unwrap();
    let (_, _, messages) = parsed(&xml);
    assert_eq!(messages, [format!("{text} {text}")]);
}
