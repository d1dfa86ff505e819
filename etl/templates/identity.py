"""Which template a workbook is: made from a contract for one place, and recognised when it comes back."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from etl.readers.xlsx_guard import workbook_parts
from etl.readers.xlsx_sheet import look_through
from etl.readers.xlsx_template import IDENTITY_SHEET, TemplateIdentity, identity_of
from warehouse.contracts import Contract
from warehouse.errors import FileRejected

#: nothing bigger is opened just to see what it is
_MOST_INFLATED = 1_000_000_000


def fingerprint(contract: Contract) -> str:
    """SHA-256 of the contract's columns and rules: two contracts with the same ask the same and judge the same."""
    content = {"columnas": [c.model_dump(mode="json") for c in contract.columns], "reglas": [r.model_dump(mode="json") for r in contract.rules]}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def made_from(contract: Contract, region: str, period: str) -> TemplateIdentity:
    """The identity of the template of a place."""
    return TemplateIdentity(contract.table, contract.version, region, period, fingerprint(contract))


def identity(path: Path) -> TemplateIdentity | None:
    """What the workbook at `path` says it is; None where it is no template of ours, was edited, or cannot be opened."""
    try:
        parts = workbook_parts(path, path.name, _MOST_INFLATED)
        if IDENTITY_SHEET not in parts:
            return None
        look_through(path, parts[IDENTITY_SHEET], path.name, _MOST_INFLATED)
        with CalamineWorkbook.from_path(path) as book:
            return identity_of(book.get_sheet_by_name(IDENTITY_SHEET).to_python())
    except (FileRejected, CalamineError, OSError):
        return None
    except BaseException as error:
        # as in the reader: a panic of the Rust library has no importable name
        if type(error).__name__ != "PanicException":
            raise
        return None
