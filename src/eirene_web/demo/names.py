"""Names of people, made up, in the sound of each nation's language. Nobody is meant by any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """Given names and family names that go together."""

    given: tuple[str, ...]
    family: tuple[str, ...]


def _tongue(given: str, family: str) -> Tongue:
    return Tongue(tuple(given.split()), tuple(family.split()))


TONGUES: Mapping[str, Tongue] = {
    "northern": _tongue(
        "Sigrun Eirik Åsta Torvald Ingunn Leif Solveig Håkon Ragnhild Arvid Gudny Stein Liv Odd Marit Jorunn Eskil",
        "Halvorsdal Tonnvik Mjeldager Haugvoll Brattlien Skarnes Nordhaug Lyngeid Fossbakk Rinnevold Storhamn "
        "Ytterlund Grimsvåg Sundmoen Eikenes",
    ),
    "germanic": _tongue(
        "Friederun Konrad Annelies Wolfram Gesine Lothar Heilwig Jost Theda Reimar Isolde Eckart Almut Gerwin Wiebke "
        "Detlev Swantje",
        "Falkenrodt Brennhofer Marksteiner Lindwart Osterkamp Weidenhagen Rothmarck Salzbrück Hohenwart Tannweiler "
        "Griesebach Vossmann Ahrenfels Kaltwasser Buchenthal",
    ),
    "romance": _tongue(
        "Solène Bastien Aurore Thibaud Maïlys Gaspard Ombeline Lucien Clervie Anselme Édith Florent Bérénice Rémi "
        "Capucine Aubin Mathilde",
        "Marchaval Rouvelle Delambrine Corvasson Lirenier Beaugency-Roux Tarvaux Orlennois Vaucelle Maindreville "
        "Fontrobert Sauvageot Charbonnel Lestrade-Vigne Aubraine",
    ),
    "southern": _tongue(
        "Inês Matteo Benedetta Rodrigo Fiammetta Duarte Graziella Álvaro Leonor Tiziano Aurélia Nuno Ornella Salvo "
        "Beatriz Renzo Violante",
        "Valdoro Serravelle Marenzoli Castranedo Belmonte-Sá Fiorentes Pradovani Alcantarra Montesacro Vilhedo "
        "Torresalto Carvalhosa Bellacqua Riomayor Santareno",
    ),
    "slavic": _tongue(
        "Zdislava Bohumir Ludmila Kazimir Jarmila Vojtech Radana Stanimir Dobrava Miroslav Vlasta Ctibor Bozhena "
        "Ratibor Milena Zoran Svatava",
        "Galdovsky Kestrian Quarnevic Estavary Jorlanov Zaluvec Tarnovic Belohradsky Dravec Voronek Strazhin "
        "Polanecki Hradistan Novoselsky Kremenic",
    ),
    "hellenic": _tongue(
        "Eudokia Leandros Kalliope Stavros Theodora Anargyros Melina Filippos Zoe Iason Ariadne Kyriakos Danae "
        "Orestes Xenia Pavlos Elpida",
        "Pelorakis Arvonides Selkaros Elandridis Eskariotis Ondarakis Thalassinos Petrinides Lykavittos Anthemiou "
        "Kastelanos Meligalas Vryonides Asterios Dafnopoulos",
    ),
    "island": _tongue(
        "Maren Alasdair Niamh Rhodri Eilidh Cormac Isla Gethin Orla Fergus Bronagh Ewan Sorcha Tomos Ailsa Declan "
        "Mairead",
        "Dunmarrow Halviston Aldmere-Pryce Dorvane Ulmarsh Tiverney Westransk Carrickmore Penhallick Strathvane "
        "Glenfarrow Kilbrannan Rosmorran Tarbolton Lochrine",
    ),
    "eastern": _tongue(
        "Austeja Mindaugis Ieva Rolands Kadri Taavet Liisbet Gediminas Daina Juhan Milda Valdur Egle Arvo Skaidrite "
        "Tarmo Rasa",
        "Calvorius Ilvanis Vardunas Istrandi Korrinen Kalnozols Mereväli Pilskalns Järvakant Ozolaite Rannamets "
        "Vilkauskis Lepistaal Saulgrieze Tammekivi",
    ),
}  # fmt: skip
#: Which nation sounds how.
SPOKEN: Mapping[str, str] = {
    code: tongue
    for tongue, codes in {
        "northern": "NVL NDH HST SKR BNL YVR",
        "germanic": "FKM SMK THS OSM LTM WST",
        "romance": "ABR CLD CRV LRN OLN RVL MRD BMA",
        "southern": "VDR CAS MRZ FIO PDV",
        "slavic": "GDV ZLV KST QRN ETV JRL KRN",
        "hellenic": "PLR ARV ELN ESK ODR",
        "island": "ALM DOR DNM HLV ULM TVR TVN",
        "eastern": "CLV ILV VDN IST",
    }.items()
    for code in codes.split()
}
#: The office's own people come from everywhere.
OFFICE = ["island", "romance", "hellenic", "northern", "southern", "slavic"]


class Names:
    """Gives out names, each once."""

    def __init__(self) -> None:
        self._given: dict[str, Iterator[str]] = {key: _all(tongue) for key, tongue in TONGUES.items()}
        self._office = 0

    def next(self, nation: str) -> str:
        """A name of somebody from `nation`; '' for the office."""
        if nation:
            return next(self._given[SPOKEN[nation]])
        self._office += 1
        return next(self._given[OFFICE[self._office % len(OFFICE)]])


def _all(tongue: Tongue) -> Iterator[str]:
    """Every given name with every family name, neighbours unlike each other."""
    many, most = len(tongue.given), len(tongue.family)
    for turn in range(most):
        for n in range(many):
            yield f"{tongue.given[n]} {tongue.family[(n * 4 + turn) % most]}"
