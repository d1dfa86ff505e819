"""The typesetter: a template of `typ/` and its content as JSON become a tagged PDF. The same content gives the same bytes."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

HERE = Path(__file__).parent
#: PDF/A-2a with PDF/UA-1: kept for years, and read aloud in the right order
STANDARDS = ["a-2a", "ua-1"]
#: said by a template whose content does not fit its pages
_TOO_LONG = "no cabe"

_lock = Lock()


class TooLong(Exception):
    """The content does not fit into the pages that the template allows; `page` is the one that overflows."""

    def __init__(self, page: int) -> None:
        self.page = page
        super().__init__(f"no cabe en la página {page}")


def pdf(template: str, content: dict[str, Any], made: datetime) -> bytes:
    """The document, dated `made`. Raises TooLong where the template says so; one at a time, as the typesetter keeps what it learned of fonts."""
    import typst  # 40 MB of typesetter: loaded when the first document is asked for

    words = orjson.dumps(content).decode()
    with _lock:
        try:
            found: bytes = _compiler(template).compile(sys_inputs={"datos": words}, pdf_standards=STANDARDS, timestamp=made.replace(microsecond=0))
        except typst.TypstError as error:
            told = str(error)
            if _TOO_LONG in told:
                raise TooLong(int(told.split(_TOO_LONG, 1)[1].split()[0])) from error
            raise
    return found


@lru_cache(maxsize=4)
def _compiler(template: str) -> Any:
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[HERE / "fonts"])
    return typst.Compiler(HERE / "typ" / template, root=HERE / "typ", font_paths=fonts)
