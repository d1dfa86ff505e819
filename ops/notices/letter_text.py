"""A notice as plain text: what every mail program shows, and what is read aloud."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from dashboard.language import t
from ops.notices.letter import Item, Letter, Section

WIDTH = 78


def text(letter: Letter, *, leave: str = "") -> str:
    """The whole notice. `leave`: the address that ends the subscription."""
    blocks = [letter.title.upper() if len(letter.title) < WIDTH else letter.title, *([letter.label] if letter.label else []), " ".join(letter.lead)]
    body = [_filled(b) for b in blocks]
    body += ["\n".join(_section(s, letter.lang)) for s in letter.sections]
    body += ["\n".join(f"{words}:\n{address}" for words, address in letter.links)] if letter.links else []
    body += [_filled(" ".join(letter.notes)), _filled(foot(letter.lang, leave))]
    return "\n\n".join(b for b in body if b) + "\n"


def foot(lang: str, leave: str) -> str:
    """Why this arrived and how it stops."""
    why = t("Recibe este aviso porque su oficina lo pidió a SIEGEM.", lang)
    how = t("Para no recibir más: {direccion}", lang).format(direccion=leave) if leave else ""
    return f"{why} {how}".strip()


def _section(section: Section, lang: str) -> Iterator[str]:
    yield section.title.upper()
    for item in section.items:
        yield from _item(item, lang)
    if section.rest:
        yield _filled(section.rest, "  ")


def _item(item: Item, lang: str) -> Iterator[str]:
    new = f" [{t('nuevo', lang)}]" if item.fresh else ""
    yield _filled(f"- {item.title}{new}. {item.text}" if not item.title.endswith(".") else f"- {item.title}{new} {item.text}", "  ")
    for words, address in (*(((item.verb or t("Ver", lang), item.href),) if item.href else ()), *item.actions):
        yield f"  {words}: {address}"


def _filled(block: str, after: str = "") -> str:
    first = "" if block.startswith("- ") or not after else after
    return textwrap.fill(block, WIDTH, initial_indent=first, subsequent_indent=after, break_long_words=False, break_on_hyphens=False)
