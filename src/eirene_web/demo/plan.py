"""What the demonstration lays out: who is where, in which state each report is, what is special about some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CODE = "2017"
#: state → body → (share of the questions answered in per cent, days since the last movement)
LAYOUT: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "not_started": {"QRN": (0, 41), "VDN": (0, 41), "ILV": (0, 41)},
    "drafting": {
        "PLR": (91, 1), "IST": (81, 2), "BNL": (72, 3), "VDR": (70, 1), "ETV": (65, 4), "TVR": (63, 2), "OSM": (100, 5),
        "BMA": (56, 0), "CRV": (50, 3), "ESK": (44, 6), "ELN": (40, 2), "KST": (33, 15), "KRN": (23, 8), "TVN": (12, 9),
        "CLD": (0, 3), "NDH": (0, 6), "OLN": (0, 1), "PDV": (0, 4), "THS": (0, 7), "YVR": (0, 2), "ZLV": (0, 5),
    },
    "in_clearance": {"CLV": (100, 12), "FIO": (100, 3), "GDV": (100, 2), "MRZ": (100, 1), "SMK": (100, 1)},
    "cleared": {"MRD": (100, 1)},
    "submitted": {"ARV": (100, 0), "HST": (100, 0), "LTM": (100, 1), "WST": (100, 2)},
    "in_review": {"ABR": (100, 4), "ALM": (100, 1), "CAS": (100, 6), "ODR": (100, 3), "RVL": (100, 5)},
    "returned": {"JRL": (100, 19), "NVL": (100, 4), "SKR": (100, 6), "ULM": (100, 2)},
    "accepted": {"DOR": (100, 9), "DNM": (100, 11), "FKM": (100, 8), "HLV": (100, 14), "LRN": (100, 12)},
}  # fmt: skip
#: Opened a week before the others, to see whether the questionnaire holds.
TEST_NATION = "DOR"
#: (days from today, name): what the office planned beyond the deadline.
MILESTONES = (
    (30, "Clarified", "Précisé"), (51, "Accepted", "Accepté"), (65, "Draft to nations", "Projet aux nations"),
    (86, "Objections close", "Fin des objections"), (100, "Cleared", "Validé"),
)  # fmt: skip


# --- who there is ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostPlan:
    """A post as it is made. `above`: key of the post above in the same nation. `at`: where it lies in Belmara."""

    en: str
    fr: str
    role: str
    above: str = ""
    contact: bool = False
    at: str = ""
    only: tuple[str, ...] = ()


OFFICE_POSTS: Mapping[str, PostPlan] = {
    "coordinator": PostPlan("Coordinator, WPS Office", "Coordinatrice, bureau FPS", "coordinator"),
    "desk-a": PostPlan("Review desk A", "Pôle de relecture A", "reviewer", "coordinator"),
    "desk-b": PostPlan("Review desk B", "Pôle de relecture B", "reviewer", "coordinator"),
    "observer": PostPlan("Observer, Supervisory Committee", "Observatrice, comité de surveillance", "observer"),
    "administrator": PostPlan("System administrator", "Administration du système", "administrator"),
}
#: Nations that share their report out among directorates.
SHARING = ("BMA", "PLR", "ELN", "KST", "IST")
#: From the top down, so that each finds the post above it.
NATION_POSTS: Mapping[str, PostPlan] = {
    "officer": PostPlan("Deputy Chief of Defence", "Chef d’état-major adjoint", "authorised_officer", at="staff"),
    "head": PostPlan("Head of Gender Policy", "Chef de la politique de genre", "clearing_officer", "officer", at="mod"),
    "rapporteur": PostPlan("Rapporteur, Ministry of Defence", "Rapporteuse, ministère de la Défense", "rapporteur",
                           "head", contact=True, at="mod"),
    "personnel": PostPlan("Personnel Directorate", "Direction du personnel", "contributor", "head", at="staff",
                          only=SHARING),
    "training": PostPlan("Training Command", "Commandement de la formation", "contributor", "officer", at="training",
                         only=SHARING),
    "legal": PostPlan("Legal Office", "Service juridique", "contributor", "head", at="mod", only=SHARING),
    "reader": PostPlan("Reader, Permanent Delegation", "Lectrice, délégation permanente", "reader"),
    "policy": PostPlan("Defence Policy Directorate", "Direction de la politique de défense", "clearing_officer",
                       "officer", only=("GDV", "FIO")),
    "foreign": PostPlan("Ministry of Foreign Affairs, WPS", "Ministère des Affaires étrangères, FPS",
                        "clearing_officer", only=("GDV", "FIO")),
    "admin": PostPlan("Administrator of posts", "Administration des postes", "administrator", "head", at="mod",
                      only=("BMA", "QRN", "VDN")),
}  # fmt: skip
#: Capitals whose clock is not the alliance's.
CLOCKS = {"PLR": "Europe/Athens", "ELN": "Europe/Athens", "IST": "Europe/Helsinki", "CLV": "Europe/Helsinki",
          "TVN": "Atlantic/Azores", "YVR": "Atlantic/Reykjavik", "ZLV": "Asia/Tbilisi"}  # fmt: skip
#: Bodies inside the nation that is worth looking at: key → (kind, en, fr, key of the one above).
TREE: Mapping[str, tuple[str, str, str, str]] = {
    "mod": ("ministry", "Ministry of Defence", "Ministère de la Défense", ""),
    "staff": ("force", "Joint Staff", "État-major interarmées", "mod"),
    "training": ("command", "Training Command", "Commandement de la formation", "staff"),
    "brigade": ("unit", "2nd Light Brigade", "2e brigade légère", "staff"),
}
#: The nation whose report is worth looking at.
SHOWN_NATION = "BMA"
#: Nobody holds this post since so many days; into that one somebody was asked who never opened the letter.
VACANT = {"QRN.rapporteur": 50}
INVITED = {"VDN.rapporteur": 41}
#: Nations that named their delegation too as a point of contact.
DELEGATIONS = ("QRN", "VDN", "BMA")
#: Posts that somebody else held until so many days ago.
SUCCEEDED = {"BMA.rapporteur": 200, "coordinator": 430, "HLV.rapporteur": 90}
#: Posts that another person of the nation acts for, or by delegation: post → (who, how, since days).
STANDS_IN = {"ESK.officer": ("ESK.head", "acting", 20), "CLV.officer": ("CLV.head", "delegate", 2)}
#: One account for each role, to begin with: role → whom.
SHOWN: Mapping[str, str] = {
    "coordinator": "coordinator",
    "reviewer": "desk-a",
    "rapporteur": "BMA.rapporteur",
    "contributor": "BMA.personnel",
    "clearing_officer": "GDV.policy",
    "authorised_officer": "CLV.officer",
    "reader": "BMA.reader",
    "observer": "observer",
    "administrator": "administrator",
}


# --- on the nations' side -------------------------------------------------------------------------------------------

#: Who fills in what, where sections are assigned.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "personnel": ("1", "2", "3", "3.1", "3.2", "3.3", "4"), "training": ("6",), "legal": ("5",),
}  # fmt: skip
#: What each of the posts has.
ASSIGNED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "BMA": SECTIONS,
    "PLR": {"personnel": ("1", "2", "4"), "training": ("6",)},
    "ELN": {"personnel": ("1", "2", "3"), "legal": ("5",)},
    "KST": {"personnel": ("1", "2", "3", "4"), "legal": ("5",)},
    "IST": {"training": ("6",), "legal": ("5", "5.1")},
}
#: Days from today by which sections should be done, where it is not nine; negative: they are late.
SECTIONS_DUE = {"KST": -2}
#: Who has taken answers over from last year, and which.
TAKEN_OVER = ("ABR", "ALM", "BNL", "DNM", "HLV", "IST", "LRN", "NVL", "PLR", "RVL")
TAKEN = ("same_enlistment_requirements", "harassment_prevention", "support_single_parents")


@dataclass(frozen=True)
class Changed:
    """An answer that differs from the year before: its counts times `by`; `why`: the warning was explained."""

    question: str
    by: float
    why: Mapping[str, str] = field(default_factory=dict)


CHANGED: Mapping[str, Changed] = {
    "ODR": Changed("recruits", 0.33),
    "RVL": Changed("recruits", 0.4, {
        "en": "Recruitment stood still from May to November, while the new service law was before parliament.",
        "fr": "Le recrutement a été suspendu de mai à novembre, la nouvelle loi sur le service étant au parlement.",
    }),
    "WST": Changed("recruits", 1.9),
    "CAS": Changed("recruits", 1.6, {
        "en": "A second intake was opened in September; the number was counted again by the recruiting centres.",
        "fr": "Un second contingent a été recruté en septembre ; les centres de recrutement ont recompté.",
    }),
}  # fmt: skip
#: An error that nobody saw: the total of OF-5 is two too many. It stops nothing but is to be decided on.
WRONG_TOTAL = ("ODR", "officers_by_rank", "cells.OF-5|_T", 2)
#: Evidence: nation → (question, file, heading, marking: '' as the answer, 'office' for the office alone …).
EVIDENCE: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "BMA": (("all_positions_open", "order-31-2017.pdf", "Order 31/2017", "members"),
            ("all_positions_open", "trades-opened-2017.pdf", "Trades opened in 2017", "")),
    "ABR": (("policies_or_laws", "loi-2017-114.pdf", "Loi 2017-114", "public"),),
    "RVL": (("recruits", "suspension-du-recrutement.pdf", "Suspension du recrutement", "office"),
            ("nap_1325", "plan-national-2016-2020.pdf", "Plan d'action national", "public")),
    "DOR": (("nap_1325", "national-action-plan.pdf", "National action plan", "public"),),
    "PLR": (("harassment_procedure", "standing-instruction-7.pdf", "Standing instruction 7", "partners"),),
}  # fmt: skip
#: What partners that report for the first time have so far: yes and no, no counts.
FIRST_ANSWERS: tuple[tuple[str, Any], ...] = (
    ("all_positions_open", "yes"), ("same_enlistment_requirements", "yes"), ("nap_1325", "no"),
    ("harassment_prevention", "yes"), ("gender_focal_points", "no"), ("support_single_parents", "yes"),
    ("gender_in_predeployment_training", "yes"),
)  # fmt: skip
#: Chains of clearance other than head → officer, as keys of posts.
CHAINS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "GDV": (("head",), ("policy", "foreign"), ("officer",)),
    "FIO": (("policy", "foreign"), ("head",), ("officer",)),
}
#: More time for one nation: days after today, why.
EXTENDED = {"TVN": (30, "A fire in the ministry’s registry: personnel files are being restored from the archives.")}


# --- on the office's side -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A clarification that the office asks: `due` days from today, `answer` of the nation, `note` within the office."""

    question: str
    text: str
    due: int
    flag: bool = True
    answer: str = ""
    settled: bool = False
    note: str = ""


ASKED: Mapping[str, tuple[Asked, ...]] = {
    "CAS": (Asked("personnel", "Does the total include officer cadets? Last year you counted them here.", -2,
                  note="The delegation was called on Tuesday; the personnel staff moves house this week."),),
    "ODR": (Asked("recruits", "The number is a third of last year’s. Is it the whole year?", 5),
            Asked("officers_by_rank", "The total of OF-5 is two more than women and men together. Which is right?", 5)),
    "ABR": (Asked("gender_adviser_posts", "Are the two posts at the joint staff filled full-time?", 3, flag=False,
                  answer="Yes: both since March 2017, one civilian and one lieutenant colonel."),),
    "RVL": (Asked("recruits", "Is the pause in recruiting told to the public? May the note be printed?", 4, flag=False,
                  answer="It is: the minister spoke of it in parliament on 9 May 2017. The note may be printed.",
                  settled=True),),
    "LRN": (Asked("nap_1325", "Does the plan of 2012 still stand while its successor is prepared?", -12, flag=False,
                  answer="It was extended to the end of 2018 by decision of 3 October 2017.", settled=True),),
}  # fmt: skip
#: Notes within the office, about a report as a whole.
NOTED: Mapping[str, str] = {
    "HLV": "First year with a rapporteur of their own; the report came two weeks before the deadline.",
    "ALM": "Sections 1 to 4 read and accepted. 5 needs a look by somebody who knows their new service law.",
}
#: Sections accepted already, of reports still in review.
PARTLY: Mapping[str, tuple[str, ...]] = {"ALM": ("1", "2", "3", "3.1", "3.2", "3.3", "4"), "ABR": ("1", "2")}


@dataclass(frozen=True)
class Returned:
    """A report that came back: `due` days from today (negative: late), what is open and why."""

    reason: str
    due: int
    open: Mapping[str, str]


RETURNED: Mapping[str, Returned] = {
    "JRL": Returned("Three answers do not fit what you reported last year. Please look at them again.", -5, {
        "recruits": "Please say whether reservists are included.",
        "officers_by_rank": "The total differs from question 1.1.",
        "harassment_prevention": "Which document is meant?"}),
    "NVL": Returned("Two answers need a word.", 10, {
        "deployed": "Person-tours are asked for in 5.1.4; here those on the date.",
        "gender_education": "Please name the course."}),
    "SKR": Returned("One answer seems to have slipped by a row.", 8, {
        "other_ranks_by_rank": "OR-6 holds what stood at OR-5 last year, and so on downward."}),
    "ULM": Returned("Thank you; one number is missing.", 12, {
        "parental_leave_taken": "Men on parental leave are blank; last year you had 214."}),
}  # fmt: skip
#: What a nation asks to have corrected after acceptance, still to be decided: question, part → value, why.
CORRECTED = {"HLV": ("maternity_leave_weeks", {"value": 27}, "The law of 1 July 2017 gives 27 weeks.")}
#: The same for the edition that is published: accepted, so that it needs a new release.
CORRECTED_BEFORE = {
    "FKM": (
        "maternity_leave_weeks",
        {"value": 20},
        "Twenty weeks since the law of 2014; we had copied the number for civil servants.",
    )
}
