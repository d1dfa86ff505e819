"""An indicator as a schema.org Dataset: what lets search engines of data find it."""

from __future__ import annotations

from typing import Any

from dashboard.address import with_query
from dashboard.publico.frame import LICENCE
from dashboard.publico.here import Here
from dashboard.publico.slugs import question_page
from dashboard.published import Sheet, area_name
from warehouse.periods import parse

_FORMS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "json": "application/json",
          "parquet": "application/vnd.apache.parquet"}  # fmt: skip


def described(here: Here, sheet: Sheet) -> dict[str, Any]:
    """JSON-LD of one indicator in this publication."""
    lang = here.lang
    ministry = {"@type": "GovernmentOrganization", "name": "Ministerio de Energía y Minas del Perú", "url": "https://www.gob.pe/minem"}
    card = here.snap.publication
    made: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Dataset", "name": sheet.text("name", lang),
        "description": " ".join(x for x in (sheet.text("question", lang), sheet.text("why_it_matters", lang), sheet.text("name", lang) + ".") if x),
        "url": here.whole(question_page(sheet.id)), "identifier": f"{sheet.id}/p{here.number}", "version": str(here.number), "inLanguage": lang,
        "license": LICENCE, "isAccessibleForFree": True, "creator": ministry, "publisher": ministry,
        "keywords": [area_name(sheet.area, lang), "minería", "Perú"],
        "dateModified": card.creada_en.date().isoformat(), "spatialCoverage": {"@type": "Place", "name": "Perú"},
        "variableMeasured": {"@type": "PropertyValue", "name": sheet.text("short_name", lang), "unitText": sheet.unit(lang)},
        "sourceOrganization": [{"@type": "Organization", "name": n} for n in here.snap.publishers(sheet, lang)],
        "distribution": [{"@type": "DataDownload", "encodingFormat": kind, "contentUrl": url} for kind, url in _files(here, sheet)],
    }  # fmt: skip
    covered = here.snap.periods(sheet.id)
    if covered:
        made["temporalCoverage"] = f"{parse(covered[0]).start.isoformat()}/{parse(covered[-1]).end.isoformat()}"
    return made


def _files(here: Here, sheet: Sheet) -> list[tuple[str, str]]:
    if here.static:
        return [(_FORMS.get(n.rpartition(".")[2], "application/octet-stream"), f"{here.base}/datos/{n}") for n in here.data.get(sheet.id, ())]
    asked = {"indicador": sheet.id, "publicacion": here.number}
    return [(_FORMS[form], here.base + with_query("/api/v1/valores", **asked, formato=form)) for form in ("csv", "xlsx", "json")]
