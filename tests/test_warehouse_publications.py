"""Publications on both databases: one number, one history; whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select, update

from warehouse import publications
from warehouse.database import now, writing
from warehouse.errors import NothingPublished
from warehouse.publications import Draft, publish
from warehouse.store import Warehouse
from warehouse.submissions import RuleResult, Submission, record
from warehouse.tables import publicaciones, valores


@pytest.fixture
def warehouse(new_warehouse: Callable[..., Warehouse], database_url: str) -> Warehouse:
    return new_warehouse(base_datos=database_url)


def value(valor: float | None, territorio: str = "13", **other: Any) -> dict[str, Any]:
    row = dict.fromkeys(publications.VALUE_COLUMNS)
    row |= {"indicador": "x", "territorio": territorio, "tipo_periodo": "anio", "periodo": "2024", "desglose": "", "categoria": "", "nivel": "region"}
    row |= {
        "numerador": valor,
        "denominador": 10.0,
        "valor": valor,
        "n": 10,
        "estado": "publicado" if valor is not None else "no_reportado",
        "avisos": [],
    }
    return row | other


def draft(*rows: dict[str, Any], sheet: str = "v1", **other: Any) -> Draft:
    sheets = [{"indicador": "x", "ficha": {"name": sheet}, "tablas": ["t"], "sql": "SELECT 1", "huella": sheet}]
    sources = [{"tabla": "t", "fuente": {}, "delta_version": 1, "filas": 2, "filas_cuarentena": 0, "entregas": 1, "datos_al": None,
                "sintetico": False, "huella": "f"}]  # fmt: skip
    return Draft(pd.DataFrame(rows), sheets, sources, {"t": 1}, "0.1", "d", **other)


def test_nothing_published_says_how_to_begin(warehouse: Warehouse) -> None:
    with pytest.raises(NothingPublished, match="siegem demo"):
        publications.latest(warehouse.engine)


def test_publishing_the_same_again_makes_no_publication(warehouse: Warehouse) -> None:
    first = publish(warehouse.engine, draft(value(4.0), value(None, "18")))
    again = publish(warehouse.engine, draft(value(None, "18"), value(4.0)))
    assert (first.changed, again.changed) == (True, False)
    assert again.publication.numero == first.publication.numero == 1
    with warehouse.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(valores)).scalar_one() == 2


def test_a_correction_is_one_revision_with_old_and_new(warehouse: Warehouse) -> None:
    publish(warehouse.engine, draft(value(4.0), value(5.0, "18")))
    second = publish(warehouse.engine, draft(value(3.0), value(5.0, "18"), reason=lambda old, new: f"de {old['valor']} a {new['valor']}"))
    assert (second.publication.nuevos, second.publication.revisados, second.publication.retirados) == (0, 1, 0)
    rows = publications.revisions(warehouse.engine, 2, indicador="x")
    assert rows[["territorio", "valor_anterior", "valor_nuevo", "motivo"]].values.tolist() == [["13", 4.0, 3.0, "de 4.0 a 3.0"]]
    assert publications.revisions(warehouse.engine, 1).empty


def test_as_published_on_that_day_stays_as_it_was(warehouse: Warehouse) -> None:
    publish(warehouse.engine, draft(value(4.0), value(5.0, "18")))
    publish(warehouse.engine, draft(value(3.0), value(6.0, "19"), sheet="v2"))
    old, new = (publications.values(warehouse.engine, n).set_index("territorio")["valor"].to_dict() for n in (1, 2))
    assert old == {"13": 4.0, "18": 5.0}
    assert new == {"13": 3.0, "19": 6.0}
    assert [publications.sheets(warehouse.engine, n)["x"]["ficha"]["name"] for n in (1, 2)] == ["v1", "v2"]


def test_a_day_finds_the_publication_in_force(warehouse: Warehouse) -> None:
    for rows in (value(4.0), value(3.0)):
        publish(warehouse.engine, draft(rows))
    with writing(warehouse.engine).begin() as connection:
        past = datetime(2026, 3, 1, 12, tzinfo=UTC)
        connection.execute(update(publicaciones).where(publicaciones.c.numero == 1).values(creada_en=past))
    assert publications.on_day(warehouse.engine, date(2026, 3, 1)).numero == 1
    assert publications.on_day(warehouse.engine, (now() + timedelta(days=1)).date()).numero == 2
    with pytest.raises(NothingPublished, match="28-02-2026"):
        publications.on_day(warehouse.engine, date(2026, 2, 28))


def test_an_altered_notice_is_not_a_revision(warehouse: Warehouse) -> None:
    publish(warehouse.engine, draft(value(4.0)))
    second = publish(warehouse.engine, draft(value(4.0, avisos=["serie_incompleta"])))
    assert second.changed
    assert second.publication.revisados == 0
    assert publications.values(warehouse.engine, 2)["avisos"].iloc[0] == ["serie_incompleta"]


def test_an_absence_is_not_a_zero(warehouse: Warehouse) -> None:
    publish(warehouse.engine, draft(value(None), value(0.0, "18")))
    rows = publications.values(warehouse.engine, 1).set_index("territorio")
    assert pd.isna(rows.loc["13", "valor"])
    assert rows.loc["18", "valor"] == 0
    assert publish(warehouse.engine, draft(value(0.0), value(0.0, "18"))).publication.revisados == 1


def test_a_failure_midway_leaves_the_previous_publication_whole(warehouse: Warehouse) -> None:
    publish(warehouse.engine, draft(value(4.0)))
    broken = draft(value(3.0), value(1.0, "18"))
    broken.sources[0]["sintetico"] = None  # not null: the last insert of the transaction fails
    broken.sources[0]["huella"] = "otra"
    with pytest.raises(Exception, match=r"(?i)null"):
        publish(warehouse.engine, broken)
    assert publications.latest(warehouse.engine).numero == 1
    assert publications.values(warehouse.engine, 1)["valor"].tolist() == [4.0]


def test_a_value_twice_in_a_draft_is_a_bug(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="repetidos"):
        publish(warehouse.engine, draft(value(4.0), value(5.0)))


def test_lineage_and_quality_are_those_known_when_it_was_published(warehouse: Warehouse) -> None:
    def deliver(version: int, estado: str) -> None:
        rule = RuleResult("G-03", "esquema", "error", "falla", 10, version, "mensaje", ("Fila 3.",))
        given = Submission("t", "13", "2024", version, f"h{version}", "t.csv", estado, 10, 9, 1, now(), "1.0.0", True, results=(rule,))
        with writing(warehouse.engine).begin() as connection:
            record(connection, [given], None)

    deliver(1, "aceptada")
    publish(warehouse.engine, draft(value(4.0)))
    deliver(2, "aceptada_con_advertencias")
    deliver(3, "rechazada")
    publish(warehouse.engine, draft(value(3.0)))
    for number, current, seen in ((1, 1, 1), (2, 2, 3)):
        assert publications.submissions(warehouse.engine, number, only_current=True)["version"].tolist() == [current]
        quality = publications.quality(warehouse.engine, number, tabla="t")
        assert quality["version"].tolist() == [seen]
        assert quality["muestra"].iloc[0] == ["Fila 3."]
    assert len(publications.submissions(warehouse.engine, 2, tables=["t"], region="13")) == 3


def test_filters_take_one_value_or_many(warehouse: Warehouse) -> None:
    publish(warehouse.engine, draft(value(4.0), value(5.0, "18"), value(6.0, "19")))
    assert len(publications.values(warehouse.engine, 1, territorio=["13", "19"], indicador="x", periodo=None)) == 2
    assert publications.values(warehouse.engine, 1, territorio="18")["valor"].tolist() == [5.0]
