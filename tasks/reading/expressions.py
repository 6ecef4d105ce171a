"""SQL for one column: how the contract's rules turn a published text into ours."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.sources import Column
from warehouse.sql_text import literal, quoted, texts


def extracted(rule: Column, cell: str) -> str:
    """SQL of what `extract` keeps of a cell; a cell that it does not match stays as published."""
    if not rule.extract:
        return cell
    return f"coalesce(nullif(regexp_extract({cell}, {literal(rule.extract)}, 1), ''), {cell})"


def coded(rule: Column, text: str) -> str:
    """SQL of a text after `codes` and `template`; a text that `codes` does not know stays as it is."""
    if rule.codes:
        cases = " ".join(f"WHEN {literal(theirs)} THEN {literal(ours)}" for theirs, ours in rule.codes.items())
        text = f"(CASE {text} {cases} ELSE {text} END)"
    if rule.template:
        before, after = rule.template.split("{}", 1)
        text = f"({literal(before)} || {text} || {literal(after)})"
    return text


def number_expression(rule: Column, text: str, decimal_mark: str, signs: Mapping[str, str]) -> str:
    """SQL of the number in a text: NULL for a missing sign, 0 for a sign of zero, then scaled."""
    number = f"read.number({text}, {literal(decimal_mark)})"
    if signs:
        zeros = [sign for sign, meaning in signs.items() if meaning == "zero"]
        zero = f"WHEN {text} IN ({texts(zeros)}) THEN 0.0 " if zeros else ""
        number = f"(CASE {zero}WHEN {text} IN ({texts(signs)}) THEN NULL ELSE {number} END)"
    if rule.scale_by:
        number = _scaled_by(number, quoted(rule.scale_by.column), rule.scale_by.factors)
    return _scaled(number, *_fraction(rule.factor)) if rule.factor != 1 else number


def _scaled_by(number: str, column: str, factors: Mapping[str, float]) -> str:
    """SQL of a number times the factor that a text in its row names; NULL for a text without a factor."""
    fractions = {word: _fraction(factor) for word, factor in factors.items()}
    times = " ".join(f"WHEN {literal(word)} THEN {fraction[0]}" for word, fraction in fractions.items())
    over = " ".join(f"WHEN {literal(word)} THEN {fraction[1]}" for word, fraction in fractions.items())
    return _scaled(number, f"(CASE {column} {times} END)", f"(CASE {column} {over} END)")


def _scaled(number: str, times: str, over: str) -> str:
    """SQL of a number as a fraction of what was published; 80.6 per cent is 0.806, not 0.8059999999999999."""
    return f"round({number} * {times} / {over}, 15)"


def _fraction(factor: float) -> tuple[str, str]:
    """A factor as a product and a quotient: 35 / 100 is 0.35, and 35 * 0.01 is not."""
    divisor = round(1 / factor) if factor else 0
    return ("1.0::DOUBLE", f"{divisor}.0::DOUBLE") if divisor * factor == 1 else (f"{factor!r}::DOUBLE", "1.0::DOUBLE")
