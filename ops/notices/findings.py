"""What a publication says of a region, as its page says it: firm changes, signals, revisions, checks. What is new since the one before is marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dashboard.figures.request import records
from dashboard.narrative import cards, matrix, region_changes, region_sections
from dashboard.published import REJECTED, Sheet, Snapshot
from ops.notices.reading import Edition
from warehouse.territories import COUNTRY

Row = dict[Any, Any]
#: days of deliveries whose checks are told as new where there is no publication before
FIRST_DAYS = 92


@dataclass(frozen=True)
class Finding:
    """One value with its sheet. `fresh`: the publication before did not say it."""

    row: Row
    sheet: Sheet
    fresh: bool


@dataclass(frozen=True)
class Findings:
    """Everything a digest says that is published. `checks`: failed rules of the newest deliveries; `older_checks`: how many more, told before."""

    code: str
    pairs: list[tuple[Row, Sheet]]
    worse: list[Finding]
    better: list[Finding]
    moved: list[Finding]
    signals: list[Finding]
    revisions: list[tuple[Row, Sheet]]
    checks: list[Row]
    older_checks: int
    statements: int

    @property
    def synthetic(self) -> bool:
        return any(s.synthetic for _, s in self.pairs)

    @property
    def mixed(self) -> bool:
        """Whether there are real figures beside invented ones: then each invented one says so."""
        return self.synthetic and not all(s.synthetic for _, s in self.pairs)


def of_region(edition: Edition, code: str, lang: str = "es") -> Findings:
    """What there is to say of a region, or of the country (00)."""
    pairs = _pairs(edition.now, code, lang)
    before = {s.id: r for r, s in _pairs(edition.before, code, lang)} if edition.before else {}

    def told(found: list[Any], *columns: str) -> list[Finding]:
        marked = [Finding(dict(r), s, _is_fresh(r, before.get(s.id), columns)) for r, s in found]
        return sorted(marked, key=lambda f: not f.fresh)

    checks, older = _checks(edition, code)
    return Findings(
        code, pairs,
        worse=told(region_changes.firm(pairs, "empeora"), "cambio_estado", "periodo"),
        better=told(region_changes.firm(pairs, "mejora"), "cambio_estado", "periodo"),
        moved=told(region_changes.firm(pairs, "sube", "baja"), "cambio_estado", "periodo"),
        # a signal goes on from month to month: it is new when the series gave none of that meaning before
        signals=[f for f in told(region_changes.signals(pairs), "variacion") if f.fresh],
        revisions=_revisions(edition.now, code),
        checks=checks, older_checks=older, statements=len(edition.now.statements(code)) if code != COUNTRY else 0,
    )  # fmt: skip


def _pairs(snap: Snapshot, code: str, lang: str) -> list[tuple[Row, Sheet]]:
    """Rows of the newest whole period of each indicator of management: how good the data are is told by checks and deliveries."""
    board = matrix.Board(snap, lang)
    found = region_sections.pairs_of(board.values, snap.indicators(), code)
    return [(dict(r), s) for r, s in found if s.area != cards.ABOUT_DATA]


def _is_fresh(row: Any, before: Row | None, columns: tuple[str, ...]) -> bool:
    return before is None or any(row[c] != before[c] for c in columns)


def _revisions(snap: Snapshot, code: str) -> list[tuple[Row, Sheet]]:
    """Figures that this publication changed, undivided ones, of indicators that it still has."""
    sheets = {s.id: s for s in snap.indicators()}
    rows = records(snap.revisions(territorio=code, publicacion=snap.number))
    return [(r, sheets[r["indicador"]]) for r in rows if r["indicador"] in sheets and not r["categoria"]]


def _checks(edition: Edition, code: str) -> tuple[list[Row], int]:
    """Failed rules of the region's newest deliveries that came since the publication before, worst first; and how many are older."""
    snap = edition.now
    filters = {} if code == COUNTRY else {"cod_region": code}
    rows = [r for r in records(snap.quality(estado="falla", **filters)) if r["severidad"] != "informativa"]
    if not rows:
        return [], 0
    if edition.before is not None:
        new = [r for r in rows if _utc(r["evaluado_en"]) > edition.before.publication.creada_en]
    else:
        new = [r for r in rows if _utc(r["recibido_en"]) > snap.publication.creada_en - timedelta(days=FIRST_DAYS)]
    order = ("bloqueante", "error", "advertencia")
    new.sort(key=lambda r: (r["estado_entrega"] != REJECTED, order.index(r["severidad"]) if r["severidad"] in order else 9, -r["filas_fallidas"]))
    return new, len(rows) - len(new)


def _utc(moment: Any) -> Any:
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment
