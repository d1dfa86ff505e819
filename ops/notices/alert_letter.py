"""The notice of new alerts: what was opened or came back, for whoever attends to them. No figures: the register and the pages have them."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from dashboard.language import t
from ops.notices.addresses import Addresses
from ops.notices.letter import Item, Letter, Section
from warehouse.notice_alerts import MISSING, RULE, SIGNAL, Alert
from warehouse.territories import COUNTRY

#: alerts of each kind that are listed; the register has them all
LISTED = 12
#: what the register does not hold for whoever reads outside: names of indicators that are not public
_MARKS = {SIGNAL: "senal", MISSING: "falta", RULE: "regla"}


def alert_letter(alerts: Sequence[Alert], public: set[str], code: str, number: int, lang: str = "es", site: str = "") -> Letter:
    """`public`: indicators that may be named; alerts about others are only counted."""
    shown = [a for a in alerts if a.tipo != SIGNAL or a.objeto in public]
    place = formats.place(code, lang)
    many = formats.plural(len(alerts), t("alerta nueva", lang), t("alertas nuevas", lang), lang)
    register = Addresses(site, number, lang).alerts(code)
    hidden = len(alerts) - len(shown)
    notes = [t("Cada alerta sigue abierta hasta que alguien la cierra diciendo qué se hizo.", lang)]
    if hidden:
        notes.append(t("Además: {n} sobre indicadores internos, que no se nombran en un correo.", lang).format(n=formats.number(hidden, 0, lang)))
    titles = {SIGNAL: t("Señales de deterioro", lang), MISSING: t("Entregas que faltan", lang), RULE: t("Reglas sin cumplir", lang)}
    sections = [_section(titles[k], [a for a in shown if a.tipo == k], code, lang) for k in (SIGNAL, MISSING, RULE)]
    return Letter(
        lang=lang, subject=t("{lugar}: {alertas} — SIEGEM N.º {n}", lang).format(lugar=place, alertas=many, n=number),
        title=t("{lugar}: {alertas}", lang).format(lugar=place, alertas=many),
        lead=(t("Se abrieron con la publicación N.º {n}, o volvieron después de haber cesado.", lang).format(n=number),),
        sections=tuple(s for s in sections if s.items), notes=tuple(notes),
        links=((t("Ver el registro de alertas", lang), register),) if register else (), news=len(alerts),
        data={"publicacion": number, "region": code, "alertas": [_data(a) for a in shown], "sin_nombrar": hidden, "enlace": register},
    )  # fmt: skip


def _section(title: str, alerts: list[Alert], code: str, lang: str) -> Section:
    items = tuple(_item(a, code, lang) for a in alerts[:LISTED])
    more = len(alerts) - len(items)
    return Section(title, items, t("y {n} más, en el registro.", lang).format(n=formats.number(more, 0, lang)) if more > 0 else "")


def _item(alert: Alert, code: str, lang: str) -> Item:
    """Its sentence is Spanish, as the register keeps it."""
    where = formats.place(alert.cod_region, lang) if code == COUNTRY else t("Alerta N.º {n}", lang).format(n=alert.id)
    due = t("Atender hasta el {fecha}.", lang).format(fecha=formats.day(alert.vence, lang)) if alert.vence else ""
    again = t("Volvió después de cerrada.", lang) if alert.reaperturas else ""
    return Item(where, " ".join(x for x in (alert.frase, again, due) if x), _MARKS[alert.tipo])


def _data(alert: Alert) -> dict[str, object]:
    names = ("id", "tipo", "objeto", "regla", "cod_region", "periodo", "frase", "estado", "reaperturas")
    return {n: getattr(alert, n) for n in names} | {"vence": alert.vence.isoformat() if alert.vence else None}
