"""What the ledger tells of figures that are withheld by now, taken out of the shared file's copy of it.

The ledger itself stays as it was written, or nobody could verify it; an entry here keeps its digest and says so.
"""

from __future__ import annotations

import duckdb

# A seal holds a baseline as it was shown, and perhaps it would not be shown any more.
_SEALS = """
    UPDATE ledger.entry
    SET body = json_merge_patch(entry.body, json_object('redacted', true, 'rows', seal.rows))
    FROM (
        SELECT sequence, bool_or(is_withheld) AS is_redacted,
            to_json(list(CASE WHEN is_withheld THEN json_merge_patch(figure, '{"value": null, "numerator": null,
                "denominator": null, "corrected_because": null, "redacted": true}'::JSON) ELSE figure END
                ORDER BY place)) AS rows
        FROM (
            SELECT sealed.*, withheld_figure.agreement_id IS NOT NULL AS is_withheld
            FROM (
                SELECT sequence, body ->> 'agreement_id' AS agreement_id,
                    unnest(from_json(body -> 'rows', '["JSON"]')) AS figure,
                    generate_subscripts(from_json(body -> 'rows', '["JSON"]'), 1) AS place
                FROM ledger.entry WHERE kind = 'baseline_sealed'
            ) AS sealed
            LEFT JOIN core.withheld_figure ON sealed.agreement_id = withheld_figure.agreement_id
                AND (figure ->> 'indicator_id') = withheld_figure.indicator_id
                AND (figure ->> 'area_id') = withheld_figure.area_id AND (figure ->> 'period') = withheld_figure.period
        )
        GROUP BY ALL
    ) AS seal
    WHERE entry.sequence = seal.sequence AND seal.is_redacted
"""
# Which figure would have been known too closely: whoever reads that knows that its count is small.
_STOPPED = r"""
    UPDATE ledger.entry
    SET body = json_merge_patch(
        regexp_replace(body::VARCHAR, '(could be worked out): [^"\\]*', '\1', 'g')::JSON, '{"redacted": true}'::JSON)
    WHERE kind IN ('publication_blocked', 'run_finished') AND contains(body::VARCHAR, 'could be worked out: ')
"""


def redact_ledger(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty what entries of a built warehouse, whose scratch tables still stand, tell of withheld figures."""
    connection.execute(_SEALS)
    connection.execute(_STOPPED)
