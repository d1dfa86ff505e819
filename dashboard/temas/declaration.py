"""What a theme page declares: its address, its question, the indicators it leads with, and its sections, each of one kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: what `by` of a heat map says where its columns are the last periods rather than categories
PERIODS = "periodos"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, str_min_length=1)


class Text(_Strict):
    """A text in both languages."""

    es: str
    en: str

    def of(self, lang: str) -> str:
        return self.en if lang == "en" else self.es


class _Section(_Strict):
    #: stands over the section; a figure says its own finding, so only cards and notes need one
    title: Text | None = None
    #: what must be known to read the section
    note: Text | None = None
    #: two halves in a row stand side by side on wide screens
    half: bool = False

    def named(self) -> Iterator[str]:
        """Every indicator the section shows."""
        yield from ()


class Cards(_Section):
    """Indicators as cards: value, change in words, interval, small line, target."""

    kind: Literal["cards"]
    indicators: tuple[str, ...] = Field(min_length=1)

    def named(self) -> Iterator[str]:
        yield from self.indicators


class _OfOne(_Section):
    indicator: str

    def named(self) -> Iterator[str]:
        yield self.indicator


class Ranking(_OfOne):
    """The regions beside each other at one period, with intervals."""

    kind: Literal["ranking"]


class Trend(_OfOne):
    """The territory through time, the country behind it."""

    kind: Literal["trend"]


class Parts(_OfOne):
    """The categories of an indicator in the territory; of its first breakdown where none is said."""

    kind: Literal["parts"]
    breakdown: str = ""


class Heat(_OfOne):
    """Regions by the categories of a breakdown, or by the last periods (`by: periodos`), with the value in each cell."""

    kind: Literal["calor"]
    by: str


class Stage(_Strict):
    """A stage of a process, and in whose hands the case is meanwhile."""

    code: str
    hands: str


class Hand(_Strict):
    """A category of who has the case. `whose`: the office's own, the applicant's, another entity's."""

    code: str
    whose: Literal["own", "applicant", "other"]
    #: what the country's page and a region's call it
    name: Text


class Waterfall(_OfOne):
    """Where time is lost: stages in the order of the process, and below them the whole by who had the case."""

    kind: Literal["cascada"]
    breakdown: str
    stages: tuple[Stage, ...] = Field(min_length=2)
    total: str
    hands: tuple[Hand, ...] = Field(min_length=2)
    #: an indicator with the same categories whose value stands beside each stage
    beside: str = ""

    @model_validator(mode="after")
    def _hands_are_known(self) -> Waterfall:
        known = {h.code for h in self.hands}
        lost = [f"{s.code} ({s.hands})" for s in self.stages if s.hands not in known]
        if lost:
            raise ValueError(f"estas etapas están en manos que no figuran en «hands»: {', '.join(lost)}")
        return self

    def named(self) -> Iterator[str]:
        yield self.indicator
        if self.beside:
            yield self.beside


class Arrival(_Strict):
    """Those who passed every stage: the numerator of an indicator."""

    indicator: str
    name: Text


class Funnel(_OfOne):
    """How many stop at each stage of a chain. The indicator divides those who have not arrived by the stage they stop at."""

    kind: Literal["embudo"]
    breakdown: str
    stages: tuple[str, ...] = Field(min_length=2)
    #: who enters the chain
    start: Text
    arrival: Arrival | None = None

    def named(self) -> Iterator[str]:
        yield self.indicator
        if self.arrival is not None:
            yield self.arrival.indicator


class Note(_Section):
    """A text with its rule and date: what changed, and since when."""

    kind: Literal["text"]
    title: Text
    body: Text
    #: the rule the text rests on
    rule: Text | None = None


Section = Annotated[Cards | Ranking | Trend | Parts | Heat | Waterfall | Funnel | Note, Field(discriminator="kind")]


class Theme(_Strict):
    """One theme page. `answer`: the indicators whose finding is the sentence on top; by default the first card's."""

    path: str = Field(pattern=r"^/[a-z]+(-[a-z]+)*$")
    order: int
    icon: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    #: what the navigation calls it: one word, two at most
    word: Text
    #: whether the rail shows it without opening «Más»
    main: bool = False
    question: Text
    lead: tuple[str, ...] = Field(min_length=1, max_length=8)
    answer: tuple[str, ...] = ()
    sections: tuple[Section, ...] = Field(min_length=1)

    @property
    def slug(self) -> str:
        return self.path.strip("/")

    def named(self) -> list[str]:
        """Every indicator of the page, once each."""
        return list(dict.fromkeys([*self.lead, *(i for s in self.sections for i in s.named())]))
