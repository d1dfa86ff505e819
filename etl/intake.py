"""New files of one table, from bytes to recorded verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import pyarrow as pa

from checks.batch import Batch, Place, Verdict
from checks.findings import Finding
from checks.judge import judge
from checks.known_keys import KnownKeys
from checks.volume import LAST
from etl.accept import Judged, accept
from etl.dates import data_until, due_date
from etl.headers import known_headers, match
from etl.issues import finding_of
from etl.land import Arrival, standing_hashes
from etl.privacy import salt
from etl.readers import read
from etl.readers.raw import Notice, Unreadable, declares_nothing
from etl.reference_reading import References
from etl.report import Outcome, judged
from etl.shape import FileTexts, nothing_shaped, shape
from warehouse.contracts import Contract
from warehouse.store import Warehouse
from warehouse.submissions import REJECTED, RuleResult, Submission, accepted_counts
from warehouse.waivers import in_force

Tell = Callable[[Contract, Judged], None]
#: sentences kept with a rule's result
_SAMPLE = 20


@dataclass(frozen=True)
class Round:
    """What all tables of one ingest share."""

    warehouse: Warehouse
    run: int | None
    today: date
    references: References
    working_days: list[date] = field(default_factory=list)
    #: by table
    known_keys: dict[str, KnownKeys] = field(default_factory=dict)
    #: told the verdicts of a table before they are stored: whoever waits for the findings of a file keeps them
    tell: Tell | None = None


def judge_and_accept(this: Round, contract: Contract, arrivals: list[Arrival]) -> list[Outcome]:
    """Read, shape, judge and store the files of one table: one batch, one Delta commit, one SQL transaction."""
    recorded, texts = weigh(this, contract, arrivals)
    if this.tell is not None:
        this.tell(contract, recorded)
    accept(this.warehouse, contract, recorded, texts, this.run)
    return [judged(s) for s, _ in recorded]


def weigh(this: Round, contract: Contract, arrivals: list[Arrival]) -> tuple[Judged, pa.Table]:
    """Read, shape and judge, and store nothing: the submissions with their verdicts, and the rows as they came."""
    files, unreadable, rows, idle = _read_all(this.warehouse, contract, arrivals)
    shaped = shape(contract, files, salt(this.warehouse.settings)) if files else nothing_shaped(contract)
    batch = Batch(
        contract=contract,
        rows=shaped.rows,
        issues=unreadable + shaped.issues,
        places=_places(this, contract, arrivals, rows, idle),
        references=this.references.of(contract),
        today=this.today,
        standing=this.references.standing(contract),
        known_keys=this.known_keys.setdefault(contract.table, KnownKeys()),
        again=frozenset(a.entrega_id for a in arrivals if a.version > 1),
        waivers=in_force(this.warehouse.engine, this.today, contract.table),
    )
    verdicts = judge(batch, standing_hashes(this.warehouse, contract.table))
    recorded = [(_submission(this, a, verdicts[a.entrega_id]), verdicts[a.entrega_id]) for a in arrivals]
    return recorded, shaped.texts


def _read_all(warehouse: Warehouse, contract: Contract, arrivals: list[Arrival]) -> tuple[list[FileTexts], list[Finding], dict[str, int], set[str]]:
    """Texts of the files that can be read, a blocking finding for each that cannot, data rows of each, and those that declare no cases."""
    files, findings, rows, idle = [], [], {}, set()
    known, limit = known_headers(contract), warehouse.settings.max_mb_inflado * 1_000_000
    for arrival in arrivals:
        try:
            raw = read(arrival.landed.path, arrival.landed.name, known, limit)
            if declares_nothing(raw):
                raw = replace(raw, cells=raw.cells.slice(0, 0), filas=raw.filas.slice(0, 0), notices=())
                idle.add(arrival.entrega_id)
            rows[arrival.entrega_id] = raw.cells.num_rows + raw.misaligned
            matched = match(contract, raw, arrival.landed.name, arrival.place)
        except Unreadable as error:
            notice = Notice("bloqueante", error.what, error.cure, regla=error.rule)
            findings.append(finding_of(arrival.entrega_id, notice))
            continue
        files.append(FileTexts(arrival.entrega_id, arrival.place[1], arrival.place[2], matched))
    return files, findings, rows, idle


def _with_notes(verdict: Verdict) -> tuple[RuleResult, ...]:
    """The rule results with what was only noted (encoding, columns renamed or dropped, fillers) told under its rule.

    A note breaks no rule, so the judge leaves it out of the results; the sender should still read it.
    """
    notes: dict[str, list[Finding]] = defaultdict(list)
    for finding in verdict.findings:
        if finding.severidad == "informativa":
            notes[finding.regla_id].append(finding)
    told = {rule: tuple(f"{f.mensaje} {f.remedio}".strip() for f in found) for rule, found in notes.items()}
    with_own = [_noted(r, notes[r.regla_id][0].mensaje, told.pop(r.regla_id)) if r.regla_id in told else r for r in verdict.results]
    new = [RuleResult(i, notes[i][0].dimension, "informativa", "cumple", verdict.filas, 0, notes[i][0].mensaje, told[i][:_SAMPLE]) for i in told]
    return (*with_own, *new)


def _noted(result: RuleResult, first: str, sentences: tuple[str, ...]) -> RuleResult:
    return replace(result, mensaje=result.mensaje or first, muestra=(*result.muestra, *sentences)[:_SAMPLE])


def _places(this: Round, contract: Contract, arrivals: list[Arrival], rows: dict[str, int], idle: set[str]) -> dict[str, Place]:
    """Where each submission belongs, with the row counts of the submitter's earlier periods, those of this batch included."""
    counts = accepted_counts(this.warehouse.engine, contract.table)
    for arrival in arrivals:
        if arrival.entrega_id in rows:
            counts.setdefault(arrival.place[1], {})[arrival.place[2]] = rows[arrival.entrega_id]
    ordered = {region: sorted(own.items()) for region, own in counts.items()}
    made = {}
    for arrival in arrivals:
        _, region, period = arrival.place
        alike = [n for p, n in ordered.get(region, []) if p < period and len(p) == len(period)][-LAST:]
        made[arrival.entrega_id] = _place(this, arrival, rows.get(arrival.entrega_id, 0), tuple(alike), arrival.entrega_id in idle)
    return made


def _place(this: Round, arrival: Arrival, rows: int, before: tuple[int, ...], idle: bool) -> Place:
    return Place(
        cod_region=arrival.place[1],
        periodo=arrival.place[2],
        archivo=arrival.received.name,
        hash=arrival.landed.hash,
        fecha_limite=due_date(arrival.contract, arrival.place[2], this.working_days),
        recibido_en=arrival.received.received_at,
        filas=rows,
        filas_antes=before,
        motivo=arrival.received.reason,
        sin_movimiento=idle,
    )


def _submission(this: Round, arrival: Arrival, verdict: Verdict) -> Submission:
    contract, (table, region, period) = arrival.contract, arrival.place
    return Submission(
        tabla=table, cod_region=region, periodo=period, version=arrival.version, hash_archivo=arrival.landed.hash,
        archivo=arrival.received.name[:300], estado=verdict.estado, filas=verdict.filas, filas_aceptadas=verdict.filas_aceptadas,
        filas_cuarentena=verdict.filas_cuarentena, recibido_en=arrival.received.received_at, version_contrato=contract.version,
        sintetico=contract.source.sintetico, celdas_requeridas=verdict.celdas_requeridas, celdas_vacias=verdict.celdas_vacias,
        fecha_limite=due_date(contract, period, this.working_days),
        datos_al=data_until(contract, period, verdict.accepted, arrival.received.received_at.date()),
        mensaje=verdict.mensaje, results=_with_notes(verdict), motivo=arrival.received.reason, dispensas=verdict.waived,
        **_changes(verdict),
    )  # fmt: skip


def _changes(verdict: Verdict) -> dict[str, int]:
    """How many rows a new version adds, changes and takes away; all zero for a first one, and for one that was rejected."""
    found = verdict.difference
    if found is None or verdict.estado == REJECTED:
        return {}
    return {"filas_agregadas": found.added, "filas_cambiadas": found.changed, "filas_retiradas": found.removed}
