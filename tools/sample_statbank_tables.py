"""Table descriptions (`tableinfo`) of the StatBank samples, in the shape that the API answers with.

Titles, units, variable texts, spans and dates are those of the real list of tables of September 2025; ids of
variables and values are assumed, because no description of these tables was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sample_writing import SYNTHETIC

AREAS = {
    "000": "Hele landet",
    "085": "Region Sjælland",
    "329": "Ringsted",
    "330": "Slagelse",
    "340": "Sorø",
}
RECORDED_AREAS = {"329": "Ringsted", "330": "Slagelse", "336": "Stevns", "340": "Sorø", "370": "Næstved"}
SEX = {"TOT": "I alt", "M": "Mænd", "K": "Kvinder"}
ELECTION_RESULT = {
    "VAELG": "Vælgere",
    "GYLD_IALT": "Gyldige stemmer i alt",
    "UGYLD_IALT": "Ugyldige stemmer i alt",
}
EDUCATION = {
    "TOT": "I alt",
    "H10": "H10 Grundskole",
    "H20": "H20 Gymnasiale uddannelser",
    "H30": "H30 Erhvervsfaglige uddannelser",
    "H40": "H40 Korte videregående uddannelser, KVU",
    "H50": "H50 Mellemlange videregående uddannelser, MVU",
    "H70": "H70 Lange videregående uddannelser, LVU",
    "H90": "H90 Uoplyst mv.",
}
ENROLMENT = {"TOT": "I alt", "00": "Ikke i gang med uddannelse", "01": "I gang med uddannelse"}
NEET_STATUS = {"TOT": "I alt", "NEET": "NEET", "IKKE": "Ikke NEET"}
LABOUR_STATUS = {
    "TOT": "I alt",
    "05": "Beskæftigede",
    "10": "Bruttoledige",
    "15": "Under uddannelse, uden for arbejdsstyrken",
    "20": "Førtidspensionister",
    "25": "Kontanthjælpsmodtagere, uden for arbejdsstyrken",
    "30": "Øvrige uden for arbejdsstyrken",
}
AGE_BANDS = {
    "1824": "18-24 år",
    "2529": "25-29 år",
    "3039": "30-39 år",
    "4049": "40-49 år",
    "5059": "50-59 år",
} | {"6064": "60-64 år"}
SINGLE_AGES = {str(age): f"{age} år" for age in range(15, 30)}


@dataclass(frozen=True)
class Variable:
    """A variable of a table: its id in the data, its text, its values, and whether it can be left out."""

    variable_id: str
    text: str
    values: dict[str, str]
    elimination: bool = True

    def described(self) -> dict:
        """Give the variable as an entry of `tableinfo.variables`."""
        return {
            "id": self.variable_id,
            "text": self.text,
            "elimination": self.elimination,
            "time": self.text == "tid",
            "values": [{"id": value, "text": text} for value, text in self.values.items()],
        }


@dataclass(frozen=True)
class Table:
    """A StatBank table: its real title and date, and its variables in the listed order."""

    table_id: str
    title: str
    updated: str
    variables: tuple[Variable, ...]

    def tableinfo(self) -> dict:
        """Give the synthetic table's description; it says twice that it is synthetic."""
        caveat = f"{SYNTHETIC}. Variablernes id og værdier er antaget."
        return self._described(f"{self.title} (SYNTETISK)", caveat, {"text": caveat, "mandatory": True})

    def rebuilt_tableinfo(self, caveat: str) -> dict:
        """Give the description of a table whose figures are real but whose description was rebuilt."""
        return self._described(self.title, caveat, {"text": caveat, "mandatory": False})

    def _described(self, text: str, caveat: str, footnote: dict) -> dict:
        names = [variable.text for variable in self.variables]
        return {
            "id": self.table_id,
            "text": text,
            "description": f"{self.title} efter {', '.join(names[:-1])} og {names[-1]}. {caveat}",
            "unit": "Antal",
            "suppressedDataValue": "0",
            "updated": self.updated,
            "active": True,
            "contacts": [],
            "documentation": None,
            "footnote": footnote,
            "variables": [variable.described() for variable in self.variables],
        }


def _time(years: Iterable[int]) -> Variable:
    return Variable("Tid", "tid", {str(year): str(year) for year in years}, elimination=False)


FVKOM = Table(
    "FVKOM",
    "Folketingsvalg",
    "2022-11-18T08:00:00",
    (
        Variable("VALRES", "valgresultat", ELECTION_RESULT, elimination=False),
        Variable("OMRÅDE", "område", RECORDED_AREAS),
        _time([2007, 2011, 2015, 2019, 2022, 2026]),
    ),
)
KVRES = Table(
    "KVRES",
    "Valg til kommunalbestyrelser",
    "2022-04-07T08:00:00",
    (
        Variable("OMRÅDE", "område", AREAS),
        Variable("VALRES", "valgresultat", ELECTION_RESULT, elimination=False),
        _time(range(2005, 2022, 4)),
    ),
)
HFUDD21 = Table(
    "HFUDD21",
    "Befolkningens højest fuldførte uddannelse (15-29 år)",
    "2025-05-15T08:00:00",
    (
        Variable("BOPOMR", "bopælsområde", AREAS),
        Variable("HERKOMST", "herkomst", {"TOT": "I alt"}),
        Variable("HFUDD", "højest fuldførte uddannelse", EDUCATION),
        Variable("IGUDD", "igangværende uddannelse", ENROLMENT),
        Variable("ALDER", "alder", {"TOT": "I alt"} | SINGLE_AGES),
        Variable("KØN", "køn", SEX),
        _time(range(2008, 2025)),
    ),
)
NEET1 = Table(
    "NEET1",
    "Befolkningen (16-24 år)",
    "2025-05-01T08:00:00",
    (
        Variable("NEET", "NEET-status", NEET_STATUS),
        Variable("KØN", "køn", SEX),
        Variable("BOPOMR", "bopælsområde", AREAS),
        Variable("SOCIO", "socioøkonomisk status", {"TOT": "I alt"}),
        _time(range(2008, 2024)),
    ),
)
RAS209 = Table(
    "RAS209",
    "Befolkningen (ultimo november)",
    "2025-05-01T08:00:00",
    (
        Variable("OMRÅDE", "område", AREAS),
        Variable("UDDANNELSE", "uddannelse", EDUCATION),
        Variable("SOCIO", "socioøkonomisk status", LABOUR_STATUS),
        Variable("ALDER", "alder", {"TOT": "I alt"} | AGE_BANDS),
        Variable("KØN", "køn", SEX),
        _time(range(2008, 2024)),
    ),
)
