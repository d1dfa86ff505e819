"""What is missing and what falls due soon, as a digest says it: each with its day and its template; by region for the whole country."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from dashboard import formats
from dashboard.language import t
from etl.desk.due import Due
from ops.notices.addresses import Addresses
from ops.notices.letter import Item, Section
from ops.notices.owed import Owed, title
from warehouse.territories import COUNTRY

#: periods or regions named in one line
NAMED, LISTED = 6, 12


def owed_sections(due: Owed, code: str, at: Addresses) -> Iterator[Section]:
    lang = at.lang
    missing, soon = t("Qué falta entregar", lang), t("Qué vence pronto", lang)
    if code == COUNTRY:
        yield _by_region(missing, due.missing, at)
        yield _by_region(soon, due.soon, at)
        return
    yield _listed(missing, [_missing(items, at) for items in _by_table(due.missing)], at)
    yield _listed(soon, [_soon(items, at) for items in _by_table(due.soon)], at)


def _listed(title_: str, items: list[Item], at: Addresses) -> Section:
    lang = at.lang
    more = len(items) - LISTED
    rest = t("y {n} tablas más, en «Entregas».", lang).format(n=more) if more > 1 else t("y 1 tabla más, en «Entregas».", lang) if more == 1 else ""
    hint = t("El nombre de cada tabla descarga su plantilla.", lang) if at.site else ""
    return Section(title_, tuple(items[:LISTED]), rest, hint)


def _by_table(items: Iterable[Due]) -> list[list[Due]]:
    found: dict[str, list[Due]] = defaultdict(list)
    for item in items:
        found[item.tabla].append(item)
    return list(found.values())


def _missing(items: list[Due], at: Addresses) -> Item:
    """One table: each period with its day; of what came and was refused, that it waits for another version."""
    lang = at.lang
    told = [_late(d, lang) for d in items[:NAMED]]
    more = len(items) - len(told)
    told += [t("y {n} periodos más", lang).format(n=more) if more > 1 else t("y 1 periodo más", lang)] if more > 0 else []
    return Item(title(items[0].tabla, lang), f"{'; '.join(told)}.", "falta", href=at.template(items[-1]), verb=_template(items[-1], lang))


def _late(item: Due, lang: str) -> str:
    """«set. 2026, venció el 14-10-2026 (hace 43 días)»."""
    days = formats.plural(item.dias, t("día", lang), t("días", lang), lang)
    when = t("venció el {fecha} (hace {dias})", lang).format(fecha=formats.day(item.vence, lang), dias=days)
    name = formats.period(item.periodo, lang)
    if item.estado == "rechazada":
        return t("{periodo}, llegó y no se pudo aceptar: {cuando}", lang).format(periodo=name, cuando=when)
    return f"{name}, {when}"


def _soon(items: list[Due], at: Addresses) -> Item:
    lang = at.lang
    told = [
        t("{periodo}, vence el {fecha}", lang).format(periodo=formats.period(d.periodo, lang), fecha=formats.day(d.vence, lang))
        for d in items[:NAMED]
    ]
    return Item(title(items[0].tabla, lang), f"{'; '.join(told)}.", href=at.template(items[0]), verb=_template(items[0], lang))


def _template(item: Due, lang: str) -> str:
    """Of several missing deliveries the newest is the one whose template is given."""
    return t("Plantilla de {periodo}", lang).format(periodo=formats.period(item.periodo, lang))


def _by_region(title_: str, items: Iterable[Due], at: Addresses) -> Section:
    """The country: how many each region owes, most first."""
    lang = at.lang
    counts: Counter[str] = Counter(d.cod_region for d in items)
    made = [_owing(code, n, at) for code, n in counts.most_common(LISTED)]
    more = len(counts) - len(made)
    rest = t("y {n} regiones más, en «Seguimiento».", lang).format(n=more) if more > 1 else t("y 1 región más, en «Seguimiento».", lang)
    return Section(title_, tuple(made), rest if more > 0 else "")


def _owing(code: str, count: int, at: Addresses) -> Item:
    told = formats.plural(count, t("entrega", at.lang), t("entregas", at.lang), at.lang)
    return Item(formats.place(code, at.lang), f"{told}.", "falta", href=at.desk_of(code))
