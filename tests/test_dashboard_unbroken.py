"""What stays on one line within a text, and where nothing may be cut out of it."""

from __future__ import annotations

from typing import Any

import pytest
from dash import html

from dashboard import drawing, fixed
from dashboard.publico.tags import link, tag
from dashboard.unbroken import pieces

KEPT = '<span class="sin-corte">{}</span>'


def told(child: Any) -> str:
    return fixed.part([child], fixed.Live()).html


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("74.5 % (5 de 6; intervalo de 95 %: 12.3–15.6 %).", "12.3–15.6"),
        ("intervalo 1\N{NO-BREAK SPACE}234,5–2\N{NO-BREAK SPACE}000,0.", "1\N{NO-BREAK SPACE}234,5–2\N{NO-BREAK SPACE}000,0"),
        ("50–62", "50–62"),
        ("Datos al 30-09-2026 · n = 3", "30-09-2026"),
    ],
)
def test_an_interval_or_a_date_is_an_element_of_its_own_and_the_text_is_the_same(text: str, whole: str) -> None:
    made = told(html.P(text))
    inside = text.replace(whole, KEPT.format(whole))
    assert made.endswith(f">{inside}</p>") and made.replace(KEPT.format(whole), whole).endswith(f">{text}</p>")
    assert told(html.Li(["De ", html.B("1"), text])).count("sin-corte") == 1


def test_titles_keep_the_months_of_a_period_together() -> None:
    assert KEPT.format("jul.–set.") in told(html.H3("Tasa, jul.–set. 2020"))
    assert "sin-corte" not in told(html.P("Tasa, jul.–set. 2020"))


def test_what_never_breaks_or_holds_text_alone_is_left_as_it_is() -> None:
    text = "12.3–15.6"
    for child in (
        html.Td(text, className="num"),
        html.Option(text),
        html.Span(text, className="a sin-corte"),
        html.P("nada – nada, 3-4, 10-12-20267"),
    ):
        assert pieces(child._type, getattr(child, "className", ""), child.children) is child.children
    assert "span" not in told(drawing.svg(10, 10, drawing.words(0, 0, text), label=text))


def test_the_public_pages_do_the_same() -> None:
    assert tag("p", "intervalo 33–48; <1") == 'intervalo <span class="juntos">33–48</span>; &lt;1'.join(("<p>", "</p>"))
    assert tag("text", "33–48") == "<text>33–48</text>" and tag("td", "33–48") == "<td>33–48</td>"
    assert "juntos" in link("al 30-09-2026", "/p/1/") and "juntos" not in tag("p", cls="33–48")
