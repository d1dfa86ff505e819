"""The steps of every case as one matrix: a row a case, a column a step that it may have, in the order in which they happen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.demonstration.country import Region
from etl.demonstration.profiles import Work
from etl.demonstration.working_days import WorkingDays

#: columns of the matrix; the opinion is asked once, observations come in at most two rounds
NAMES = (
    "recepcion", "admisibilidad", "evaluacion_tecnica", "opinion_externa", "observacion", "subsanacion", "evaluacion_legal",
    "proyecto_resolucion", "firma", "notificacion", "opinion_minem",
)  # fmt: skip
_SLOTS = np.array([0, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9])
_OWN, _SHARES = (0, 1, 2, 8, 9, 10, 11), (0.03, 0.12, 0.36, 0.17, 0.14, 0.08, 0.10)
_ADMISSION, _OPINION, _LEGAL, _SIGNATURE, _NOTICE = 1, 3, 8, 10, 11
_ROUNDS = ((4, 5), (6, 7))
IN_CHARGE = ("entidad", "administrado", "opinante_externo", "minem")
GIVERS = ("ANA", "SERNANP", "INGEMMET", "MINCUL", "SUCAMEC", "MINEM", "OTRA")
STATES = ("resuelto", "archivado", "desistido", "en_tramite", "observado", "en_opinion")
_MINEM = GIVERS.index("MINEM")
_NEVER = np.datetime64("NaT", "D")


@dataclass
class Plan:
    """Business days of each step, and which there are. `giver`: who gives the opinion, -1 where nobody is asked."""

    days: np.ndarray
    present: np.ndarray
    giver: np.ndarray


@dataclass
class Done:
    """What the cut-off date sees. `begun`: steps under way or over; `starts`, `ends` are days, NaT where it has not ended."""

    begun: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    giver: np.ndarray
    closed: np.ndarray
    state: np.ndarray

    @property
    def admitted(self) -> np.ndarray:
        return self.ends[:, _ADMISSION]

    @property
    def signed(self) -> np.ndarray:
        """A resolution counts once notified, so a case at the signature is still open."""
        return np.where(self.closed, self.ends[:, _SIGNATURE], _NEVER)

    @property
    def notified(self) -> np.ndarray:
        return np.where(self.closed, self.ends[:, _NOTICE], _NEVER)

    @property
    def observations(self) -> np.ndarray:
        total: np.ndarray = self.begun[:, [first for first, _ in _ROUNDS]].sum(axis=1)
        return total

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """Case and column of every step begun, case after case."""
        case, slot = np.nonzero(self.begun)
        return case, slot

    def sequence(self) -> np.ndarray:
        """1, 2, 3 ... within each case."""
        counts = self.begun.sum(axis=1)
        total = int(counts.sum())
        order: np.ndarray = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts) + 1
        return order

    def names(self, case: np.ndarray, slot: np.ndarray) -> np.ndarray:
        """Index of NAMES."""
        return np.where((slot == _OPINION) & (self.giver[case] == _MINEM), NAMES.index("opinion_minem"), _SLOTS[slot])

    def holders(self, case: np.ndarray, slot: np.ndarray) -> np.ndarray:
        """Index of IN_CHARGE."""
        opinion = np.where(self.giver[case] == _MINEM, 3, 2)
        return np.where(slot == _OPINION, opinion, np.where(_SLOTS[slot] == 5, 1, 0))

    def givers(self, case: np.ndarray, slot: np.ndarray) -> np.ndarray:
        """Index of GIVERS, -1 where the step is nobody's opinion."""
        return np.where(slot == _OPINION, self.giver[case], -1)


def plan(code: np.ndarray, observed: np.ndarray, total: np.ndarray, region: Region, works: tuple[Work, ...]) -> Plan:
    """How each case will go if nothing cuts it short. `observed`: 0 never, 1 corrected, 2 left for good; `total`: the office's own days."""
    draw = region.draw("etapas")
    count = len(code)
    days, present = np.zeros((count, len(_SLOTS)), np.int32), np.zeros((count, len(_SLOTS)), bool)
    days[:, _OWN] = _shared_out(total, draw)
    present[:, _OWN] = True
    present[observed == 2, _LEGAL] = False
    giver = _givers(code, works, draw)
    present[:, _OPINION] = giver >= 0
    days[:, _OPINION] = np.maximum(2, np.round(region.profile.opinion * draw.lognormal(0, 0.5, count)))
    rounds = np.where(observed > 0, np.where(draw.random(count) < 0.14, 2, 1), 0)
    for turn, (act, answer) in enumerate(_ROUNDS, start=1):
        present[:, act] = present[:, answer] = rounds >= turn
        days[:, act] = draw.integers(1, 4, count)
        waits = np.clip(np.round(draw.lognormal(2.2, 0.45, count)), 2, 20)
        days[:, answer] = np.where((observed == 2) & (rounds == turn), draw.integers(25, 41, count), waits)
    return Plan(np.where(present, days, 0), present, giver)


def dated(planned: Plan, entry: np.ndarray, cut: int, calendar: WorkingDays) -> Done:
    """The steps begun by the cut, one after the other without gaps; the one that the cut finds open has no end."""
    ends = entry[:, None] + np.cumsum(planned.days, axis=1)
    starts = ends - planned.days
    last = len(calendar.days) - 1
    over = planned.present & (ends <= cut)
    begun = planned.present & (starts <= cut) & ~_after_an_open_one(planned.present, over)
    closed = over[:, _NOTICE]
    current = len(_SLOTS) - 1 - np.argmax(begun[:, ::-1], axis=1)
    state = np.select([_SLOTS[current] == 4, _SLOTS[current] == 5, current == _OPINION], [4, 4, 5], 3)
    start_days = np.where(begun, calendar.on(np.minimum(starts, last)), _NEVER)
    end_days = np.where(over, calendar.on(np.minimum(ends, last)), _NEVER)
    return Done(begun, start_days, end_days, planned.giver, closed, state)


def _after_an_open_one(present: np.ndarray, over: np.ndarray) -> np.ndarray:
    """Columns after the first step that has not ended."""
    unfinished = np.cumsum(present & ~over, axis=1)
    after: np.ndarray = (unfinished - (present & ~over)) > 0
    return after


def _shared_out(total: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """The office's days shared out among its steps; rounded on the running sum, so they add up to `total`."""
    weights = np.array(_SHARES) * (0.4 + 1.2 * draw.random((len(total), len(_SHARES))))
    running = np.round(np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True) * total[:, None]).astype(np.int32)
    return np.diff(running, axis=1, prepend=0)


def _givers(code: np.ndarray, works: tuple[Work, ...], draw: np.random.Generator) -> np.ndarray:
    """Who is asked for an opinion on each case."""
    asked = draw.random(len(code)) < np.array([w.opinion for w in works])[code]
    giver = np.full(len(code), -1)
    for number, work in enumerate(works):
        if work.givers:
            own = asked & (code == number)
            giver[own] = draw.choice([GIVERS.index(g) for g in work.givers], int(own.sum()))
    return giver
