"""All the text in what leaves the system, whatever the format: what a reader, a search engine or a program could find in it. No tests here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
from pypdf import PdfReader


def text_of(name: str, body: bytes) -> str:
    """The text of a file: workbooks and slides unpacked, tables and pages read."""
    suffix = Path(name).suffix
    if suffix in (".xlsx", ".pptx", ".zip"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(text_of(inside, packed.read(inside)) for inside in packed.namelist())
    if suffix == ".parquet":
        return pd.read_parquet(io.BytesIO(body)).to_csv()
    if suffix == ".pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return body.decode("utf-8", errors="replace")


def texts_in(folder: Path) -> dict[str, str]:
    """File -> its text, of everything under a folder."""
    return {p.relative_to(folder).as_posix(): text_of(p.name, p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()}
