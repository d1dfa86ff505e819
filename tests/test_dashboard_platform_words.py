"""Every text the dashboard shows is in the English catalogue, with the same places to fill in."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from dashboard import language, shell

DASHBOARD = Path(__file__).resolve().parents[1] / "dashboard"
NOTICES = DASHBOARD.parent / "ops" / "notices"


def literals(node: ast.expr) -> list[str]:
    """The texts an expression may be: a literal, either branch of a choice, the values of a literal table."""
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return literals(one) + literals(other)
        case ast.Subscript(value=ast.Dict(values=values)):
            return [text for value in values for text in literals(value)]
    return []


def texts() -> dict[str, str]:
    """Literal first argument of every `t(...)` call -> file. Titles of pages are translated too."""
    found: dict[str, str] = {word: "shell.py" for _, _, word in shell.SECTIONS}
    for path in sorted([*DASHBOARD.rglob("*.py"), *NOTICES.rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "t" and node.args:
                found |= dict.fromkeys(literals(node.args[0]), path.name)
            if name == "register_page":
                found |= {k.value.value: path.name for k in node.keywords if k.arg == "title" and isinstance(k.value, ast.Constant)}
    return found


def test_every_text_is_translated() -> None:
    known = language.english()
    assert {text: file for text, file in texts().items() if text not in known} == {}


def test_translations_keep_the_places_to_fill_in() -> None:
    places = re.compile(r"{[a-z_]*}")
    bad = {es: en for es, en in language.english().items() if sorted(places.findall(es)) != sorted(places.findall(en))}
    assert bad == {}


def test_no_translation_is_left_of_a_text_nobody_shows() -> None:
    assert set(language.english()) - set(texts()) == set()


def test_what_has_no_translation_is_shown_in_spanish_and_told() -> None:
    language.missing.clear()
    assert language.t("Texto que nadie tradujo", "en") == "Texto que nadie tradujo"
    assert language.missing == {"Texto que nadie tradujo"}
    assert language.t("Texto que nadie tradujo", "es") == "Texto que nadie tradujo"
    language.missing.clear()


def test_an_unknown_language_is_spanish() -> None:
    assert [language.known(x) for x in ("es", "en", "qu", None, "")] == ["es", "en", "es", "es", "es"]
