"""The catalogue that other portals harvest: read as RDF, with what DCAT-AP 3 demands."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef

from dashboard import published
from dashboard.opendata import write
from tests import sample_open

SPDX, VCARD, ADMS = Namespace("http://spdx.org/rdf/terms#"), Namespace("http://www.w3.org/2006/vcard/ns#"), Namespace("http://www.w3.org/ns/adms#")
VERSION = URIRef(f"{DCAT}version")  # newer than rdflib's own list
SITE = "https://siegem.example"
#: class -> the properties without which DCAT-AP 3.0 takes nothing of it
MANDATORY = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset),
    DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
    DCAT.Distribution: (DCAT.accessURL,),
    DCAT.DataService: (DCTERMS.title, DCAT.endpointURL),
    FOAF.Agent: (FOAF.name,),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
}
#: recommended, and what else was promised
ALSO = {
    DCAT.Catalog: (DCTERMS.license, DCTERMS.language, DCTERMS.issued, DCTERMS.modified, FOAF.homepage, DCTERMS.spatial, DCTERMS.conformsTo),
    DCAT.Dataset: (DCAT.contactPoint, DCAT.distribution, DCAT.keyword, DCTERMS.publisher, DCTERMS.spatial, DCTERMS.temporal, DCAT.theme,
                   DCTERMS.conformsTo, VERSION, DCTERMS.accessRights, DCTERMS.identifier, ADMS.versionNotes),
    DCAT.Distribution: (DCTERMS.license, DCTERMS["format"], DCTERMS.description, DCAT.downloadURL, DCAT.mediaType, DCAT.byteSize, SPDX.checksum),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    published.open_store(sample_open.public(sample_open.build(tmp_path_factory.mktemp("catalogo"))))
    place = tmp_path_factory.mktemp("abiertos") / "p2"
    write(published.snapshot(2), place, base=SITE)
    return place


@pytest.fixture(scope="module")
def graph(folder: Path) -> Graph:
    return Graph().parse(folder / "catalogo.jsonld", format="json-ld")


@pytest.mark.parametrize("demanded", [MANDATORY, ALSO], ids=["obligatorias", "recomendadas"])
def test_everything_of_a_class_has_its_properties(graph: Graph, demanded: dict[URIRef, tuple[URIRef, ...]]) -> None:
    for kind, properties in demanded.items():
        found = list(graph.subjects(RDF.type, kind))
        assert found, kind
        missing = {(str(s), str(p)) for s in found for p in properties if not list(graph.objects(s, p))}
        assert not missing


def test_addresses_are_the_sites_and_versions_follow_one_another(graph: Graph) -> None:
    own = URIRef(f"{SITE}/datos/descargas/p2/")
    assert (URIRef(f"{SITE}/catalogo.jsonld"), DCAT.dataset, own) in graph
    assert (own, URIRef(f"{DCAT}previousVersion"), URIRef(f"{SITE}/datos/descargas/p1/")) in graph and (own, VERSION, Literal("2.0.0")) in graph
    files = {str(o) for o in graph.objects(own, DCAT.distribution)}
    assert f"{SITE}/datos/descargas/p2/valores.csv" in files and files == {str(s) for s in graph.subjects(RDF.type, DCAT.Distribution)}
    assert not [s for s in graph.all_nodes() if isinstance(s, URIRef) and str(s).startswith("file:")]


def test_titles_and_descriptions_are_in_both_languages(graph: Graph) -> None:
    for kind in (DCAT.Catalog, DCAT.Dataset):
        for subject in graph.subjects(RDF.type, kind):
            for name in (DCTERMS.title, DCTERMS.description):
                assert {o.language for o in graph.objects(subject, name) if isinstance(o, Literal)} == {"es", "en"}


def test_sizes_and_digests_are_those_of_the_files(graph: Graph, folder: Path) -> None:
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        path = folder / str(distribution).split("/p2/")[1]
        (size,) = graph.objects(distribution, DCAT.byteSize)
        assert int(str(size)) == path.stat().st_size
