"""Markdown as messages use it: values made harmless, a readable plain text, and clean HTML.

CommonMark 0.31 without raw HTML. A line break in a text is a line break in a mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape as escape_html
from typing import Final
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, text_join
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markdown_it.utils import EnvType

# --- values ----------------------------------------------------------------------------------------

# Controls and the characters that turn the direction of writing or are not seen; the joiners that emoji and
# Persian need (U+200C, U+200D) stay. Lone surrogates cannot be sent.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r"[ \t-\r\x85\u2028\u2029]+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>~|()]|&(?=[#A-Za-z]))")
_AT_START = re.compile(r"[#+\-=:.)>&]|\d+(?=[.)])")
_LINK = re.compile(r"https?://[^\s<>\\]+\Z")


def _are_words(value: str) -> bool:
    """Whether these are words with single blanks between them, as most values: nothing in them to make harmless."""
    letters = value.replace(" ", "").replace("'", "").replace("-", "").replace(",", "").replace(".", "")
    return letters.isalnum() and value[0].isalpha() and value[-1] != " " and "  " not in value


def clean(value: str) -> str:
    """A value in one line, without what cannot be seen."""
    if _are_words(value):
        return value
    return _BLANKS.sub(" ", _INVISIBLE.sub("", value)).strip()


def escape(value: str) -> str:
    """Markdown that shows a value literally wherever it stands; an address of the web becomes a link to itself."""
    if _are_words(value):
        return value
    value = clean(value)
    if _LINK.match(value):
        return f"<{value}>"
    start = _AT_START.match(value)
    if start is None:
        return _SPECIAL.sub(r"\\\1", value)
    if start[0][0].isdigit():
        number = start[0]
        return f"{number}\\{value[len(number)]}" + _SPECIAL.sub(r"\\\1", value[len(number) + 1 :])
    return "\\" + value[0] + _SPECIAL.sub(r"\\\1", value[1:])


# --- the parser ------------------------------------------------------------------------------------


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.disable(["html_block", "html_inline", "text_join"])
    parser.core.ruler.at("inline", _fill_paragraphs)
    return parser


def _fill_paragraphs(state: StateCore) -> None:
    """What markdown-it does itself, but once for a paragraph that many messages have."""
    for token in state.tokens:
        if token.type == "inline":
            defines = "references" in state.env
            token.children = _inlines(token.content, state.env) if defines else _known_inlines(token.content)


def _inlines(paragraph: str, env: EnvType) -> list[Token]:
    found: list[Token] = []
    _MARKDOWN.inline.parse(paragraph, _MARKDOWN, env, found)
    whole = Token("inline", "", 0, children=found)
    text_join(StateCore("", _MARKDOWN, env, [whole]))
    return whole.children or []


@lru_cache(maxsize=1 << 10)
def _known_inlines(paragraph: str) -> list[Token]:
    return _inlines(paragraph, {})


_MARKDOWN: Final = _parser()


@lru_cache(maxsize=1 << 10)
def _parsed(markup: str) -> list[Token]:
    """Kept for a while, and not to be changed: what is made plain in a decision is made HTML in its delivery."""
    return _MARKDOWN.parse(markup)


@lru_cache(maxsize=1 << 10)
def _paragraphs(markup: str) -> list[str]:
    """Its paragraphs where it has nothing else, as most messages; what takes most of the parser's time is to see that.
    Empty where it may have."""
    return [] if _OTHER_BLOCKS.search(markup) else markup.split("\n\n")


_OTHER_BLOCKS = re.compile(
    r"\A\s*\Z|[\t\r\0]|\A\n|\n\Z|\n\n\n|^(?!\*\*[^\W_])[^\w(«\n\\]|^\d+[.)]|^_|[^\S\n]$", re.MULTILINE
)
"""The start of whatever is no paragraph, at most generously; a paragraph begins with a letter, bold or not."""


# What a text must not hold for Markdown to leave it as it is: marks anywhere, marks and indents at the start of a
# line, blanks that Markdown would drop.
_MARKS = re.compile(r"[\\`*_\[\]<>~\t\r]|&[#A-Za-z]|\n\n\n|[^\S\n]\n|\A\s|\s\Z")
_LINE_MARKS = re.compile(r"^(?:[^\S\n]|[#>+\-=]|\d+[.)])", re.MULTILINE)
_LITERALS = re.compile(r"\\([!-/:-@\[-`{-~])|<(https?://[^\s<>\\]+)>")


_OPENING = "[*_<"
_OPENING_LIMIT: Final = 10_000


def _is_too_dense(markup: str) -> bool:
    """Brackets and stars by the ten thousand cost the parser seconds: such a text is shown as it is."""
    return len(markup) > _OPENING_LIMIT and sum(map(markup.count, _OPENING)) > _OPENING_LIMIT


def _is_plain(markup: str) -> bool:
    return not _MARKS.search(markup) and not _LINE_MARKS.search(markup)


def plain(markup: str) -> str:
    """The text that a Markdown text says, as one would type it: links as `label (address)`, lists with their marks."""
    if _is_too_dense(markup):
        return markup
    if paragraphs := _paragraphs(markup):
        return "\n\n".join(text for one in paragraphs if (text := _paragraph_text(one)))
    if _is_plain(markup):
        return markup
    tokens = _parsed(markup)
    if all(token.type in _PARAGRAPHS for token in tokens):  # nothing is inside another: no need of a tree
        return "\n\n".join(text for token in tokens if (text := _line(token.children or ())))
    return _blocks(SyntaxTreeNode(tokens).children)


def _paragraph_text(text: str) -> str:
    if _is_plain(text):
        return text
    if _is_plain(_LITERALS.sub("x", text)):  # nothing but escaped values: no need to parse
        return _LITERALS.sub(lambda found: found[1] or found[2], text)
    return _line(_known_inlines(text))


_PARAGRAPHS = frozenset({"paragraph_open", "inline", "paragraph_close", "heading_open", "heading_close"})


def _blocks(nodes: Sequence[SyntaxTreeNode], between: str = "\n\n") -> str:
    return between.join(text for node in nodes if (text := _block(node)))


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "bullet_list":
            return _list(node, ["-"] * len(node.children))
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            return _list(node, [f"{start + place}." for place in range(len(node.children))])
        case "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in _blocks(node.children).split("\n"))
        case "fence" | "code_block":
            return node.content.rstrip("\n")
        case "hr":
            return "----"
        case _:  # paragraph, heading
            return "".join(_line(inline.token.children or ()) for inline in node.children if inline.token)


def _list(node: SyntaxTreeNode, marks: Sequence[str]) -> str:
    items = []
    loose = any(not child.hidden for item in node.children for child in item.children if child.type == "paragraph")
    for mark, item in zip(marks, node.children, strict=True):
        text = _blocks(item.children, "\n\n" if loose else "\n")
        items.append(f"{mark} " + text.replace("\n", "\n" + " " * (len(mark) + 1)))
    return ("\n\n" if loose else "\n").join(items)


def _line(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    link, address = 0, ""
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "link_open":
                link, address = len(parts), str(token.attrs.get("href", ""))
            case "link_close":
                parts[link:] = [_labelled("".join(parts[link:]), address)]
            case "image":
                parts.append(_labelled(token.content, str(token.attrs.get("src", ""))))
            case _:  # em, strong
                pass
    return "".join(parts)


def _labelled(label: str, address: str) -> str:
    shown = unquote(address).removeprefix("mailto:")
    if not label or label in (address, shown):
        return shown if label == shown else address
    return f"{label} ({address.removeprefix('mailto:')})"


# --- HTML ------------------------------------------------------------------------------------------

_TAGS = frozenset(
    [
        "p",
        "br",
        "em",
        "strong",
        "a",
        "ul",
        "ol",
        "li",
        "blockquote",
        "code",
        "pre",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_SCHEMES = frozenset({"http", "https", "mailto"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")


def to_html(markup: str, language: str) -> str:
    """A whole, small HTML document of a Markdown text; `language` is its code. No images, no styles, no scripts."""
    code = language.replace("_", "-") if _LANGUAGE.match(language) else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{code}">\n<head><meta charset="utf-8"></head>\n'
        f'<body dir="auto">\n{_body(markup)}</body>\n</html>\n'
    )


def _body(markup: str) -> str:
    if _is_too_dense(markup):
        return "<p>" + escape_html(markup).replace("\n", "<br>\n") + "</p>\n"
    if paragraphs := _paragraphs(markup):
        return "".join(map(_paragraph, paragraphs))
    return _cleaned(_parsed(markup))


def _paragraph(text: str) -> str:
    if not _is_plain(text):
        return _known_paragraph(text)
    return "<p>" + escape_html(text, quote=False).replace("\n", "<br>\n").replace("\xa0", "&nbsp;") + "</p>\n"


@lru_cache(maxsize=1 << 10)
def _known_paragraph(text: str) -> str:
    inline = Token("inline", "", 0, content=text, children=_known_inlines(text), level=1, block=True)
    return _cleaned(
        [Token("paragraph_open", "p", 1, block=True), inline, Token("paragraph_close", "p", -1, block=True)]
    )


def _cleaned(tokens: Sequence[Token]) -> str:
    if any(token.type == "image" for one in tokens for token in one.children or ()):
        tokens = [replace(one, children=list(_without_images(one.children or ()))) for one in tokens]
    return nh3.clean(
        _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}),
        tags=set(_TAGS),
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer",
    )


def _without_images(tokens: Sequence[Token]) -> Iterator[Token]:
    """An image from elsewhere tells its owner who reads when: it becomes a link."""
    for token in tokens:
        if token.type != "image":
            yield token
            continue
        source = str(token.attrs.get("src", ""))
        yield Token("link_open", "a", 1, attrs={"href": source})
        yield Token("text", "", 0, content=token.content or source)
        yield Token("link_close", "a", -1)
