"""What the ledger is told of rows in quarantine: that they lie there, came good later, were closed, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.context import Night
from tasks.people import acting_for, given_reason
from warehouse.deliveries import Delivery
from warehouse.ledger import Entry, Ledger
from warehouse.lock import receiving
from warehouse.paths import DataDirectory
from warehouse.quarantine_cases import Case, cases
from warehouse.query import open_published


def open_case(night: Night, delivery: Delivery, rows: int, sha256: str | None) -> None:
    """Tell that rows of a delivery lie in quarantine; the same rows again are nothing new, none closes the case."""
    known = cases(night.ledger.entries()).get(delivery.delivery_id)
    body = {"delivery_id": delivery.delivery_id, "run_id": night.run_id, "rows": rows, "sha256": sha256}
    if rows == 0 and known and known.closed_at is None:
        reason = "the checks of today let every row through"
        night.ledger.append("quarantine_closed", body | {"how": "let_through"}, actor=night.actor, reason=reason)
    if rows == 0 or (known and known.sha256 == sha256):
        return
    night.ledger.append("quarantine_opened", body, actor=night.actor, reason="checks rejected these rows")


def tell_what_came_good(night: Night, *, is_new_publication: bool) -> None:
    """Tell of cases whose rows the current publication shows replayed, close those with no row left, reopen others.

    Only another publication can show them otherwise; a run that was cut off before it told of its own is made up for.
    """
    entries = night.ledger.entries()
    if not is_new_publication and _a_run_has_ended_since(entries):
        return
    known = cases(entries)
    if not known:
        return
    for delivery_id, rows, told in _in_the_publication(night.data):
        if case := known.get(delivery_id):
            _tell(night, case, rows, told)


def _a_run_has_ended_since(entries: Sequence[Entry]) -> bool:
    """Whether a run came to a good end after the last publication was made."""
    for entry in reversed(entries):
        if entry.kind == "publication_made":
            return False
        if entry.kind == "run_finished" and entry.body["outcome"] != "failed":
            return True
    return False


_ROWS = """
    SELECT quarantine.delivery_id, count(*), count(*) FILTER (quarantine.state = 'replayed'),
      count(*) FILTER (quarantine.state = 'rejected_again'),
      coalesce(list(DISTINCT replayed_by_delivery_id ORDER BY replayed_by_delivery_id)
        FILTER (replayed_by_delivery_id IS NOT NULL), []),
      coalesce(list(DISTINCT rejected_again_in_delivery_id ORDER BY rejected_again_in_delivery_id)
        FILTER (quarantine.state = 'rejected_again'), []),
      coalesce(list(DISTINCT corrected.approved_by ORDER BY corrected.approved_by)
        FILTER (corrected.approved_by IS NOT NULL), [])
    FROM audit.quarantine
    LEFT JOIN ledger.delivery AS corrected ON quarantine.replayed_by_delivery_id = corrected.delivery_id
    GROUP BY quarantine.delivery_id ORDER BY quarantine.delivery_id
"""


def _in_the_publication(data: DataDirectory) -> list[tuple[str, int, dict[str, Any]]]:
    """A delivery's id, its rows in quarantine, and what the ledger is told of them."""
    told = ("rows_replayed", "rows_rejected_again", "by", "again_in", "approved_by")
    with open_published(data.warehouse) as connection:
        return [
            (delivery_id, rows, dict(zip(told, found, strict=True)))
            for delivery_id, rows, *found in connection.execute(_ROWS).fetchall()
        ]


def _tell(night: Night, case: Case, rows: int, told: dict[str, Any]) -> None:
    body = {"delivery_id": case.delivery_id, "run_id": night.run_id}
    answered = told["rows_replayed"] + told["rows_rejected_again"]
    if case.closed_how in ("replayed", "rejected_again") and answered < rows:
        reason = "a delivery that had brought these rows again is out again"
        opened = body | {"rows": case.rows, "sha256": case.sha256}
        night.ledger.append("quarantine_opened", opened, actor=night.actor, reason=reason)
        case = Case(case.delivery_id, case.source_id, case.rows, case.sha256, case.opened_at)
    if case.closed_at is not None:
        return
    reason = _what_came(rows, told)
    if (told["rows_replayed"], told["rows_rejected_again"]) != (case.rows_replayed, case.rows_rejected_again):
        night.ledger.append("quarantine_replayed", body | told, actor=night.actor, reason=reason)
    if answered == rows:
        how = "rejected_again" if told["rows_rejected_again"] else "replayed"
        closed = body | {"how": how, "approved_by": told["approved_by"]}
        # Whoever ran it closes it; who approved what brought the rows good is named.
        night.ledger.append("quarantine_closed", closed, actor=night.actor, reason=reason)


def _what_came(rows: int, told: dict[str, Any]) -> str:
    replayed, again = told["rows_replayed"], told["rows_rejected_again"]
    approved = f", approved by {', '.join(told['approved_by'])}" if told["approved_by"] else ""
    good = (
        f"{'all' if replayed == rows else f'{replayed} of'} {rows} rows came good in {', '.join(told['by'])}{approved}"
    )
    bad = f"{again} of {rows} rows were rejected again in {', '.join(told['again_in'])} and lie in quarantine there"
    return "; ".join(text for text, is_told in ((good, replayed or not again), (bad, again)) if is_told)


def close_with_its_delivery(ledger: Ledger, delivery_id: str, *, actor: str) -> None:
    """Close the case of a delivery that has been rejected; without an open case nothing is told."""
    case = cases(ledger.entries()).get(delivery_id)
    if case and case.closed_at is None:
        body = {"delivery_id": delivery_id, "how": "rejected"}
        ledger.append("quarantine_closed", body, actor=actor, reason="the whole delivery was rejected")


def close_by_hand(data: DataDirectory, catalogue: Catalogue, delivery_id: str, *, actor: str, because: str) -> bool:
    """Close a case that no corrected file will ever answer; returns whether it was open.

    Raises HelhedsplanError without a reason, without a case, or where the actor may not.
    """
    ledger = Ledger(data.ledger)
    with receiving(data):
        entries = ledger.entries()
        case = the_case(cases(entries), delivery_id)
        reason = given_reason(because, f"closing the rows of {delivery_id}")
        actor = acting_for(catalogue, entries, actor, "close_quarantine")
        if case.closed_at is not None:
            return False
        ledger.append("quarantine_closed", {"delivery_id": delivery_id, "how": "by_hand"}, actor=actor, reason=reason)
    return True


def the_case(known: dict[str, Case], delivery_id: str) -> Case:
    """One case by its delivery. Raises HelhedsplanError if that delivery has none."""
    try:
        return known[delivery_id]
    except KeyError:
        raise HelhedsplanError(
            "no rows of this delivery are or were in quarantine",
            expected="a delivery_id as `helhedsplan quarantine list --all` shows them",
            found=delivery_id,
            do="look the id up with `helhedsplan quarantine list --all`",
        ) from None
