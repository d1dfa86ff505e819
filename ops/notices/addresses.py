"""Where the things of a notice are seen and mended: absolute addresses, pages as the publication told them. Without a site there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboard.address import with_query
from etl.desk.due import Due
from warehouse.territories import COUNTRY


@dataclass(frozen=True)
class Addresses:
    """Of one publication, for one language. `site`: what stands before each path, "" where nobody said it."""

    site: str
    number: int
    lang: str = "es"

    def region(self, code: str) -> str:
        """A region's page as it was published; the summary for the country."""
        return self._made("/" if code == COUNTRY else f"/region/{code}", publicacion=self.number)

    def indicator(self, id: str, code: str) -> str:
        return self._made(f"/indicador/{id}", region=code, publicacion=self.number)

    def template(self, item: Due) -> str:
        """The template of a delivery, with its lists filled."""
        return self.site and self.site + with_query("/api/v1/entregas/plantilla", **place_of(item))

    def desk(self, item: Due | dict[Any, Any]) -> str:
        """Where a delivery is sent, told row by row what is wrong, and explained."""
        return self._made("/entregas", **place_of(item))

    def desk_of(self, code: str) -> str:
        return self._made("/entregas", region=code)

    def alerts(self, code: str) -> str:
        """The register of alerts."""
        return self._made("/avisos", region="" if code == COUNTRY else code)

    def _made(self, path: str, **query: Any) -> str:
        return self.site and self.site + with_query(path, **query, lang="" if self.lang == "es" else self.lang)


def place_of(item: Due | dict[Any, Any]) -> dict[str, Any]:
    """Table, region and period as the desk's addresses name them."""
    if isinstance(item, dict):
        return {"tabla": item["tabla"], "region": item["cod_region"], "periodo": item["periodo"]}
    return {"tabla": item.tabla, "region": item.cod_region, "periodo": item.periodo}
