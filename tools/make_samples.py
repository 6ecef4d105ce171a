"""Make every synthetic file under samples/ (`make samples`); real files there are never touched.

Usage: python tools/make_samples.py [FOLDER]   (FOLDER: where to write, default the repository's samples/)
"""

from __future__ import annotations

import sys
from pathlib import Path

from sample_delaftaler import write_delaftaler
from sample_lbf_workbooks import write_lbf
from sample_statbank import write_statbank
from sample_survey import write_survey

SEED = 20210930


def main(folder: Path) -> None:
    municipality = write_lbf(folder / "lbf_boligsociale_data", SEED)
    write_statbank(folder / "statbank", municipality, SEED + 1)
    write_survey(folder / "tryghedssurvey", SEED + 2)
    write_delaftaler(folder / "delaftaler")


if __name__ == "__main__":
    repository = Path(__file__).resolve().parent.parent
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else repository / "samples")
