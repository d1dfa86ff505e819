"""What a region says of its own data, as it stands on paper: newest first, cut where there is no room, with where the whole of it is."""

from __future__ import annotations

from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import quality
from dashboard.published import Snapshot


def statements(snap: Snapshot, code: str, lang: str, most: int, letters: int) -> list[dict[str, Any]]:
    """The newest statements: text, and by whom, when and about what."""
    said = snap.statements(code)
    found = []
    for one in said[:most]:
        about = t("{autor}, {fecha}, sobre «{tabla}» de {periodo}", lang)
        who = about.format(
            autor=one.autor,
            fecha=formats.day(one.creado_en, lang),
            tabla=quality.name_of(snap, one.tabla, lang),
            periodo=formats.period_or_word(one.periodo, lang),
        )
        text, cut = shortened(one.texto, letters)
        found.append({"texto": f"«{text}»", "quien": f"{who}. {t('Completo en la página de la región.', lang)}" if cut else who})
    if found and len(said) > most:
        found[-1]["quien"] += " · " + t("y {n} más", lang).format(n=len(said) - most)
    return found


def shortened(text: str, letters: int) -> tuple[str, bool]:
    """The text up to its last whole word within so many letters, and whether anything was cut."""
    text = " ".join(text.split())
    if len(text) <= letters:
        return text, False
    return f"{text[:letters].rsplit(' ', 1)[0]}…", True
