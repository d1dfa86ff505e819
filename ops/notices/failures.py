"""How a sending fails: nobody can be reached now, this one not yet, or this one never."""

from __future__ import annotations


class Failure(Exception):
    """A sending that did not arrive; its text is Spanish, for the outbox."""


class NoService(Failure):
    """The server does not answer at all: nothing is wrong with any message, and all of them wait."""


class TryLater(Failure):
    """This one did not pass; it may another time."""


class NeverArrives(Failure):
    """This one can never arrive: nobody tries again."""


class Gone(NeverArrives):
    """The receiver says that it wants no more (410)."""
