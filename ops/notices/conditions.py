"""What the register of alerts is about: signals of getting worse, deliveries that are missing, checks that fail, as they stand at a publication."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pandas as pd

from dashboard import formats
from dashboard.figures.request import records
from dashboard.narrative import cards, matrix, region_changes, sentences
from dashboard.published import REJECTED, Snapshot
from etl.desk.due import Due
from ops.notices.digest_checks import dimension
from ops.notices.owed import BACK, Place, Reckoning, title
from warehouse.notice_alerts import MISSING, RULE, SIGNAL, Condition
from warehouse.territories import regions

#: severities that hold back a file or rows; a warning is used and told
SERIOUS = ("bloqueante", "error")


def conditions(snap: Snapshot, due: Reckoning, known: Iterable[Place] = ()) -> Iterator[Condition]:
    """Everything that somebody should attend to. `snap`: the publication as it is inside the house.

    `known`: deliveries that the register has as missing; they still are when nobody looks so far back any more.
    """
    yield from _signals(snap)
    recent = [item for items in due.missing.values() for item in items]
    yield from map(_missing, recent)
    had = {(d.tabla, d.cod_region, d.periodo) for d in recent}
    yield from map(_missing, due.still_missing(p for p in known if p not in had))
    yield from _checks(snap)


def _signals(snap: Snapshot) -> Iterator[Condition]:
    """Series of regions that give a signal of getting worse; also those whose change is firm already."""
    board, codes = matrix.Board(snap, "es"), {r.codigo for r in regions()}
    for sheet in snap.indicators():
        if sheet.area == cards.ABOUT_DATA:
            continue
        for code, row in board.values.get(sheet.id, {}).items():
            if code in codes and sentences.is_published(row) and region_changes.meaning(row, sheet) == "deterioro":
                told = f"{sheet.text('short_name')}, {formats.period(row['periodo'])}: {region_changes.signal_words(row)}."
                yield Condition(f"{SIGNAL}|{sheet.id}|{code}", SIGNAL, sheet.id, "", code, row["periodo"], told)


def _missing(item: Due) -> Condition:
    came = "llegó y no se pudo aceptar" if item.estado == "rechazada" else "no ha llegado"
    told = f"{title(item.tabla)}, {item.nombre_periodo}: {came}; venció el {formats.day(item.vence)}."
    return Condition(f"{MISSING}|{item.tabla}|{item.cod_region}|{item.periodo}", MISSING, item.tabla, "", item.cod_region, item.periodo, told)


def _checks(snap: Snapshot) -> Iterator[Condition]:
    """One for each rule, table and sender: how many of its newest deliveries do not meet it. Five files with the same fault are one talk."""
    frame = snap.quality(estado="falla")
    frame = frame[frame["severidad"].isin(SERIOUS)]
    since = pd.Timestamp(snap.publication.creada_en - timedelta(days=BACK))
    for (rule, table, code), own in frame.groupby(["regla_id", "tabla", "cod_region"]):
        rows = records(own.sort_values("periodo"))
        last, bad = rows[-1], sum(int(r["filas_fallidas"]) for r in rows)
        where, many = formats.plural(len(rows), "entrega", "entregas"), formats.plural(bad, "fila", "filas")
        refused = "; el archivo no se aceptó" if last["estado_entrega"] == REJECTED else ""
        told = f"{title(str(table))}: {dimension(last['dimension'], 'es')} ({rule}), {f'{many} en ' if bad else ''}{where}{refused}."
        recent = any(pd.to_datetime(r["recibido_en"], utc=True) > since for r in rows)
        yield Condition(f"{RULE}|{rule}|{table}|{code}", RULE, str(table), str(rule), str(code), str(last["periodo"]), told, recent)
