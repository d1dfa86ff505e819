"""The dictionary of the contracts: the table of all in docs/contratos.md, and a page for each in docs/contratos/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from warehouse.contract_lint import unverified_marks
from warehouse.contracts import Column, Contract

#: the mark of a page's generated part, before the name of its table
MARK = "contrato_"
_SCOPES = {"region": "cada gobierno regional", "nacional": "una entidad nacional", "sistema": "nadie: la arma el sistema"}
_EVERY = {"mensual": "cada mes", "trimestral": "cada trimestre", "anual": "cada año", "unica": "la serie completa, cada vez"}
_EFFECTS = {
    "bloqueante": "se rechaza el archivo", "error": "la fila va a cuarentena", "advertencia": "la fila se usa y se anota",
    "informativa": "solo se informa",
}  # fmt: skip


def markdown_table(headings: list[str], rows: list[list[str]]) -> str:
    """A table; cells may hold bars and line breaks."""
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows)])


def overview(contracts: Mapping[str, Contract]) -> str:
    """Every table in one line, by contract, each with the way to its page."""
    rows = []
    for contract in sorted(contracts.values(), key=lambda c: (c.contract, c.table)):
        marks = unverified_marks(contract)
        rows.append(
            [contract.contract, f"[`{contract.table}`](contratos/{contract.table}.md)", contract.version, contract.title.es,
             _SCOPES[contract.delivery.ambito], term(contract), str(len(contract.columns)), str(len(contract.rules)), str(marks) if marks else "—"]
        )  # fmt: skip
    return markdown_table(["contrato", "tabla", "versión", "qué es", "quién la entrega", "plazo", "columnas", "reglas", "sin verificar"], rows)


def term(contract: Contract) -> str:
    """When it is due, and whether that term is a norm or ours."""
    delivery = contract.delivery
    if delivery.plazo_dia_habil is not None:
        due = f"{delivery.plazo_dia_habil}.º día hábil"
    elif delivery.plazo_dias is not None:
        due = f"{delivery.plazo_dias} días calendario"
    else:
        return "—"
    return due + (" (propuesto)" if delivery.plazo_estado == "propuesto" else " (norma)")


def first_page(contract: Contract) -> str:
    """A new page: the generated part alone, to be filled."""
    return f"<!-- inicio: {MARK}{contract.table} -->\n<!-- fin: {MARK}{contract.table} -->\n"


def page(contract: Contract, contracts: Mapping[str, Contract]) -> str:
    """Everything the contract says, for people."""
    return "\n\n".join(part for part in _parts(contract, contracts) if part)


def _parts(contract: Contract, contracts: Mapping[str, Contract]) -> Iterator[str]:
    source = contract.source
    yield f"# `{contract.table}`: {contract.title.es}"
    yield f"Contrato {contract.contract}, versión {contract.version}. [Todos los contratos](../contratos.md)"
    yield " ".join(contract.purpose.split())
    yield "## Entrega"
    yield _delivery(contract)
    yield f"Fuente: {source.publicador.es} — {source.titulo.es}." + (" **Dato sintético de demostración.**" if source.sintetico else "")
    yield "## Columnas"
    yield markdown_table(["columna", "tipo", "obligatoria", "clase", "qué es", "forma", "ejemplo"], [_column(c, contracts) for c in contract.columns])
    yield "🔑 identifica la fila. Clase: `publica` se publica fila por fila; `agregada`, solo en sumas; `restringida`, solo la ve quien la entrega."
    yield _values(contract)
    yield _relations(contract, contracts)
    yield _rules(contract)
    yield _doubts(contract)
    if contract.caveats:
        yield "## Advertencias"
        yield "\n".join(f"* {c.es}" for c in contract.caveats)
    yield _migrations(contract)


def _delivery(contract: Contract) -> str:
    delivery = contract.delivery
    facts = [f"* La entrega {_SCOPES[delivery.ambito]}" + (f" ({delivery.responsable})." if delivery.responsable else ".")]
    if delivery.ambito != "sistema":
        facts += [f"* Se entrega {_EVERY[delivery.periodicidad]}.", f"* Plazo: {term(contract)}."]
    return "\n".join(facts)


def _column(column: Column, contracts: Mapping[str, Contract]) -> list[str]:
    what = column.description + (f" **Sin verificar:** {column.unverified}" if column.unverified else "")
    return [
        f"`{column.name}`" + (" 🔑" if column.key else ""), column.type, "sí" if column.required else "no", column.classification, what,
        "; ".join(_form(column, contracts)) or "—", f"`{column.example}`" if column.example else "—",
    ]  # fmt: skip


def _form(column: Column, contracts: Mapping[str, Contract]) -> Iterator[str]:
    if column.allowed:
        yield f"uno de {len(column.allowed)} valores"
    if column.references:
        yield f"→ {_link(column.references, contracts)}"
    if column.unit:
        yield f"en {column.unit}"
    if column.minimum is not None:
        yield f"desde {column.minimum:g}"
    if column.maximum is not None:
        yield f"hasta {column.maximum:g}"
    if column.pattern:
        yield f"`{column.pattern}`"
    if column.treatment:
        yield "se guarda solo su huella" if column.treatment == "hash" else "se descarta al recibir"
    if column.dates:
        yield {"antiguas": "puede ser anterior a 2002", "futuras": "puede ser futura", "libres": "puede ser antigua o futura"}[column.dates]
    if column.source_names:
        yield f"también se lee como {', '.join(f'`{n}`' for n in column.source_names)}"


def _link(reference: str, contracts: Mapping[str, Contract]) -> str:
    table = reference.partition(".")[0]
    return f"[`{reference}`]({table}.md)" if table in contracts else f"`{reference}`"


def _values(contract: Contract) -> str:
    rows = [
        [f"`{c.name}`", f"`{v}`", c.labels[v].es, c.labels[v].en, ", ".join(f"«{w}»" for w, code in c.equivalences.items() if code == v) or "—"]
        for c in contract.columns
        for v in c.allowed
    ]
    if not rows:
        return ""
    return "## Valores permitidos\n\n" + markdown_table(["columna", "valor", "español", "inglés", "también se entiende"], rows)


def _relations(contract: Contract, contracts: Mapping[str, Contract]) -> str:
    own = [f"* `{c.name}` es una fila de {_link(c.references, contracts)}." for c in contract.columns if c.references]
    used = [
        f"* La nombra {_link(f'{other.table}.{c.name}', contracts)}."
        for other in contracts.values()
        for c in other.columns
        if other.table != contract.table and c.references.partition(".")[0] == contract.table
    ]
    return "## Relaciones\n\n" + "\n".join([*own, *used]) if own or used else ""


def _rules(contract: Contract) -> str:
    rows = [[r.id, r.body.dimension, f"{r.severity}: {_EFFECTS[r.severity]}", r.sentence, r.body.remedio or "—"] for r in contract.rules]
    shown = markdown_table(["regla", "categoría", "gravedad", "frase", "remedio"], rows) if rows else "No tiene reglas propias."
    return "## Reglas\n\nAdemás de las [reglas de todos los contratos](../contratos.md#reglas-de-todos-los-contratos).\n\n" + shown


def _doubts(contract: Contract) -> str:
    doubts = [f"* Sin verificar: columna `{c.name}`: {c.unverified}" for c in contract.columns if c.unverified]
    doubts += [f"* Sin verificar: regla {r.id}: {r.body.sin_verificar}" for r in contract.rules if r.body.sin_verificar]
    return "## Lo que no está verificado\n\n" + "\n".join(doubts) if doubts else ""


def _migrations(contract: Contract) -> str:
    if not contract.migrations:
        return ""
    lines = []
    for version, step in contract.migrations.items():
        told = [f"`{a}` pasó a llamarse `{b}`" for a, b in step.renombra.items()]
        told += [f"`{n}` es nueva" + (f" (se llena con «{v}»)" if v else "") for n, v in step.agrega.items()]
        told += [f"`{n}` ya no se pide" for n in step.quita]
        told += [f"en `{c}`, «{a}» pasó a ser «{b}»" for c, values in step.valores.items() for a, b in values.items()]
        lines.append(f"* Plantillas hasta la versión {version}: {'; '.join(told)}.")
    return "## Cambios que se aplican a plantillas anteriores\n\n" + "\n".join(lines)
