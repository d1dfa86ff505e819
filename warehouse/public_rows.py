"""The rows of a publication that are copied for the public, table by table: what each keeps and what it loses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Table, func, select

from warehouse import publications
from warehouse.database import as_utc
from warehouse.public_index import Member, members, public_result
from warehouse.states import PUBLISHED, WITHHELD
from warehouse.submissions import newest
from warehouse.tables import conciliaciones, descargos, entregas, fichas, fuentes, indices, publicaciones, resultados_calidad, valores
from warehouse.value_columns import KEY

PUBLIC = "publico"
#: of a delivery: what tells who delivered what, when and how it went; no name of a file, no text that a person wrote
_OF_DELIVERY: dict[str, Any] = {"archivo": "", "hash_archivo": "", "mensaje": "", "motivo": "", "dispensas": [], "corrida_id": None}


def _rows(engine: Engine, query: Any) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _frozen(internal: Engine, table: Table, number: int) -> list[dict[str, Any]]:
    """Rows that hold in a publication, without what the store says of their validity."""
    found = _rows(internal, select(table).where(publications.valid(table, number)))
    return [_without(r, "id", "desde_publicacion", "hasta_publicacion") for r in found]


def sheets(internal: Engine, number: int) -> dict[str, dict[str, Any]]:
    """Indicator -> its row of `fichas`, of those made for the public."""
    return {r["indicador"]: r for r in _frozen(internal, fichas, number) if PUBLIC in r["ficha"].get("audience", [])}


def told_sources(internal: Engine, number: int) -> list[dict[str, Any]]:
    """Where each table comes from; nothing in it is of a person."""
    return _frozen(internal, fuentes, number)


def index_rows(internal: Engine, number: int, public: Connection) -> list[dict[str, Any]]:
    """Rows of `indices`. What counts as shown is what the public store has at this publication."""
    found = _frozen(internal, indices, number)
    about_persons = frozenset(r["indicador"] for r in _frozen(internal, fichas, number) if r["ficha"].get("persons"))
    sheets_of = {r["indice"]: members(r["resultado"]) for r in found if not r["territorio"]}
    wanted = sorted({name for known in sheets_of.values() for name in known})
    columns = (valores.c.indicador, valores.c.territorio, valores.c.periodo, valores.c.categoria, valores.c.estado)
    asked = select(*columns).where(valores.c.hasta_publicacion.is_(None), valores.c.indicador.in_(wanted))
    states = {tuple(row[:4]): row[4] for row in public.execute(asked)}

    def seen(member: Member, territory: str, period: str) -> str:
        own = [states.get((member.indicator, territory, period, c)) for c in (member.categories or ("",))]
        if any(state == WITHHELD for state in own):
            return "oculto"
        return "visible" if any(state == PUBLISHED for state in own) else "interno"

    made = []
    for row in found:
        if row["territorio"]:
            result = public_result(row["resultado"], row["territorio"], sheets_of.get(row["indice"], {}), seen, about_persons)
            row = {**row, "resultado": result, "huella": publications.digest(result)}
        made.append(row)
    return made


def revised(internal: Engine, number: int, public: Connection) -> list[dict[str, Any]]:
    """Revisions that this publication made of what the public sees: a side that is withheld has no figures, and two such are no revision."""
    frame = publications.revisions(internal, number, publicacion=number)
    if frame.empty:
        return []
    names = sorted(set(frame["indicador"]))
    before, now = (_states(public, names, at) for at in (number - 1, number))
    rows = []
    for found in frame.drop(columns=["id", "creada_en"]).to_dict("records"):
        row = {str(k): v for k, v in found.items()}
        key = tuple(row[k] for k in KEY)
        old, new = before.get(key), now.get(key)
        if old is None and new is None:
            continue
        for side, state in (("anterior", old), ("nuevo", new)):
            if state is None or state == WITHHELD:
                row |= {f"{c}_{side}": None for c in ("valor", "numerador", "denominador")} | {f"estado_{side}": WITHHELD}
        if row["estado_anterior"] != WITHHELD or row["estado_nuevo"] != WITHHELD:
            rows.append({k: None if not isinstance(v, str) and pd.isna(v) else v for k, v in row.items()})
    return rows


def _states(public: Connection, indicators: list[str], number: int) -> dict[tuple[str, ...], str]:
    asked = select(*(valores.c[k] for k in KEY), valores.c.estado).where(publications.valid(valores, number), valores.c.indicador.in_(indicators))
    return {tuple(row[:-1]): row[-1] for row in public.execute(asked)}


#: counts that a small cell could be worked out from: the rows of a month of a register are its new persons
COUNTS = (
    "filas", "filas_aceptadas", "filas_cuarentena", "celdas_requeridas", "celdas_vacias", "filas_agregadas", "filas_cambiadas", "filas_retiradas",
)  # fmt: skip
COUNTS_OF_RULES = ("filas_evaluadas", "filas_fallidas")


def deliveries(internal: Engine, number: int, public: Connection) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Deliveries known to a publication and not yet copied, with the rules they did not meet, and the comparisons between sources.

    How many rows came is told only of tables that no indicator about persons reads, and that some public indicator reads.
    """
    told = _told_tables(internal, number)
    known = newest(public)
    sent = _rows(internal, select(entregas).where(publications.known_submissions(number), entregas.c.seq > known))
    yield entregas, [{**row, **_OF_DELIVERY, **({} if row["tabla"] in told else dict.fromkeys(COUNTS))} for row in sent]
    ids = select(entregas.c.entrega_id).where(publications.known_submissions(number), entregas.c.seq > known)
    failed = _rows(internal, select(resultados_calidad).where(resultados_calidad.c.estado != "cumple", resultados_calidad.c.entrega_id.in_(ids)))
    silent = {row["entrega_id"] for row in sent if row["tabla"] not in told}
    yield resultados_calidad, [_outcome(row, row["entrega_id"] in silent) for row in failed]
    last = int(public.execute(select(func.coalesce(func.max(conciliaciones.c.id), 0))).scalar_one())
    with internal.connect() as connection:
        made = as_utc(connection.execute(select(publicaciones.c.creada_en).where(publicaciones.c.numero == number)).scalar_one())
    compared = _rows(internal, select(conciliaciones).where(conciliaciones.c.id > last, conciliaciones.c.evaluado_en <= made))
    # what is compared within a place may be one holder or one case: it becomes a number
    keys: dict[str, str] = {}
    yield (
        conciliaciones,
        [{**row, "clave": row["clave"] and keys.setdefault(row["clave"], f"#{row['id']}"), "frase": "", "corrida_id": None} for row in compared],
    )


def _told_tables(internal: Engine, number: int) -> set[str]:
    found = _frozen(internal, fichas, number)
    persons = {t for r in found if r["ficha"].get("persons") for t in r["tablas"]}
    return {t for r in found if PUBLIC in r["ficha"].get("audience", []) for t in r["tablas"]} - persons


def _outcome(row: dict[str, Any], silent: bool) -> dict[str, Any]:
    """How a rule went, without the cell that broke it; `silent`: without counts either."""
    said = f"{row['filas_fallidas']:,} de {row['filas_evaluadas']:,} filas no cumplen." if not silent else "Algunas filas no cumplen."
    said = "No se pudo evaluar con lo recibido." if row["estado"] == "no_evaluable" else said
    return {**_without(row, "id"), "muestra": [], "mensaje": said, **(dict.fromkeys(COUNTS_OF_RULES) if silent else {})}


def statements_told(internal: Engine, may_say: Callable[[str], bool]) -> list[dict[str, Any]]:
    """What regions said of their data (right of reply): the office speaks, the person who typed it is not named."""
    return [{**row, "autor": "Gobierno Regional"} for row in _rows(internal, select(descargos).order_by(descargos.c.id)) if may_say(row["texto"])]


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in names}
