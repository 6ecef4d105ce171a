"""How a panel of a chart is drawn, in Altair: import it only where charts are made, it takes a third of a second."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

WIDTH, HEIGHT = 232, 132
AREA, MUNICIPALITY, MUTED = "var(--chart-area)", "var(--chart-municipality)", "var(--muted)"


@cache
def panel_specification() -> dict[str, Any]:
    """`panel`: the Vega-Lite drawing of every panel, to which datasets, scales and ticks are added; `config`.

    Datasets: area and municipality (year, line, value, low, high), baseline (year, value), agreement
    (year, until), breaks (year, says), synthetic (says). The first layer declares both axes. It is always the same,
    and made once in a process: change no part of it.
    """
    drawing = (
        alt.layer(*_background(), *_lines(), *_labels())
        .properties(width=WIDTH, height=HEIGHT)
        .configure(aria=False, background="transparent", font="sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=MUTED, labelFontSize=11, gridColor="var(--rule)", domain=False, ticks=False, labelPadding=5
        )
    )
    whole = drawing.to_dict(validate=False)
    return {"panel": {name: whole[name] for name in ("layer", "width", "height")}, "config": whole["config"]}


def _data(name: str) -> alt.Chart:
    return alt.Chart(alt.NamedData(name=name))


def _background() -> list[alt.Chart]:
    x = alt.X("year:Q", title=None, axis=alt.Axis(grid=False, labelOverlap="greedy", labelFlush=False))
    y = alt.Y("value:Q", title=None, axis=alt.Axis(grid=True))
    axes = _data("area").mark_point(opacity=0, size=0, color="transparent").encode(x=x, y=y)
    agreement = _data("agreement").mark_rect(color="var(--chart-agreement)").encode(x="year:Q", x2="until:Q")
    return [axes, agreement]


def _lines() -> list[alt.Chart]:
    beside, own = _data("municipality"), _data("area")
    places, limits = {"x": "year:Q", "y": "value:Q"}, {"x": "year:Q", "y": "low:Q", "y2": "high:Q"}
    return [
        own.mark_rule(color=AREA, opacity=0.28, strokeWidth=7).encode(**limits),
        # Narrower than the area's: both stand at the same periods, and each stays to be seen on the other.
        beside.mark_rule(color=MUNICIPALITY, opacity=0.6, strokeWidth=2).encode(**limits),
        beside.mark_line(color=MUNICIPALITY, strokeWidth=1.6, strokeDash=[5, 3]).encode(**places, detail="line:O"),
        beside.mark_point(color=MUNICIPALITY, fill=MUNICIPALITY, shape="square", size=16, opacity=1).encode(**places),
        own.mark_line(color=AREA, strokeWidth=2.2).encode(**places, detail="line:O"),
        own.mark_point(color=AREA, fill=AREA, size=30, opacity=1).encode(**places),
        _data("baseline").mark_point(color=AREA, size=130, strokeWidth=1.4, opacity=1).encode(**places),
    ]


def _labels() -> list[alt.Chart]:
    """Words stand in two lines above the drawing, where no figure can be."""
    breaks = _data("breaks")
    top = alt.value(0)
    return [
        breaks.mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x="year:Q"),
        breaks.mark_text(dy=-6, fontSize=10.5, color=MUTED).encode(text="says:N", x="year:Q", y=top),
        _data("synthetic")
        .mark_text(align="left", dy=-20, fontSize=10.5, fontWeight="bold", color="var(--synthetic-ink)")
        .encode(text="says:N", x=alt.value(0), y=top),
    ]
