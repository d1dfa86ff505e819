"""The data of a site of files: a small table for each indicator and each place, and beside them the whole open data of the publication."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.publico.book import PROVINCE, Book
from dashboard.published import Snapshot
from dashboard.rows import as_csv, value_rows
from warehouse.territories import COUNTRY, regions

#: within datos/, each with a folder for each publication; the last is named as its address is where the site is served
OF_INDICATORS, OF_PLACES, WHOLE = FOLDERS = ("indicadores", "lugares", "descargas")
#: writes the open data of a publication into a folder: `dashboard.opendata.write`
Data = Callable[[Snapshot, Path], object]


def write_data(book: Book, folder: Path, data: Data | None, tell: Callable[[str, int, int], None]) -> dict[str, tuple[str, ...]]:
    """Write all of it into `folder`; gives indicator or place -> the names of its files within it, and under "" those of everything together."""
    number = book.snap.number
    found: dict[str, tuple[str, ...]] = {}
    places: dict[str, list[bytes]] = {code: [] for code in (COUNTRY, *(r.codigo for r in regions()), *book.provinces)}
    for i, (id, sheet) in enumerate(book.sheets.items()):
        tell(id, i, len(book.sheets))
        rows = value_rows(book.snap, {"indicador": id, "desglose": "ninguno"})
        if any(b["name"] == PROVINCE for b in sheet.breakdowns):
            rows += value_rows(book.snap, {"indicador": id, "desglose": PROVINCE})
        rows = rows or value_rows(book.snap, {"indicador": id, "tipo": sheet.main_period})
        found[id] = (_put(folder, f"{OF_INDICATORS}/p{number}/{id}.csv", as_csv(rows)),)
        for code, own in _by_place(rows).items():
            if code in places:
                places[code].append(as_csv(own))
    for code, parts in places.items():
        if parts:
            found[code] = (_put(folder, f"{OF_PLACES}/p{number}/{code}.csv", _joined(parts)),)
    if data is not None:
        place = folder / WHOLE / f"p{number}"
        data(book.snap, place)
        names = [p.relative_to(folder) for p in sorted(place.rglob("*")) if p.is_file()]
        found[""] = tuple(n.as_posix() for n in names if not any(part.startswith(".") for part in n.parts))
    return found


def _by_place(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        code = row["categoria"] if row["desglose"] == PROVINCE else row["territorio"]
        found.setdefault(code, []).append(row)
    return found


def _joined(parts: list[bytes]) -> bytes:
    """Tables of the same columns as one: the heading of the first alone."""
    return parts[0] + b"".join(part.partition(b"\r\n")[2] for part in parts[1:])


def _put(folder: Path, name: str, body: bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return name
