"""Where in its file a fault is: the line of a key of a YAML declaration, of a word of a SQL fact, of what a parser could not read."""

from __future__ import annotations

import re
from pathlib import Path

import sqlglot
import yaml
from sqlglot.errors import ParseError

from kpis.grammar import DIALECT

_QUOTED = re.compile(r"«([^«»]+)»")
_LINE = re.compile(r"\b(?:line|línea) (\d+)", re.IGNORECASE)


def line_in_yaml(path: Path, sentence: str) -> int | None:
    """The line that a sentence about a definition is of: that of the key it names first, or of the wrong word below that key."""
    told = [int(n) for n in _LINE.findall(sentence)]
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return told[-1] if told else None
    named = _QUOTED.findall(sentence)
    if root is None or not named:
        return None
    key, *words = named
    node, line = _walked(root, key.split("."))
    inside = next((found for word in words if (found := _scalar(node, word)) is not None), None)
    return inside or line


def _walked(root: yaml.Node, parts: list[str]) -> tuple[yaml.Node, int | None]:
    """The node that a dotted key leads to, or as far as it leads, and the line of its last part."""
    node, line = root, None
    for part in parts:
        if isinstance(node, yaml.SequenceNode) and part.isdecimal() and int(part) < len(node.value):
            node = node.value[int(part)]
            line = node.start_mark.line + 1
            continue
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((k, v) for k, v in pairs if k.value == part), None)
        if found is None:
            return node, line
        line, node = found[0].start_mark.line + 1, found[1]
    return node, line


def _scalar(node: yaml.Node, word: str) -> int | None:
    """The line of the first text below a node that is the word, or holds it as a whole word."""
    if isinstance(node, yaml.ScalarNode):
        return node.start_mark.line + 1 if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", node.value) else None
    children = [n for pair in node.value for n in pair] if isinstance(node, yaml.MappingNode) else node.value
    return next((line for child in children if (line := _scalar(child, word)) is not None), None)


def line_in_sql(path: Path, sentence: str) -> int | None:
    """The line of a fact that a sentence is of: where its own text cannot be parsed, else where the word that is wrong stands first."""
    try:
        text = path.read_text(encoding="utf-8")
        sqlglot.parse(text, dialect=DIALECT)
    except ParseError as error:
        return next((int(e["line"]) for e in error.errors if e.get("line")), None)
    except (OSError, ValueError):
        return next((int(n) for n in _LINE.findall(sentence)), None)
    lines = [line.split("--")[0] for line in text.splitlines()]
    for word in _QUOTED.findall(sentence):
        at = next((n for n, line in enumerate(lines, 1) if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line)), None)
        if at is not None:
            return at
    return None
