//! Pages as readers see them: elements, charsets, and what is no text.

use cogdex::verify::{FigureVerdict, PageFault, PageFormat, PageText};

use super::{filler, html, judged, priced};

#[test]
fn markup_scripts_and_what_is_hidden() {
    let page = html(
        "<!doctype html><html><head><title>T</title><style>.a{}</style></head><body>\
         <p>Base cost<span>4</span><!-- --> credits</p><script>var price = '5 credits';</script>\
         <div>$0.<b>0</b>6</div><table><tr><td>hd</td><td>$0.02</td></tr></table>\
         <p hidden>no</p><p style='display: none'>no</p><del>$9</del><noscript>no</noscript>\
         <p>a\n b&nbsp;c&yen;1</p><pre>x\n  y</pre><template>no</template></body></html>",
    );
    assert_eq!(
        page.as_str().split(['\n', '\t']).filter(|line| !line.is_empty()).collect::<Vec<_>>(),
        ["Base cost4 credits", "$0.06", "hd", "$0.02", "a b\u{a0}c¥1", "x", "  y"],
    );
}

#[test]
fn what_is_hidden_ends_where_its_end_tag_is_left_out() {
    for (page, seen) in [
        ("<ul><li hidden>no<li>$1</ul>", "$1"),
        ("<ul><li hidden>no<ul><li>no</ul>no<li>$1</ul>", "$1"),
        ("<ul><li hidden>no</ul>$1", "$1"),
        ("<table><tr><td hidden>no<td>$1</table>", "$1"),
        ("<table><tr hidden><td>no<tr><td>$1</table>", "$1"),
        ("<dl><dt hidden>no<dd>$1</dl>", "$1"),
        ("<p hidden>no<p>$1", "$1"),
        ("<div hidden>no<div>no</div>no</div>$1", "$1"),
    ] {
        assert_eq!(html(page).as_str().trim(), seen, "{page}");
    }
}

#[test]
fn a_figure_in_a_script_or_struck_out_is_not_said() {
    let catalog = priced("4 credits / image", "4 credits per image");
    let page = |words: &str| html(&format!("<h1>CogView-4</h1><p>{}</p>{words}", filler()));
    let verdict = |words: &str| judged(&catalog, &page(words))[0].verdict;
    assert_eq!(verdict("<p>4 <b>credits</b> per<br>image</p>"), FigureVerdict::Confirmed);
    assert_eq!(verdict("<script>4 credits per image</script>"), FigureVerdict::Gone);
    assert_eq!(verdict("<s>4 credits per image</s>"), FigureVerdict::Gone);
    assert_eq!(verdict("<p><s>4</s> 3 credits per image</p>"), FigureVerdict::Changed,);
}

#[test]
fn markdown_keeps_its_words_and_loses_elements() {
    let page =
        "# CogView\n~~$0.05~~ <b>$0.0</b>1 &yen;2 <!-- $3\n--> [x](y) `<script>` after\nlast";
    let text = PageText::read(page.as_bytes(), PageFormat::Markdown, None).unwrap();
    assert!(text.as_str().contains("$0.01 ¥2"), "{}", text.as_str());
    assert!(!text.as_str().contains("0.05") && !text.as_str().contains("$3"));
    assert!(text.as_str().ends_with("last\n"));
}

#[test]
fn json_is_read_without_quotes_and_escapes() {
    let page = br#"{"price": "\u00a50.06 per generation", "n": [1, 2.50], "b": {"c": null}}"#;
    let text = PageText::read(page, PageFormat::Json, None).unwrap();
    assert_eq!(text.as_str(), "{\nprice: ¥0.06 per generation,\nn: [1, 2.5],\nb: {\nc: null\n}\n}");
    let cut = PageText::read(b"{\"price\": 4", PageFormat::Json, None).unwrap();
    assert_eq!(cut.as_str(), "{\"price\": 4");
}

#[test]
fn charsets_by_header_by_meta_and_by_their_bytes() {
    let (gbk, _, _) = encoding_rs::GBK.encode(
        "<html><body>模型 CogView-4 的价格为 ￥0.06 元每次，图像生成服务的计费说明</body></html>",
    );
    let meta = [b"<html><head><meta charset='gb2312'></head>".as_slice(), &gbk].concat();
    for (bytes, header) in [
        (gbk.to_vec(), Some("text/html; charset=GBK")),
        (gbk.to_vec(), Some("text/html; charset=\"gb18030\"; x=y")),
        (gbk.to_vec(), None),
        // Many servers call whatever they have UTF-8.
        (gbk.to_vec(), Some("text/html; charset=utf-8")),
        (meta, None),
    ] {
        let page = PageText::read(&bytes, PageFormat::Html, header).unwrap();
        assert!(page.as_str().contains("的价格为 ￥0.06 元每次"), "{header:?}: {}", page.as_str());
    }
    let utf8 = "¥0.06 每次";
    for header in [None, Some("text/plain; charset=gbk"), Some("text/plain; charset=latin1")] {
        let page = PageText::read(utf8.as_bytes(), PageFormat::Plain, header).unwrap();
        assert_eq!(page.as_str(), utf8, "{header:?}");
    }
    let utf16: Vec<u8> = "\u{feff}$4".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(PageText::read(&utf16, PageFormat::Plain, None).unwrap().as_str(), "$4");
}

#[test]
fn what_is_no_text_is_said() {
    let read = |bytes: &[u8]| PageText::read(bytes, PageFormat::Html, None).unwrap_err();
    assert_eq!(read(b"%PDF-1.7 ..."), PageFault::Pdf);
    assert!(matches!(read(b"\x89PNG\0\0"), PageFault::NotText(_)));
    assert_eq!(read(&vec![b'a'; PageText::MAX_BYTES + 1]), PageFault::TooLarge);
    let format = |kind, address| PageFormat::from_content_type(kind, address);
    assert_eq!(format(Some("image/png"), "https://a/b.html"), None);
    assert_eq!(format(Some("application/pdf"), "https://a/b"), None);
    assert_eq!(format(Some("Text/HTML; charset=x"), "https://a/b"), Some(PageFormat::Html));
    assert_eq!(format(Some("text/plain"), "https://a/b.md?x"), Some(PageFormat::Markdown));
    assert_eq!(format(Some("application/openapi+json"), "https://a"), Some(PageFormat::Json));
    assert_eq!(format(None, "https://a.com/llms.TXT#x"), Some(PageFormat::Plain));
}

#[test]
fn hostile_pages_end() {
    let catalog = priced("4 credits / image", "4 credits per image");
    for page in [
        "<div>".repeat(50_000),
        "9".repeat(100_000),
        "1,".repeat(50_000),
        "<!--".repeat(50_000),
        "[".repeat(100_000),
        "4 credits per imag".repeat(5_000),
    ] {
        for format in [PageFormat::Html, PageFormat::Markdown, PageFormat::Json] {
            let page = PageText::read(page.as_bytes(), format, None).unwrap();
            assert_ne!(judged(&catalog, &page)[0].verdict, FigureVerdict::Confirmed);
        }
    }
}
