"""The API is what its OpenAPI says, whatever is asked: schemathesis asks what the document allows, what it does not, and odd things.

`SIEGEM_EXPLORAR=1` looks for new questions; `SIEGEM_EJEMPLOS=300` asks more of each kind.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from starlette.testclient import TestClient

from dashboard.api.resource import RESOURCES
from dashboard.app import create_app
from ops import public
from tests import public_sample
from tests.sample_publication import BY_STEP, SURVIVAL
from warehouse import public_store
from warehouse.settings import load

EXAMPLES = int(os.environ.get("SIEGEM_EJEMPLOS", "12"))
DOCUMENT = "/api/v1/openapi.json"
#: what contradicts itself (`desde` after `hasta`) or is not of an indicator is refused though each parameter fits
CONFIG = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "304", "400", "404"]}}})
#: words that this sample knows, so that what is asked has an answer
KNOWN = {
    "indicador": [public_sample.RATE, SURVIVAL, BY_STEP, "produccion_cobre"], "id": [public_sample.RATE, BY_STEP], "publicacion": [1, 2], "numero": [1, 2],
    "territorio": ["00", "13", "24", "PILOTO", "L15", "1301"], "codigo": ["00", "13", "1301"], "desglose": ["ninguno", "provincia", "etapa"],
    "categoria": ["1301", "recepcion", ""], "periodo": ["2026-T3", "2026-T2", "2025"], "nombre": ["tendencia", "mapa", "comparar_barras"], "area": ["PRO"],
    "tabla": ["tramites"], "regla": ["G-06"],
    "de": [f"mapa?indicador={public_sample.RATE}", "mapa?indicador=x&periodo=0000-T9", "%", f"tendencia?indicador={SURVIVAL}&territorio=99"],
}  # fmt: skip
ASKED = {r.path: bool(r.asks) for r in RESOURCES}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    warehouse = public_sample.build(tmp_path_factory.mktemp("contrato"))
    public.refresh(warehouse)
    yield create_app(public_store.open_public(load(datos=warehouse.settings.datos, api_por_minuto=0)), public=True)
    warehouse.engine.dispose()


def schema_of(document: dict[str, Any], app: Any) -> Any:
    made = schemathesis.openapi.from_dict(document, config=CONFIG)
    made.app = app
    return made


@pytest.fixture(scope="module")
def contract(app: Any) -> Any:
    return schema_of(TestClient(app).get(DOCUMENT).json(), app)


@pytest.fixture(scope="module")
def answerable(app: Any) -> Any:
    """The same document with the words of the sample: most of its questions have an answer."""
    document = TestClient(app).get(DOCUMENT).json()
    for operation in (o["get"] for o in document["paths"].values() if "get" in o):
        for parameter in operation.get("parameters", []):
            one = parameter["schema"].get("items", parameter["schema"])
            if parameter["name"] in KNOWN:
                one["enum"] = KNOWN[parameter["name"]]
    return schema_of(document, app)


def ask_much(schema: Any, path: str, mode: GenerationMode) -> set[int]:
    """Ask and check each answer against the document; gives the statuses that came."""
    came: set[int] = set()

    @hypothesis.given(case=schema[path]["GET"].as_strategy(generation_mode=mode))
    @hypothesis.settings(max_examples=EXAMPLES, suppress_health_check=list(hypothesis.HealthCheck))
    def asked(case: Any) -> None:
        came.add(case.call_and_validate().status_code)

    asked()
    return came


@pytest.mark.parametrize("path", ASKED)
def test_what_the_document_allows_is_answered_as_it_says(contract: Any, answerable: Any, path: str) -> None:
    ask_much(contract, path, GenerationMode.POSITIVE)
    came = ask_much(answerable, path, GenerationMode.POSITIVE)
    assert 200 in came or path.startswith("/api/v1/indice"), f"no hubo respuesta que revisar: {came}"  # the sample has no index


@pytest.mark.parametrize("path", [p for p, asks in ASKED.items() if asks])
def test_what_the_document_does_not_allow_is_refused_as_it_says(contract: Any, path: str) -> None:
    assert ask_much(contract, path, GenerationMode.NEGATIVE) & {400, 404}
