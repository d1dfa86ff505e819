"""`catalogo.jsonld`: the publication as a DCAT-AP 3 catalogue, for portals of other ministries to harvest. Nothing of it is fetched to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.opendata import observation
from dashboard.opendata.facts import ABOUT, KEYWORDS, LICENCE_URL, PUBLISHER, PUBLISHER_URL, SYNTHETIC, TITLE, Facts, folder_path
from dashboard.opendata.layout import File, file
from dashboard.opendata.resource import Resource

Node = dict[str, Any]
_EU = "http://publications.europa.eu/resource/authority"
_PERU = "https://sws.geonames.org/3932488/"
PROFILE = "http://data.europa.eu/r5r/"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "spdx": "http://spdx.org/rdf/terms#", "adms": "http://www.w3.org/ns/adms#", "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcatap": "http://data.europa.eu/r5r/", "owl": "http://www.w3.org/2002/07/owl#", "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}  # fmt: skip
#: format -> (media type of IANA, name in the file types of the EU's Publications Office)
_FORMATS = {
    "csv": ("text/csv", "CSV"), "csv.gz": ("text/csv", "CSV"), "json": ("application/json", "JSON"), "parquet": ("application/vnd.apache.parquet",
        "PARQUET"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
}  # fmt: skip


def catalogue(facts: Facts, made: Sequence[Resource], size: str) -> Node:
    """The document. Without a base its addresses begin with «/» and are those of whoever serves it. `size`: mayor or menor."""
    context = {**CONTEXT, **({"@base": facts.base} if facts.base else {})}
    return {
        "@context": context,
        "@graph": [_catalogue(facts), _publisher(), _service(), _dataset(facts, made, size), *_distributions(made, facts.number)],
    }


def _both(texts: dict[str, str]) -> list[Node]:
    return [{"@value": text, "@language": lang} for lang, text in texts.items()]


def _id(address: str) -> Node:
    return {"@id": address}


def _date(value: Any) -> Node:
    return {"@value": str(value), "@type": "xsd:date"}


def _catalogue(facts: Facts) -> Node:
    return {
        "@id": "/catalogo.jsonld", "@type": "dcat:Catalog", "dct:title": _both(TITLE), "dct:description": _both(ABOUT),
        "dct:publisher": _id(PUBLISHER_URL),
        "dct:language": [_id(f"{_EU}/language/{x}") for x in ("SPA", "ENG")], "dct:license": _id(LICENCE_URL), "foaf:homepage": _id("/datos"),
        "dct:issued": _date(facts.made), "dct:modified": _date(facts.made), "dct:spatial": _spatial(), "dcat:dataset": _id(folder_path(facts.number)),
        "dcat:service": _id("/api/v1/"), "dct:conformsTo": _id(PROFILE), "dcat:themeTaxonomy": _id(f"{_EU}/data-theme"),
    }  # fmt: skip


def _publisher() -> Node:
    return {
        "@id": PUBLISHER_URL, "@type": "foaf:Agent", "foaf:name": _both(PUBLISHER), "foaf:homepage": _id(PUBLISHER_URL),
        "dct:type": _id("http://purl.org/adms/publishertype/NationalAuthority"),
    }  # fmt: skip


def _spatial() -> Node:
    return {"@id": _PERU, "@type": "dct:Location", "skos:prefLabel": _both({"es": "Perú", "en": "Peru"})}


def _service() -> Node:
    return {
        "@id": "/api/v1/", "@type": "dcat:DataService", "dct:title": _both({"es": "API de SIEGEM", "en": "SIEGEM API"}),
        "dcat:endpointURL": _id("/api/v1/"),
        "dcat:endpointDescription": _id("/api/v1/openapi.json"), "dct:license": _id(LICENCE_URL), "dct:publisher": _id(PUBLISHER_URL),
        "dct:accessRights": _id(f"{_EU}/access-right/PUBLIC"),
    }  # fmt: skip


def _dataset(facts: Facts, made: Sequence[Resource], size: str) -> Node:
    number, place = facts.number, folder_path(facts.number)
    texts = {lang: f"{ABOUT[lang]} {SYNTHETIC[lang] if facts.synthetic else ''}".strip() for lang in ABOUT}
    node: Node = {
        "@id": place, "@type": "dcat:Dataset", "dct:title": _both({lang: f"{TITLE[lang]} · {word} {number}" for lang, word in _NUMBERED.items()}),
        "dct:description": _both(texts), "dct:identifier": f"siegem-p{number}", "dct:publisher": _id(PUBLISHER_URL),
        "dct:creator": _id(PUBLISHER_URL),
        "dcat:contactPoint": {"@type": "vcard:Organization", "vcard:fn": PUBLISHER["es"], "vcard:hasURL": _id(PUBLISHER_URL)},
        "dcat:keyword": [{"@value": word, "@language": lang} for lang, words in KEYWORDS.items() for word in words],
        "dcat:theme": [_id(f"{_EU}/data-theme/{x}") for x in ("GOVE", "ENVI", "ECON")], "dct:spatial": _spatial(),
        "dct:accrualPeriodicity": _id(f"{_EU}/frequency/IRREG"), "dct:issued": _date(facts.made), "dct:modified": _date(facts.made),
        "dct:language": [_id(f"{_EU}/language/{x}") for x in ("SPA", "ENG")], "dct:accessRights": _id(f"{_EU}/access-right/PUBLIC"),
        "dcat:landingPage": _id(f"/datos?publicacion={number}"), "dcat:version": facts.version, "adms:versionNotes": _both(_NOTES[size]),
        "dct:conformsTo": [_id("https://specs.frictionlessdata.io/data-package/"), *(_id(observation.URN + x) for x in (observation.OBS_LIST,
            observation.CONF_LIST))],
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": _both(_PROVENANCE)}, "foaf:page": _id(f"{place}LEAME.md"),
        "dcat:distribution": [_id(place + r.path) for r in made if file(r.path).columns],
    }  # fmt: skip
    if facts.first and facts.last:
        node["dct:temporal"] = {"@type": "dct:PeriodOfTime", "dcat:startDate": _date(facts.first), "dcat:endDate": _date(facts.last)}
    if number > 1:
        node["dcat:previousVersion"] = _id(folder_path(number - 1))
    return node


_NUMBERED = {"es": "publicación N.º", "en": "publication no."}
_NOTES = {
    "mayor": {
        "es": "Cambio mayor: hay valores o estados revisados; vea CAMBIOS.md.",
        "en": "Major change: values or states were revised; see CAMBIOS.md.",
    },
    "menor": {"es": "Cambio menor: nada de lo ya publicado se lee distinto.", "en": "Minor change: nothing published before reads differently."},
}
_PROVENANCE = {
    "es": "Calculado por SIEGEM con lo que entregan los gobiernos regionales y las series oficiales que nombra fuentes.csv.",
    "en": "Computed by SIEGEM from what regional governments deliver and the official series named in fuentes.csv.",
}


def _distributions(made: Sequence[Resource], number: int) -> list[Node]:
    return [_distribution(file(r.path), r, folder_path(number) + r.path) for r in made if file(r.path).columns]


def _distribution(what: File, made: Resource, address: str) -> Node:
    media, kind = _FORMATS[what.format]
    node: Node = {
        "@id": address, "@type": "dcat:Distribution", "dct:title": what.path, "dct:description": _both({"es": what.es, "en": what.en}),
        "dcat:accessURL": _id(address), "dcat:downloadURL": _id(address), "dct:format": _id(f"{_EU}/file-type/{kind}"),
        "dcat:mediaType": _id(f"https://www.iana.org/assignments/media-types/{media}"), "dct:license": _id(LICENCE_URL),
        "dcat:byteSize": {"@value": str(made.bytes), "@type": "xsd:nonNegativeInteger"},
        "dcatap:availability": _id(f"{_EU}/planned-availability/STABLE"),
        "spdx:checksum": {"@type": "spdx:Checksum", "spdx:algorithm": _id("spdx:checksumAlgorithm_sha256"),
                          "spdx:checksumValue": {"@value": made.sha256, "@type": "xsd:hexBinary"}},
    }  # fmt: skip
    if what.format == "csv.gz":
        node["dcat:compressFormat"] = _id("https://www.iana.org/assignments/media-types/application/gzip")
    return node


def on_site(document: Node, base: str) -> Node:
    """The same document as a site at `base` gives it: its addresses are that site's."""
    return {**document, "@context": {**document["@context"], "@base": base.rstrip("/") + "/"}}
