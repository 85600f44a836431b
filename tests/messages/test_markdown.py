"""Values stay what they are, whatever they look like; texts are readable as plain text and clean as HTML."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from planned.engine import markdown
from planned.engine.markdown import clean, escape, plain, to_html


def shown(markup: str) -> str:
    """What a reader of the HTML sees, in one line."""
    body = to_html(markup, "en").partition('<body dir="auto">')[2].rpartition("</body>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", "", body)).split())


NAMES = [
    "**x**",
    "_x_ __y__",
    "<script>alert(1)</script>",
    "[a](http://b)",
    "![a](http://b)",
    "<http://evil.example>",
    "{{7*7}}",
    "{% raw %}",
    "`code`",
    "# title",
    "- item",
    "+ item",
    "1. item",
    "12) item",
    "> quoted",
    "=====",
    "---",
    "***",
    "~~~",
    "```",
    "&lt;b&gt;",
    "&#60;",
    "[x]: http://b",
    ": http://b",
    "(http://b)",
    "a\\",
    "\\",
    "\\*",
    "| a | b |",
    "Jean-Pierre O'Neil",
    "Zoë Đặng 李雷",
    "שלום",
    "مرحبا",
    "👩‍👩‍👧 🇫🇷",
    "=?utf-8?q?a=0D=0ABcc:x@y?=",
    "https://m.example/a_b?c=1&d=*2*",
    "",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("around", ["{}", "Bonjour {}, ça va ?", "{}\n\nfin", "a\n{}\nb", "[lien]{}", "{} suite"])
def test_a_value_is_shown_literally_wherever_it_stands(name: str, around: str) -> None:
    markup = around.format(escape(name)).strip()
    expected = around.format(name).strip()
    assert plain(markup).split() == expected.split()
    assert shown(markup).split() == expected.split()


# "<" is an author's affair next to a value, hence the fixed words around it.
@given(st.text(max_size=30))
def test_any_value_at_all_is_shown_literally(value: str) -> None:
    markup = f"{escape(value)} mot"
    assert plain(markup).split() == f"{clean(value)} mot".split()
    assert shown(markup).split() == f"{clean(value)} mot".split()


@given(
    st.text(alphabet="*_[]()<>`~\\#+-=.:!&1a \n|", max_size=12),
    st.text(alphabet="*_[]()<>`~\\#+-=.:!&1a |", max_size=12),
)
def test_two_values_side_by_side_make_no_markup_between_them(first: str, second: str) -> None:
    assert plain(f"x{escape(first)}{escape(second)} y") == f"x{clean(first)}{clean(second)} y"


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\x00b\x1bc", "abc"),
        ("\u202eecila\u202c", "ecila"),
        ("a\u200f\u2067b\u2069", "ab"),
        ("a\ud800b", "ab"),
        ("  a \t\u2028 b ", "a b"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(value: str, cleaned: str) -> None:
    assert clean(value) == cleaned
    assert plain(escape(value)) == cleaned


def test_a_text_without_marks_is_its_own_plain_text() -> None:
    text = "Bonjour Alice,\n\nil vous reste la leçon 2 (50 %).\nÀ lundi – 9 h 30 !"
    assert plain(text) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("# Titre *fort*", "Titre fort"),
        ("**a** et _b_ et `c`", "a et b et c"),
        ("[le cours](https://m.example/1)", "le cours (https://m.example/1)"),
        ("<https://m.example/1>", "https://m.example/1"),
        ("[https://m.example/1](https://m.example/1)", "https://m.example/1"),
        ("<a@b.example>", "a@b.example"),
        ("[écrire](mailto:a@b.example)", "écrire (a@b.example)"),
        ("- a\n- b\n  - c", "- a\n- b\n  - c"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n\n- b", "- a\n\n- b"),
        ("> a\n> b", "> a\n> b"),
        ("a\n\n---\n\nb", "a\n\n----\n\nb"),
        ("```\nx * y\n```", "x * y"),
        ("a  \nb\\\nc", "a\nb\nc"),
        ("![un dessin](https://m.example/i.png)", "un dessin (https://m.example/i.png)"),
        ("  a\n\n\n\nb", "a\n\nb"),
    ],
)
def test_markdown_becomes_readable_text(markup: str, text: str) -> None:
    assert plain(markup) == text


def test_html_is_a_whole_document_in_the_readers_language() -> None:
    html = to_html("Bonjour **Zoé**,\nà bientôt.", "fr_CA")
    assert html.startswith('<!DOCTYPE html>\n<html lang="fr-CA">')
    assert "<p>Bonjour <strong>Zoé</strong>,<br>\nà bientôt.</p>" in html


@pytest.mark.parametrize("language", ['fr"><script>', "", "f", "fr " * 50])
def test_a_language_that_is_none_does_not_get_into_the_html(language: str) -> None:
    assert '<html lang="en">' in to_html("a", language)


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "![a](javascript:alert(1))",
        "![a](https://m.example/pixel.png)",
        "<javascript:alert(1)>",
        '[a](https://m.example "x\\" onclick=\\"alert(1)")',
    ],
)
def test_html_holds_no_scripts_no_images_and_no_strange_links(markup: str) -> None:
    html = to_html(markup, "en")
    tags = re.findall(r"<(\w+)([^>]*)>", html.partition("<body")[2])
    assert {tag for tag, _ in tags} <= {"p", "a"}
    for _, attributes in tags:
        assert "onclick=" not in re.sub(r'"[^"]*"', "", attributes)
        assert not re.search(r'href="(?!https?:|mailto:)', attributes)


@pytest.mark.parametrize("bomb", ["[", "![", "*_", "<a", "> ", "- ", "`", "[a](", "\\", "&", "_a"])
def test_no_text_keeps_the_parser_busy(bomb: str) -> None:
    text = bomb * (250_000 // len(bomb))
    start = time.process_time()
    plain(text)
    to_html(text, "en")
    assert time.process_time() - start < 3


@given(st.text(alphabet="ab 1.)#-=+\n&;!|:", max_size=20))
def test_what_is_taken_as_it_is_reads_the_same_in_html(text: str) -> None:
    marks = ("<li>", "<hr>", "<blockquote>")  # a plain text writes these as they were typed
    if plain(text) == text and not any(mark in to_html(text, "en") for mark in marks):
        assert shown(text).split() == text.split()


PIECES = [
    "a",
    "Bonjour « x »",
    "**b**",
    "*c*",
    "_",
    "1",
    "1. ",
    "- ",
    "> ",
    "# ",
    "[x](http://e.fr)",
    "[r]",
    "[r]: /u",
    "(z)",
]
PIECES += [
    "`",
    "```",
    "---",
    "=",
    "\\",
    "\\#",
    "<http://e.fr>",
    "&amp;",
    "![i](/j)",
    " ",
    "  ",
    "\t",
    "\n",
    "\n",
    "\n\n",
    "\r",
    "é",
    "\xa0",
    "\x0b",
    "\"'",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(deadline=None, max_examples=400)
def test_what_is_kept_and_cut_short_reads_as_the_whole_parser_reads_it(markup: str) -> None:
    whole = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["html_block", "html_inline"])
    tokens = whole.parse(markup)
    assert markdown._body(markup) == markdown._cleaned(tokens)
    if markup == markup.strip():  # as every message is
        assert plain(markup) == markdown._blocks(SyntaxTreeNode(tokens).children)


@given(st.text(alphabet="ab1éß -.,'’_*&\t\n", max_size=12))
def test_words_are_what_nothing_is_to_be_made_harmless_in(value: str) -> None:
    if markdown._are_words(value):
        assert escape(value) == clean(value) == value
        assert not markdown._SPECIAL.search(value)
        assert not markdown._AT_START.match(value)
        assert not markdown._INVISIBLE.search(value)
        assert markdown._BLANKS.sub(" ", value).strip() == value
