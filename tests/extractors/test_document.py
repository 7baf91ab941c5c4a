"""Pages of every encoding and shape become text and a tree, or one clear line."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import ExtractionError
from moderation.extractors.document import MAX_DEPTH, Document
from moderation.schema import Page

GERMAN = "<html><body><p>Schöne Grüße aus Köln, die Bäder öffnen früh.</p></body></html>"
KOREAN = "<html><body><p>도서관이 다시 문을 열어서 정말 기쁩니다.</p></body></html>"


def document(body: bytes, *, source: str = "page", charset: str | None = None) -> Document:
    return Document(Page(source, body, charset=charset))


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_german_is_read_in_encodings_nobody_declared(encoding):
    assert document(GERMAN.encode(encoding)).text == GERMAN


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16", "utf-16-le"])
def test_korean_is_read_in_encodings_nobody_declared(encoding):
    assert document(KOREAN.encode(encoding)).text == KOREAN


def test_euc_kr_means_cp949_as_in_browsers():
    page = '<meta charset="euc-kr"><p>뷁</p>'  # a syllable that EUC-KR proper lacks
    assert document(page.encode("cp949")).text == page


def test_iso_8859_1_means_cp1252_as_in_browsers():
    page = (
        '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1"><p>“so” kostet 5 €'
    )
    assert document(page.encode("cp1252")).text == page


def test_the_transport_is_believed_before_the_page():
    page = '<meta charset="windows-1251"><p>Köln'
    assert document(page.encode("latin-1"), charset="ISO-8859-1").text == page


def test_valid_utf_8_is_believed_before_a_wrong_declaration():
    page = '<meta charset="iso-8859-1">' + GERMAN
    assert document(page.encode()).text == page


def test_a_declaration_that_does_not_fit_is_passed_over():
    page = '<meta charset="utf-8">' + GERMAN
    assert document(page.encode("latin-1")).text == page


@pytest.mark.parametrize("label", ["rot13", "idna", "no-such-thing", "utf-16", "", "ÿ"])
def test_unusable_encoding_names_are_passed_over(label):
    assert document(GERMAN.encode(), charset=label).text == GERMAN


def test_an_xml_declaration_names_the_encoding():
    page = '<?xml version="1.0" encoding="euc-kr"?><rss><title>도서관</title></rss>'
    read = document(page.encode("cp949"))
    assert (read.text, read.kind) == (page, "xml")


def test_a_character_cut_in_half_costs_only_itself():
    assert document(GERMAN.encode()[:22]).text == "<html><body><p>Schöne "[:21]
    assert document("<p>Grüße aus Kö".encode()[:-1]).text == "<p>Grüße aus K\ufffd"


def test_nuls_and_lone_surrogates_are_gone():
    assert document(b"<p>be\0fore</p>\0\0").text == "<p>before</p>"
    assert document(b"\xff\xfe<\0p\0>\0\x00\xd8x\0").text == "<p>\ufffdx"
    assert "\ud800" not in document(b"<p>&#xD800;x</p>").tree.text_content()


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\0\0\0", b"\xef\xbb\xbf", b"\xff\xfe \0"])
def test_an_empty_page_is_refused_in_one_line(body):
    with pytest.raises(ExtractionError, match=r"^page: the page is empty; expected .*") as caught:
        document(body)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG image"),
        (gzip.compress(b"<p>x</p>", mtime=0), "gzip"),
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"PK\x03\x04\x14\0\x06\0", "ZIP"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "WebP"),
        (bytes(range(1, 256)) * 20, "binary data"),
    ],
)
def test_a_binary_page_is_refused_by_what_it_looks_like(body, name):
    with pytest.raises(
        ExtractionError, match=f"^page: looks like .*{name}.*; expected an HTML page"
    ):
        document(body)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!DOCTYPE html><title>x</title>", "html"),
        ("\n<!-- saved --><html><p>x", "html"),
        ('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD"><html xmlns="x"><p>', "html"),
        ('<div class="comment">cut out of a page</div>', "html"),
        ('ss="a">cut</b> <p>in the <i>middle</i></p> <p>of a tag</p>', "html"),
        ("<my-comment>custom element</my-comment>", "html"),
        ('<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "xml"),
        ("<disqus><thread/></disqus>", "xml"),
        ('<?xml version="1.0"?><w:export xmlns:w="x"/>', "xml"),
        ('{"comments": []}', "json"),
        (' [{"id": 1}]\n', "json"),
        ('{"id": 1}\n{"id": 2}\n', "json"),
        ("[LIVE] Latest\n\nA page dump.\n", "text"),
        ("[1] a footnote", "text"),
        ("Headline\n\nWrite <b> for bold.\n\nComments2\n" + "words " * 200, "text"),
        ("3 < 5 and 7 > 2", "text"),
    ],
)
def test_the_kind_is_told_from_the_content(text, kind):
    assert document(text.encode()).kind == kind


def test_cut_off_json_is_told_by_its_suffix():
    assert document(b'{"comments": [{"id": 1', source="thread.json").kind == "json"


def test_the_tree_is_parsed_once_and_free_of_remarks():
    read = document(b"<html><body><!-- no --><?php no ?><p>yes &amp; no</p>")
    assert read.tree is read.tree
    assert [node.tag for node in read.tree.iter()] == ["html", "head", "body", "p"]
    assert read.tree.text_content() == "yes & no"


def test_a_truncated_page_keeps_what_was_there():
    tree = document(b'<html><body><div class="c"><p>first</p><p>second</p><a href="/x').tree
    assert [p.text for p in tree.iter("p")] == ["first", "second"]


@pytest.mark.parametrize("tag", ["div", "b", "p", "table", "font color=red", "x-y"])
def test_what_stands_behind_deep_nesting_is_still_read(tag):
    levels = 100_000
    body = f"<{tag}>" * levels + "<p id=inner>inner" + f"</{tag.split()[0]}>" * levels
    tree = document(f"<html><body>{body}<p id=end>end".encode()).tree
    assert tree.get_element_by_id("inner").text.startswith("inner")
    assert tree.get_element_by_id("end").text == "end"
    deepest = max(tree.iter(), key=lambda node: sum(1 for _ in node.iterancestors()))
    assert sum(1 for _ in deepest.iterancestors()) <= MAX_DEPTH + 10


def test_a_million_open_tags_are_read():
    tree = document(b"<html><body>" + b"<div>" * 1_000_000 + b"<p>inner").tree
    assert tree.findtext(".//p") == "inner"


@pytest.mark.parametrize(
    "body",
    [b"<a" * 1_000_000, b"<" * 1_000_000, b"<!--" * 300_000, b"&" * 1_000_000, b'<a b="' * 200_000],
)
def test_unfinished_mark_up_takes_linear_time(body):
    read = document(body)
    assert read.kind in {"html", "text"}
    assert read.tree is not None


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "euc-kr", "utf-16", "x"]))
def test_any_bytes_are_a_document_or_an_extraction_error(body, charset):
    try:
        read = document(body, charset=charset)
    except ExtractionError:
        return
    read.text.encode("utf-8")
    assert read.tree.tag == "html"


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
def test_text_with_a_byte_order_mark_survives_exactly(text, encoding):
    text = text.lstrip("\0")  # UTF-16's mark and a NUL are UTF-32's mark
    try:
        assert document(text.encode(encoding)).text == text.replace("\0", "").lstrip("\ufeff")
    except ExtractionError as error:
        assert "empty" in error.problem or "binary" in error.problem  # noqa: PT017


def test_json_is_parsed_without_nuls_and_lone_surrogates():
    body = rb'{"a": "x\u0000y", "b": "\ud83d\ude00 \ud83d", "c": "\\u0000"}'
    assert document(body).json == {"a": "xy", "b": "\U0001f600 ", "c": "\\u0000"}


@pytest.mark.parametrize("body", [b"<p>{}</p>", b'{"a": 1,}', b"[" * 99_999 + b"1]"])
def test_what_is_no_json_has_none(body):
    assert document(body, source="x.json").json is None


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Très bien, déjà vu à la carte"),
        ("cp1252", "Größe, möglich und über"),
        ("cp1252", "El niño y la señora están aquí"),
        ("cp1250", "Zażółć gęślą jaźń, święta są już blisko"),
        ("cp1250", "Příliš žluťoučký kůň úpěl"),
        ("cp1254", "çok güzel bir köşe, teşekkürler, ağaç"),
    ],
)
def test_an_undeclared_latin_encoding_is_told_by_its_usual_letters(encoding, text):
    assert text in Document(Page("page.html", f"<p>{text}</p>".encode(encoding))).text


def test_shadow_trees_are_shown_and_other_templates_are_not():
    page = b"<x-talk><template shadowrootmode=open><p>Seen</template></x-talk><template><p>No"
    assert [one.tag for one in document(b"<html><body>" + page).tree.iter("div", "template")] == [
        "div",
        "template",
    ]
