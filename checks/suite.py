"""The contract as a Great Expectations suite: one expectation for each rule, one metric for the whole batch.

Importing this module imports Great Expectations (a second of CPU, 90 MB): only `judge` does it, inside its function.
The frame that Great Expectations sees is a one-row handle; the batch travels by token, because its arguments are JSON.
The metric layer is not public API: the version is pinned and a test asserts the single pass.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import pandas as pd

from checks.hidden import hidden, kept, put_off
from checks.one_pass import NotEvaluable, Run
from checks.rules import Outcome

# Great Expectations imports Spark where it finds it, a second of processor and 30 MB for nothing; and without all the packages of
# Spark's remote client that import ends the process in silence. Charts and statistics that none of our rules asks for are another half second.
with hidden("pyspark"), put_off("altair", "scipy.stats"), kept():
    import great_expectations as gx
    from great_expectations.core.suite_parameters import SuiteParameterDict
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import BatchExpectation
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

_log = logging.getLogger(__name__)
_METRIC = "siegem.una_pasada"
#: runs under way, by token
_UNDER_WAY: dict[str, Run] = {}


class OnePass(TableMetricProvider):
    """Computed once for all expectations of a run: its identity is the token, and its value too.

    Great Expectations keeps values in cycles of references: the run itself as a value kept the rows of every batch until the next collection.
    """

    metric_name = _METRIC
    value_keys = ("token",)

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(cls, metric_value_kwargs: Mapping[str, str], **_: Any) -> str:
        _UNDER_WAY[metric_value_kwargs["token"]].evaluate()
        return metric_value_kwargs["token"]


class ExpectRuleOfContract(BatchExpectation):
    """One rule of the contract. `token` always comes as a parameter of the run, so that the suite itself carries no batch."""

    rule: str
    token: str | SuiteParameterDict

    metric_dependencies: ClassVar[tuple[str, ...]] = (_METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("rule", "token")

    def _validate(self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:
        run = _UNDER_WAY[metrics[_METRIC]]
        failures = run.outcome(self.rule).failures
        return {"success": failures == 0, "result": {"element_count": run.lot.rows.num_rows, "unexpected_count": failures}}


def validate(run: Run, title: str) -> dict[str, Outcome | NotEvaluable]:
    """What each rule found, or why it could not be evaluated. Great Expectations' own `success` is not looked at: see `judge`."""
    # A shared context grows, and two threads on one definition judged each other's frame: a fresh one each time.
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batches = context.data_sources.add_pandas("lotes").add_dataframe_asset("lote").add_batch_definition_whole_dataframe("lote")
    token = uuid.uuid4().hex
    expectations = [
        ExpectRuleOfContract(rule=r.name, token={"$PARAMETER": "token"}, meta={"regla": r.rule_id, "severidad": r.severity}) for r in run.rules.all
    ]
    suite = context.suites.add(gx.ExpectationSuite(title, expectations=expectations))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=title, data=batches, suite=suite))
    _UNDER_WAY[token] = run
    try:
        # Great Expectations keeps the traceback of what it catches, and with it the frames of all its callers and the rows these hold, until
        # the next collection: in a thread of its own it has no callers.
        with ThreadPoolExecutor(1) as apart:
            handle = {"dataframe": pd.DataFrame({"token": [token]})}
            found = apart.submit(definition.run, batch_parameters=handle, expectation_parameters={"token": token}).result()
    finally:
        del _UNDER_WAY[token]
    verdicts = {c.kwargs["rule"]: _one(run, c.kwargs["rule"], r) for r in found.results if (c := r.expectation_config)}
    unanswered = NotEvaluable("no dio resultado.")
    return {r.name: verdicts.get(r.name, unanswered) for r in run.rules.all}


def _one(run: Run, name: str, result: Any) -> Outcome | NotEvaluable:
    """A rule that raised also reads `success=False`: it is told apart here, and its traceback is logged unless we raised it."""
    error = _raised(result.exception_info or {})
    if error is None:
        return run.outcomes[name]
    if name in run.reasons:
        return NotEvaluable(run.reasons[name])
    message, traceback = error
    _log.error("la regla %s dio un error\n%s", name, traceback)
    return NotEvaluable(f"dio un error ({message.splitlines()[0] if message else 'sin mensaje'}).")


def _raised(info: Mapping[str, Any]) -> tuple[str, str] | None:
    """Message and traceback; an error of the metric comes one level deeper, by metric id."""
    if "raised_exception" not in info:
        return next((e for v in info.values() if isinstance(v, Mapping) and (e := _raised(v))), None)
    if not info["raised_exception"]:
        return None
    return str(info.get("exception_message") or ""), str(info.get("exception_traceback") or "")
