"""What the tables that Python fills hold, in words kept in the warehouse itself; SQL files carry their own."""

from __future__ import annotations

import duckdb

from warehouse.column_comments import comment_on

_COMMENTS = {
    "catalogue.goal": "The agreement's fixed overall goals, in their official wording.",
    "catalogue.indicator": "Every series that has figures (fixed, context, cross-check) with its definition.",
    "catalogue.linked_count": "Denominators that another indicator tells of too; the attack knows them from there.",
    "catalogue.series_break": "Figures before from_day do not compare with those from it on; an empty id means all.",
    "catalogue.caveat": "What a reader must know of an indicator, one caveat a row.",
    "catalogue.agreement": "The agreements: municipality, and the first and last day.",
    "catalogue.area": "The housing areas of each agreement, in its own order.",
    "catalogue.focus_area": "The focus areas of each agreement (section 6) and the goal that each points to.",
    "catalogue.membership": "Which unit is part of which larger one, and when; an empty day is no limit.",
    "catalogue.unit_published_as": "Every code and name, in lower case, under which publishers tell of a unit, by its"
    " municipality; without one only where the name is of one unit alone.",
    "catalogue.source": "The sources: publisher, licence, how they arrive, when they are expected.",
    "catalogue.instrument": "The questionnaires of each survey; of two in one period the first gives the figure.",
    "catalogue.baseline": "Baselines that an agreement names itself, where the rule is not to choose, with the reason.",
    "catalogue.correction": "What a publisher got wrong, what stands for it, why, who decided; no withheld number.",
    "ledger.entry": "The ledger as it was when this warehouse was built: everything that happened, in order."
    " Where figures that are withheld by now are taken out, body says redacted.",
    "ledger.build": "The one row about this build: publication, run, its moment (UTC), the digest of its inputs.",
    "ledger.expected": "What the calendar said of each part of each source on the day of the build.",
}


def comment_on_inputs(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the comments of each table of schemas catalogue and ledger that no SQL file makes, and of its columns."""
    for table, comment in _COMMENTS.items():
        comment_on("TABLE", table, comment, connection)
