"""The quick reading of a plainly written column gives what the careful one gives."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import cells
from warehouse import catalogue
from warehouse.contracts import Column

_WORDS = [
    "",
    "ND",
    "n.d.",
    "-",
    "s/d",
    "NULL",
    " ",
    "a b",
    " a",
    "b ",
    "\u00a0x",
    "x\u2003",
    "\x1f",
    "Ñandú",
    "true",
    "false",
    "TRUE",
    "Sí",
    "0",
    "1",
]
_NUMBERS = ["0", "7", "-3", "007", "+4", "12.0", "12.50", ".5", "5.", "-", "--1", "1-2", "1e3", "1,234", "999999999999999999", "9" * 19, "0.1", "-0"]
_DATES = ["2024-02-29", "2023-02-29", "1900-01-01", "9999-12-31", "45000", "15/03/2024", "2024-3-1", "2024-03-15 ", "0001-01-01"]
_CELLS = st.lists(st.sampled_from(_WORDS + _NUMBERS + _DATES) | st.text(max_size=6), max_size=12)


def columns() -> dict[str, Column]:
    """A column of each type without equivalences, as some contract declares it."""
    found: dict[str, Column] = {}
    for contract in catalogue.contracts().values():
        for column in contract.columns:
            if not column.equivalences:
                found.setdefault(column.type, column)
    return found


@pytest.mark.parametrize("kind", ["string", "integer", "number", "date", "boolean"])
@given(texts=_CELLS)
@settings(max_examples=400, deadline=None)
def test_the_quick_reading_is_the_careful_one(kind: str, texts: list[str]) -> None:
    column = columns()[kind]
    given_ = pa.chunked_array([pa.array(texts[:4], pa.string()), pa.array(texts[4:], pa.string())])
    quick = cells._plain(column, given_)
    if quick is None:
        return
    careful = cells._careful(column, given_)
    assert quick.to_pylist() == careful.values.to_pylist()
    assert not len(careful.faulty) and not len(careful.fillers) and not len(careful.serials)


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("string", ["EXP-1", "", "Áncash"]),
        ("integer", ["1", "", "-20"]),
        ("number", ["1.5", "3", ""]),
        ("date", ["2024-02-29", ""]),
        ("boolean", ["true", "false", ""]),
    ],
)
def test_what_programs_write_is_read_quickly(kind: str, texts: list[str]) -> None:
    assert cells._plain(columns()[kind], pa.chunked_array([texts])) is not None
