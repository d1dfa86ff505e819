"""A notice as HTML for mail programs: one column, styles in place, no pictures, no scripts, nothing asked of any server.

Mail programs know little of CSS: tables carry the layout, and every colour stands beside a word that says the same.
"""

from __future__ import annotations

from html import escape

from dashboard.language import t
from ops.notices.letter import Item, Letter, Section
from ops.notices.letter_text import foot

INK, SOFT, PAPER, LINE, COPPER = "#1B2330", "#4A5361", "#FBFAF7", "#D9D6CE", "#A0551A"
FONT = "'Source Sans 3','Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
#: mark -> (sign, colour, Spanish word)
_WORSE, _BETTER, _SIGNAL = "#C42D1C", "#0B7A75", "#4B3A8C"
_MARKS = {"empeora": ("▼", _WORSE), "mejora": ("▲", _BETTER), "sube": ("↑", SOFT), "baja": ("↓", SOFT), "senal": ("◆", _SIGNAL),
          "falta": ("○", COPPER), "regla": ("!", COPPER), "revision": ("≠", SOFT)}  # fmt: skip


def html(letter: Letter, *, leave: str = "") -> str:
    """The whole notice as a document of its own. `leave`: the address that ends the subscription."""
    body = "".join(
        [
            _label(letter.label),
            f'<h1 style="margin:0 0 12px;font-size:22px;line-height:1.25;color:{INK}">{escape(_whole(letter.title))}</h1>',
            _lead(letter.lead),
            *(_section(s, letter.lang) for s in letter.sections),
            _links(letter.links),
            _notes(letter, leave),
        ]
    )
    hidden = escape(letter.lead[0] if letter.lead else letter.title)
    return (
        f'<!doctype html><html lang="{escape(letter.lang)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light">'
        f"<title>{escape(letter.subject)}</title></head>"
        f'<body style="margin:0;padding:0;background:{PAPER};font-family:{FONT};color:{INK};-webkit-text-size-adjust:100%">'
        f'<div style="display:none;max-height:0;overflow:hidden">{hidden}</div>'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:{PAPER}"><tr>'
        '<td align="center" style="padding:0 0 24px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px;background:#FFFFFF;'
        f'border-bottom:1px solid {LINE}"><tr><td style="padding:14px 20px;border-top:4px solid {COPPER};border-bottom:1px solid {LINE};'
        f'font-size:14px;color:{SOFT}"><b style="color:{INK}">SIEGEM</b> · {escape(t("Gestión minera regional", letter.lang))}</td></tr>'
        f'<tr><td style="padding:20px 20px 24px;font-size:16px;line-height:1.5">{body}</td></tr></table></td></tr></table></body></html>\n'
    )


def _whole(title: str) -> str:
    """A number stays with its sign."""
    return title.replace("N.º ", "N.º\N{NO-BREAK SPACE}")


def _label(text: str) -> str:
    if not text:
        return ""
    style = f"margin:0 0 16px;padding:8px 12px;background:#F6EADF;border-left:4px solid {COPPER};font-size:14px;color:{INK}"
    return f'<p style="{style}">{escape(text)}</p>'


def _lead(lead: tuple[str, ...]) -> str:
    return "".join(
        f'<p style="margin:0 0 {8 if i + 1 < len(lead) else 4}px;color:{INK if not i else SOFT};font-size:{17 if not i else 15}px">{escape(p)}</p>'
        for i, p in enumerate(lead)
    )


def _section(section: Section, lang: str) -> str:
    head = f'<h2 style="margin:24px 0 4px;padding:0 0 4px;border-bottom:1px solid {LINE};font-size:17px;line-height:1.3;color:{INK}">'
    items = "".join(_item(i, lang) for i in section.items)
    rest = f'<p style="margin:4px 0 0;font-size:15px;color:{SOFT}">{escape(section.rest)}</p>' if section.rest else ""
    hint = f'<p style="margin:0;font-size:15px;color:{SOFT}">{escape(section.hint)}</p>' if section.hint else ""
    table = f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">{items}</table>'
    return f"{head}{escape(section.title)}</h2>{hint}{table}{rest}"


def _item(item: Item, lang: str) -> str:
    sign, colour = _MARKS.get(item.mark, ("·", SOFT))
    name = escape(item.title)
    title = f'<a href="{escape(item.href, quote=True)}" style="color:{INK};text-decoration:underline">{name}</a>' if item.href else name
    new = f' <span style="font-size:13px;color:{COPPER};font-weight:bold">{escape(t("nuevo", lang))}</span>' if item.fresh else ""
    style = f"display:inline-block;margin:0 16px 0 0;padding:6px 0;color:{COPPER};font-size:15px"
    actions = "".join(f'<a href="{escape(address, quote=True)}" style="{style}">{escape(words)}</a>' for words, address in item.actions)
    told = f'<div style="font-size:15px;color:{SOFT};line-height:1.45">{escape(item.text)}</div>'
    return (
        f'<tr><td width="22" valign="top" style="padding:10px 0 0;color:{colour};font-size:14px;line-height:1.5" aria-hidden="true">{sign}</td>'
        f'<td valign="top" style="padding:8px 0 0"><div style="line-height:1.4"><b>{title}</b>{new}</div>{told}'
        f"{f'<div>{actions}</div>' if actions else ''}</td></tr>"
    )


def _links(links: tuple[tuple[str, str], ...]) -> str:
    if not links:
        return ""
    (first, address), rest = links[0], links[1:]
    style = f"display:inline-block;padding:10px 16px;background:{COPPER};color:#FFFFFF;text-decoration:none;border-radius:4px;font-weight:bold"
    more = "".join(f'<p style="margin:12px 0 0"><a href="{escape(a, quote=True)}" style="color:{COPPER}">{escape(w)}</a></p>' for w, a in rest)
    return f'<p style="margin:28px 0 0"><a href="{escape(address, quote=True)}" style="{style}">{escape(first)}</a></p>{more}'


def _notes(letter: Letter, leave: str) -> str:
    told = "".join(f'<p style="margin:0 0 8px">{escape(n)}</p>' for n in letter.notes)
    why = escape(foot(letter.lang, ""))
    stop = f' <a href="{escape(leave, quote=True)}" style="color:{SOFT}">{escape(t("No recibir más", letter.lang))}</a>' if leave else ""
    return f'<div style="margin:28px 0 0;padding:12px 0 0;border-top:1px solid {LINE};font-size:14px;line-height:1.45;color:{SOFT}">{told}<p style="margin:0">{why}{stop}</p></div>'  # noqa: E501
