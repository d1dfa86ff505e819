"""Social conflicts that live over months, the alerts that came before them and the commitments that dialogue left."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.demonstration.columns import month_codes, pick, where
from etl.demonstration.country import PERIOD, Region

#: conflicts alive at a time in each region, about as the Ombudsman's reports distribute them
_ALIVE = {
    "01": 5, "02": 18, "03": 17, "04": 7, "05": 11, "06": 12, "07": 2, "08": 19, "09": 5, "10": 4, "11": 3, "12": 9, "13": 8, "14": 4,
    "15": 5, "16": 18, "17": 4, "18": 6, "19": 6, "20": 10, "21": 17, "22": 5, "23": 3, "24": 1.5, "25": 4, "26": 3,
}  # fmt: skip
#: regions that share a case
_SHARED = (("02", "13"), ("03", "05"), ("08", "21"), ("18", "23"), ("12", "19"), ("16", "25"), ("08", "17"), ("04", "18"))
#: what a case goes through, in order: state, phase (-1: only active ones have one), share of cases, months at the least, months more
_STAGES = (
    ("activo", 0, 1.0, 1, 1.0), ("activo", 1, 0.6, 1, 1.2), ("activo", 2, 0.18, 1, 0.3), ("activo", 4, 0.76, 2, 9.0), ("activo", 3, 0.5, 1, 2.0),
    ("latente", -1, 0.45, 2, 7.0), ("activo", 4, 0.12, 1, 3.0), ("en_observacion", -1, 0.07, 2, 2.0),
)  # fmt: skip
_PHASES = ("temprana", "escalamiento", "crisis", "desescalamiento", "dialogo")
_STATES = ("activo", "latente", "en_observacion", "resuelto", "retirado")
_PROTESTS = np.array([0.3, 1.6, 4.5, 0.5, 0.2, 0.05])
_CRISIS, _DIALOGUE, _LATENT = 2, 4, 5
_MEAN_LIFE = 1 + sum(share * (least + more) for _, _, share, least, more in _STAGES)
_KINDS = (
    "socioambiental", "comunal", "gobierno_local", "gobierno_regional", "gobierno_nacional", "demarcacion_territorial", "laboral", "electoral",
    "cultivo_coca", "otros",
)  # fmt: skip
_KIND_SHARES = (0.64, 0.09, 0.07, 0.05, 0.07, 0.02, 0.03, 0.01, 0.01, 0.01)
_WORKS = ("mineria_formal", "mineria_informal_mpe", "hidrocarburos", "energia", "otra")
_WORK_SHARES = {"16": (0.02, 0.05, 0.78, 0.03, 0.12), "25": (0.05, 0.15, 0.5, 0.05, 0.25), "17": (0.05, 0.7, 0.05, 0.03, 0.17)}
_OWES = ("GR", "MINEM", "OTRO_GN", "GL", "EMPRESA", "COMUNIDAD")
_OWE_SHARES = (0.33, 0.15, 0.16, 0.12, 0.19, 0.05)
_PROMISES = (
    "Presentar el plan de monitoreo participativo de la calidad del agua", "Realizar la inspección de las labores mineras denunciadas",
    "Instalar el comité de seguimiento del acta", "Entregar a la comunidad el informe de calidad ambiental",
    "Priorizar el proyecto de agua y saneamiento", "Convocar a la siguiente reunión de la mesa de diálogo",
    "Difundir el instrumento ambiental en lengua originaria", "Capacitar al comité de vigilancia ambiental",
    "Gestionar el financiamiento del estudio de línea de base social", "Retirar la maquinaria del cauce",
)  # fmt: skip
#: where one case ended after six months and another has never moved since the third one
_STORIES = "13"


@dataclass(frozen=True)
class Cases:
    """One entry a case. `start`: its first month, counted from the first one made; `ends[i, k]`: months until it leaves stage k."""

    ids: np.ndarray
    start: np.ndarray
    ends: np.ndarray
    closed_as: np.ndarray
    ubigeo: np.ndarray
    kind: np.ndarray
    work: np.ndarray
    table: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class CaseMonths:
    """One entry a case and month: the case, the month, the state as an index of _STATES and the phase, 5 where there is none."""

    case: np.ndarray
    month: np.ndarray
    state: np.ndarray
    phase: np.ndarray


def make(region: Region) -> dict[str, pa.Table]:
    """Cases month by month, alerts and commitments."""
    own, shared = _cases(region), _shared_cases(region)
    lived, lived_shared = _lived(region, own), _lived(region, shared)
    conflicts = pa.concat_tables([_rows(region, own, lived, "casos"), _rows(region, shared, lived_shared, "casos de varias")])
    order = np.argsort(conflicts[PERIOD].to_numpy(zero_copy_only=False).astype(str), kind="stable")
    return {
        "conflictos": conflicts.take(pa.array(order)),
        "alertas": _alerts(region, own, lived),
        "compromisos": _commitments(region, own, lived),
    }


def _cases(region: Region) -> Cases:
    """Cases born since long before the first month, so that those alive in it are of every age; the stories come first of their year."""
    draw = region.draw("conflictos")
    months = np.arange(-60, region.months)
    births = np.repeat(months, draw.poisson(_ALIVE[region.code] * region.scale / _MEAN_LIFE, len(months)))
    stories = np.zeros(2 if region.code == _STORIES else 0, int)
    births = np.concatenate([births[births < 0], stories, births[births >= 0]])
    count = len(births)
    ends = np.cumsum(_lengths(count, draw), axis=1)
    closed_as = draw.choice([3, 4], count, p=[0.55, 0.45])
    if len(stories):
        short = int((births < 0).sum())
        ends[short], closed_as[short] = 6, 3
        ends[short + 1, :_LATENT], ends[short + 1, _LATENT:] = 2, 1_000
    kind = draw.choice(len(_KINDS), count, p=_KIND_SHARES)
    work = draw.choice(len(_WORKS), count, p=_WORK_SHARES.get(region.code, (0.66, 0.12, 0.07, 0.06, 0.09)))
    work = np.where((kind == 0) | (draw.random(count) < 0.1), work, len(_WORKS) - 1)
    table = draw.random(count) < 0.85
    return Cases(_numbered(region, births), births, ends, closed_as, region.some_districts(count, draw).astype(object), kind, work, table)


def _shared_cases(region: Region) -> Cases:
    """Cases of several regions: drawn for the whole country, so that each of their regions tells the same."""
    draw = replace(region, code="00", tables={}).draw("conflictos de varias regiones")
    count = len(_SHARED)
    start = np.arange(count) * region.months // count
    ends = np.cumsum(2 * _lengths(count, draw), axis=1)
    closed_as = draw.choice([3, 4], count)
    work = draw.integers(0, len(_WORKS), count)
    first_year = region.first.year * 12 + region.first.month - 1
    ids = np.array([f"MR-{(first_year + s) // 12}-{n:02d}" for n, s in enumerate(start.tolist(), start=1)], object)
    here = np.flatnonzero([region.code in group for group in _SHARED])
    nowhere, zero = np.full(len(here), None, object), np.zeros(len(here), int)
    return Cases(ids[here], start[here], ends[here], closed_as[here], nowhere, zero, work[here], np.ones(len(here), bool))


def _lengths(count: int, draw: np.random.Generator) -> np.ndarray:
    """Months of each stage, 0 where the case skips it."""
    columns = [(draw.random(count) < share) * (least + draw.poisson(draw.gamma(2, more / 2, count))) for _, _, share, least, more in _STAGES]
    return np.column_stack(columns).astype(int)


def _numbered(region: Region, births: np.ndarray) -> np.ndarray:
    """Region, year of the first month and number in it."""
    years = (births + region.first.year * 12 + region.first.month - 1) // 12
    number = np.arange(len(years)) - np.searchsorted(years, years) + 1
    return np.array([f"{region.code}-{y}-{n:03d}" for y, n in zip(years.tolist(), number.tolist(), strict=True)], object)


def _lived(region: Region, cases: Cases) -> CaseMonths:
    """The months in which each case was alive, and the one in which it ended."""
    begin = np.maximum(cases.start, 0)
    last = np.minimum(cases.start + cases.ends[:, -1], region.months - 1)
    length = np.maximum(last - begin + 1, 0)
    case = np.repeat(np.arange(len(cases)), length)
    month = begin[case] + np.arange(len(case)) - np.repeat(np.cumsum(length) - length, length)
    stage = (month - cases.start[case])[:, None] >= cases.ends[case]
    at = stage.sum(axis=1)
    states = np.array([*(_STATES.index(s[0]) for s in _STAGES), -1])
    phases = np.array([*(s[1] if s[1] >= 0 else 5 for s in _STAGES), 5])
    state = np.where(at == len(_STAGES), cases.closed_as[case], states[at])
    return CaseMonths(case, month, state, phases[at])


def _rows(region: Region, cases: Cases, lived: CaseMonths, name: str) -> pa.Table:
    draw = region.draw("conflictos", name)
    count = len(lived.case)
    periods = month_codes(np.datetime64(region.first, "M") + lived.month)
    crisis, open_now = lived.phase == _CRISIS, lived.state < _STATES.index("resuelto")
    sources = draw.choice(["DEFENSORIA", "OGGS", "DREM"], len(cases), p=[0.94, 0.04, 0.02])
    return pa.table(
        {
            "caso_id": pa.array(cases.ids[lived.case], pa.string()),
            "periodo": periods,
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": pa.array(cases.ubigeo[lived.case], pa.string()),
            "tipo": pick(_KINDS, cases.kind[lived.case]),
            "actividad": pick(_WORKS, cases.work[lived.case]),
            "estado": pick(_STATES, lived.state),
            "fase": pick(_PHASES, np.where(lived.phase < len(_PHASES), lived.phase, -1)),
            "mesa_dialogo": pa.array((lived.phase == _DIALOGUE) & cases.table[lived.case]),
            "acciones_protesta": pa.array(draw.poisson(_PROTESTS[lived.phase] * open_now)),
            "heridos": pa.array(np.where(crisis, draw.poisson(2.2, count), (lived.phase == 1) * draw.poisson(0.08, count))),
            "fallecidos": pa.array(np.where(crisis, draw.poisson(0.12, count), 0)),
            "fuente": pa.array(sources[lived.case].astype(object), pa.string()),
            PERIOD: periods,
        }
    )


def _alerts(region: Region, cases: Cases, lived: CaseMonths) -> pa.Table:
    """Alerts of each month: those that foresaw a case that began soon after, and others, about a case or about none."""
    draw = region.draw("alertas")
    first = np.datetime64(region.first, "M")
    born = np.flatnonzero((cases.start >= 2) & (draw.random(len(cases)) < 0.6))
    foreseen = (first + cases.start[born]).astype("datetime64[D]") - draw.integers(3, 40, len(born))
    hardened = np.isin(born, lived.case[lived.phase == _CRISIS])
    expected = region.scale * (0.8 + 0.22 * _ALIVE[region.code])
    month = np.repeat(np.arange(region.months), np.maximum(1, draw.poisson(expected, region.months)))
    other = (first + month).astype("datetime64[D]") + (draw.random(len(month)) * 28).astype(int)
    about = _case_of_the_month(region, lived, month, draw)
    about[draw.random(len(month)) < 0.45] = -1
    worse = (about >= 0) & (draw.random(len(month)) < 0.1)
    day = np.concatenate([foreseen, other])
    case = np.concatenate([born, about])
    result = np.concatenate([np.where(hardened, 2, 1), worse.astype(int)])
    kept = (day >= np.datetime64(region.first)) & (day <= np.datetime64(region.until))
    order = np.argsort(day[kept], kind="stable")
    return _alert_rows(region, cases, day[kept][order], case[kept][order], result[kept][order], draw)


def _case_of_the_month(region: Region, lived: CaseMonths, month: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """A case alive in each of those months, -1 where there was none."""
    alive = lived.case[np.argsort(lived.month, kind="stable")]
    counts = np.bincount(lived.month, minlength=region.months)
    begin = np.cumsum(counts) - counts
    if not len(alive):
        return np.full(len(month), -1)
    at = np.minimum(begin[month] + (draw.random(len(month)) * counts[month]).astype(int), len(alive) - 1)
    return np.where(counts[month] > 0, alive[at], -1)


def _alert_rows(region: Region, cases: Cases, day: np.ndarray, case: np.ndarray, result: np.ndarray, draw: np.random.Generator) -> pa.Table:
    """`result`: 0 defused, 1 became a conflict, 2 became a crisis."""
    count, until = len(day), np.datetime64(region.until)
    level = np.where(result > 0, draw.choice(3, count, p=[0.1, 0.45, 0.45]), draw.choice(3, count, p=[0.4, 0.45, 0.15]))
    lag = draw.exponential(np.array([13.0, 8.0, 3.0])[level] * region.profile.pace).astype(int)
    acted = day + lag
    attended = (acted <= until) & (draw.random(count) > 0.05)
    closed = np.where(attended, acted, day) + 3 + draw.exponential(24, count).astype(int)
    over = closed <= until
    senders = ["DREM", "OGGS", "DEFENSORIA", "PCM", "ER"]
    shares = [0.42, 0.16, 0.14, 0.06, 0.22] if region.code in ("13", "18", "19") else [0.58, 0.2, 0.16, 0.06, 0.0]
    periods = month_codes(day)
    place = region.some_districts(count, draw).astype(object)
    place[case >= 0] = cases.ubigeo[case[case >= 0]]
    return pa.table(
        {
            "alerta_id": numbered_by_month(region.code, "AL", periods, 2),
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": pa.array(place, pa.string()),
            "caso_id": pick(cases.ids, case),
            "fecha_emision": pa.array(day),
            "emisor": pa.array(draw.choice(senders, count, p=shares).astype(object), pa.string()),
            "nivel": pick(("verde", "ambar", "rojo"), level),
            "fecha_primera_accion": where(attended, acted),
            "resultado": pick(("en_seguimiento", "desactivada", "escalo_conflicto", "escalo_crisis"), np.where(over, 1 + result, 0)),
            "fecha_cierre": where(over, closed),
            PERIOD: periods,
        }
    )


def numbered_by_month(code: str, kind: str, periods: pa.Array, digits: int) -> pa.Array:
    """13-AL-2026-05-01: region, kind of row, month and number in it. `periods` are in order."""
    known = periods.dictionary_encode()
    counts = np.bincount(known.indices.to_numpy(), minlength=len(known.dictionary)) if len(periods) else np.empty(0, int)
    number = np.arange(len(periods)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    return pc.binary_join_element_wise(code, kind, periods, pc.utf8_lpad(pa.array(number).cast(pa.string()), digits, "0"), "-")


def _commitments(region: Region, cases: Cases, lived: CaseMonths) -> pa.Table:
    """Several from each act; acts are signed now and then in the months of dialogue."""
    draw = region.draw("compromisos")
    talks = np.flatnonzero((lived.phase == _DIALOGUE) & cases.table[lived.case])
    acts = talks[draw.random(len(talks)) < 0.6]
    acts = acts[np.argsort(lived.month[acts], kind="stable")]
    first_day = (np.datetime64(region.first, "M") + lived.month[acts]).astype("datetime64[D]")
    signed_on = first_day + draw.integers(0, 28, len(acts))
    each = np.where(signed_on <= np.datetime64(region.until), 1 + draw.poisson(2.6, len(acts)), 0)
    return _commitment_rows(region, np.repeat(cases.ids[lived.case[acts]], each), np.repeat(signed_on, each), draw)


def _commitment_rows(region: Region, case: np.ndarray, signed_on: np.ndarray, draw: np.random.Generator) -> pa.Table:
    count, until, pace = len(case), np.datetime64(region.until), region.profile.pace
    planned = draw.integers(3, 30, count) * 10
    original = signed_on + planned
    taken = np.maximum(2, planned * pace * draw.lognormal(0, 0.45, count)).astype(int)
    done_on = signed_on + np.where(draw.random(count) < 0.10, 5_000, taken)
    done = done_on <= until
    current, times = original.copy(), np.zeros(count, int)
    for asked in range(3):  # whoever reaches the deadline empty-handed asks for more time, or does not
        again = (current < np.minimum(done_on, until)) & (draw.random(count) < 0.55) & (times == asked)
        current = np.where(again, current + draw.integers(1, 5, count) * 30, current)
        times += again
    late = ~done & (current < until)
    state = np.where(done, 2, np.where(late, 3, (draw.random(count) < 0.6).astype(int)))
    periods = month_codes(signed_on)
    letter = pc.binary_join_element_wise(
        "Oficio", pa.array(draw.integers(20, 980, count)).cast(pa.string()), "de", pc.utf8_slice_codeunits(periods, 0, 4), "folio",
        pa.array(draw.integers(1, 240, count)).cast(pa.string()), " ",
    )  # fmt: skip
    return pa.table(
        {
            "compromiso_id": numbered_by_month(region.code, "CO", periods, 3),
            "caso_id": pa.array(case, pa.string()),
            "cod_region": pa.repeat(region.code, count),
            "fecha_acta": pa.array(signed_on),
            "responsable": pick(_OWES, draw.choice(len(_OWES), count, p=_OWE_SHARES)),
            "descripcion": pick(_PROMISES, draw.integers(0, len(_PROMISES), count)),
            "fecha_limite_original": pa.array(original),
            "fecha_limite_vigente": pa.array(current),
            "n_reprogramaciones": pa.array(times),
            "fecha_cumplimiento": where(done, done_on),
            "estado": pick(("pendiente", "en_ejecucion", "cumplido", "incumplido"), state),
            "evidencia": where(done, letter),
            PERIOD: periods,
        }
    )
