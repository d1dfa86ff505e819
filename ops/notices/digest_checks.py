"""What to mend in what was sent: rules that the region's newest deliveries do not meet. No cell is quoted: its page shows the rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.published import REJECTED
from ops.notices.addresses import Addresses
from ops.notices.letter import Item
from ops.notices.owed import title
from warehouse.territories import COUNTRY

Row = dict[Any, Any]


def check_items(checks: list[Row], code: str, at: Addresses) -> list[Item]:
    """One item for each delivery (for each region, of the country), in the order of `checks`: worst first."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in checks:
        found[row["cod_region"] if code == COUNTRY else (row["tabla"], row["periodo"])].append(row)
    if code == COUNTRY:
        return [_of_region(rows, at) for rows in sorted(found.values(), key=lambda rows: -len(rows))]
    return [_of_delivery(rows, at) for rows in found.values()]


def _of_delivery(rows: list[Row], at: Addresses) -> Item:
    """«Trámites mineros, set. 2026: referencias a otras tablas: 10 de 21 filas (G-05)…», with how it is mended."""
    first, lang = rows[0], at.lang
    told = "; ".join(_rule(r, lang) for r in rows[:4])
    told = told[:1].upper() + told[1:]
    rest = len(rows) - 4
    told += f"; {t('y {n} reglas más', lang).format(n=rest) if rest > 1 else t('y 1 regla más', lang)}" if rest > 0 else ""
    state = t("El archivo no se aceptó.", lang) + " " if first["estado_entrega"] == REJECTED else ""
    cures = " ".join(dict.fromkeys(cure(r["dimension"], lang) for r in rows[:4]))
    actions = ((t("Ver las filas y corregirlas", lang), at.desk(first)),) if at.site else ()
    return Item(
        f"{title(first['tabla'], lang)}, {formats.period_or_word(first['periodo'], lang)}", f"{state}{told}. {cures}", "regla", actions=actions
    )


def _of_region(rows: list[Row], at: Addresses) -> Item:
    lang = at.lang
    files = len({(r["tabla"], r["periodo"]) for r in rows})
    told = f"{formats.plural(len(rows), t('regla sin cumplir', lang), t('reglas sin cumplir', lang), lang)} {t('en', lang)} "
    told += formats.plural(files, t("entrega", lang), t("entregas", lang), lang) + "."
    sender = rows[0]["cod_region"]
    return Item(t("Entidades nacionales", lang) if sender == COUNTRY else formats.place(sender, lang), told, "regla", href=at.desk_of(sender))


def _rule(row: Row, lang: str) -> str:
    """«referencias a otras tablas: 10 de 21 filas (G-05)»."""
    rows = formats.plural(row["filas_evaluadas"], t("fila", lang), t("filas", lang), lang)
    how = t("{parte} de {total}", lang).format(parte=formats.number(row["filas_fallidas"], 0, lang), total=rows) if row["filas_fallidas"] else ""
    return f"{dimension(row['dimension'], lang)}{f': {how}' if how else ''} ({row['regla_id']})"


def dimension(name: str, lang: str) -> str:
    """What a rule is about, in words."""
    return {
        "esquema": t("columnas y tipos", lang), "clave": t("filas repetidas", lang), "referencial": t("referencias a otras tablas", lang),
        "rango": t("valores fuera de lo permitido", lang), "coherencia": t("datos que se contradicen", lang),
        "conciliacion": t("diferencia con otra fuente", lang), "oportunidad": t("llegó fuera de plazo", lang),
        "completitud": t("celdas vacías", lang), "duplicidad": t("casos repetidos", lang), "atipico": t("valores poco comunes", lang),
        "totales": t("sumas que no cuadran", lang),
    }.get(name, name)  # fmt: skip


def cure(name: str, lang: str) -> str:
    """How a rule of a dimension is mended, without naming any cell."""
    return {
        "esquema": t("Descargue la plantilla otra vez y pegue en ella sus datos.", lang),
        "clave": t("Deje una sola fila por caso.", lang),
        "referencial": t("Corrija el código, o envíe antes la tabla a la que se refiere.", lang),
        "rango": t("Corrija el valor según la lista de la plantilla.", lang),
        "coherencia": t("Corrija el dato que no corresponde.", lang),
        "conciliacion": t("Compare con la otra fuente y explique la diferencia.", lang),
        "oportunidad": t("Envíe el próximo archivo dentro del plazo.", lang),
        "completitud": t("Llene las celdas obligatorias.", lang),
        "duplicidad": t("Deje una sola fila por caso.", lang),
        "atipico": t("Compruebe el valor; si es correcto, explíquelo en un descargo.", lang),
        "totales": t("Compruebe las sumas y envíe otra versión.", lang),
    }.get(name, t("Corrija las filas y envíe otra versión.", lang))  # fmt: skip
