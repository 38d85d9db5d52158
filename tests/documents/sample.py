"""A Summary with every kind of block, in English and French. Everything in it is invented."""

# ruff: noqa: E501 (its texts are long)

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from eirene.documents import charts as c
from eirene.documents import model as d
from eirene.documents.words import words

BODIES = [
    "Aldmere",
    "Arvonia",
    "Castrane",
    "Dorvia",
    "Falkmark",
    "Halvia",
    "Lirenia",
    "Norvale",
    "Rovelle",
    "Ulmaria",
    "Westrana",
    "Belmara",
    "Brennland",
    "Calvoria",
    "Elandra",
    "Estavar",
    "Galdova",
    "Istrande",
    "Jorland",
    "Kestria",
    "Lothmar",
    "Marenza",
    "Ostmere",
    "Peloria",
    "Saltmark",
    "Tarvonne",
    "Valdoria",
    "Quarnia",
    "Aurelis",
    "Bastonne",
    "Corvenia",
    "Dalmara",
    "Eskelund",
    "Fjordane",
    "Grenmark",
    "Hestia",
    "Ilvana",
    "Jutholm",
    "Karsund",
    "Lavenia",
    "Morvane",
]

FIGURES = (
    (
        "harassment_prevention",
        23,
        77,
        "Training to prevent sexual harassment",
        "Formation à la prévention du harcèlement sexuel",
        "train personnel to prevent sexual harassment.",
        "forment leur personnel à la prévention du harcèlement sexuel.",
    ),
    (
        "harassment_procedure",
        22,
        77,
        "A procedure and a named post for reports of harassment",
        "Une procédure et un poste désigné pour les signalements",
        "have a procedure and a named post.",
        "ont une procédure et un poste désigné.",
    ),
    (
        "nap_1325",
        21,
        77,
        "A national action plan on Resolution 1325",
        "Un plan d’action national sur la résolution 1325",
        "have a national action plan on Resolution 1325 that covers the armed forces.",
        "ont un plan d’action national qui couvre les forces armées.",
    ),
    (
        "trained_gender_advisers",
        20,
        65,
        "Trained gender advisers",
        "Conseillers et conseillères genre formés",
        "have trained gender advisers.",
        "ont des conseillers et conseillères genre formés.",
    ),
    (
        "gender_in_predeployment_training",
        19,
        58,
        "Gender in pre-deployment training",
        "Le genre dans la formation avant déploiement",
        "teach gender before deployment.",
        "enseignent le genre avant le déploiement.",
    ),
    (
        "gender_in_operational_planning",
        16,
        38,
        "Gender in operational planning",
        "Le genre dans la planification des opérations",
        "include a gender perspective in the planning of operations.",
        "intègrent le genre à la planification des opérations.",
    ),
    (
        "policies_or_laws",
        11,
        38,
        "A policy or law that integrates gender perspectives",
        "Une politique ou une loi intégrant la perspective de genre",
        "have a policy or law that integrates gender perspectives into the armed forces.",
        "ont une politique ou une loi qui intègre la perspective de genre dans les forces armées.",
    ),
    (
        "gender_focal_points",
        9,
        None,
        "Gender focal points",
        "Points focaux genre",
        "have gender focal points.",
        "ont des points focaux genre.",
    ),
)


class Sample:
    """Writes the sample in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.numbers = {"figure": 0, "table": 0}

    def t(self, en: str, fr: str) -> str:
        return fr if self.lang == "fr" else en

    @property
    def pc(self) -> str:
        return "%"

    def per_cent(self, n: int | Decimal | str) -> str:
        return f"{n}\u00a0%"

    def of(self, n: int, N: int = 27) -> str:
        return self.t(f"{n} of {N}", f"{n} sur {N}")

    def p(self, en: str, fr: str) -> d.Paragraph:
        return d.Paragraph((d.Run(self.t(en, fr)),))

    def statement(self, i: int, notes: tuple[int, ...] = ()) -> d.Statement:
        id, yes, before, _, _, en, fr = FIGURES[i]
        ratio = self.of(yes)
        sentence = self.t(
            f"of members ({ratio} that answered; 1 did not report) {en}",
            f"des membres ({ratio} ayant répondu\u00a0; 1 n’a pas remis de rapport) {fr}",
        )
        roll = d.RollCall(
            (("yes", yes), ("no", 27 - yes), ("no_report", 1)),
            self.t(f"{yes} yes, {27 - yes} no, 1 did not report", f"{yes} oui, {27 - yes} non, 1 sans rapport"),
        )
        colon = self.t(": ", "\u00a0: ")
        previous = "" if before is None else f"2015{colon}{self.per_cent(before)} ({self.of(20, 26)})"
        share = str(round(100 * yes / 27))
        return d.Statement(
            f"{id}.2016.members.share_of_bodies", share, self.pc, (d.Run(sentence),), ratio, roll, previous, notes
        )

    def number(self, kind: str, chapter: str) -> str:
        self.numbers[kind] += 1
        word = {"figure": self.t("Figure", "Figure"), "table": self.t("Table", "Tableau")}[kind]
        return f"{word} {chapter}.{self.numbers[kind]}"

    # --- charts ---------------------------------------------------------------------------------------------------

    def chart(
        self, id: str, chapter: str, title: str, subtitle: str, made: c.Drawing, columns: Sequence[str] = ()
    ) -> d.Chart:
        names = columns or (self.t("Members", "Membres"), "2016", self.t("n of N", "n sur N"))
        head = tuple(d.Cell(name, align="start" if i == 0 else "end", header=True) for i, name in enumerate(names))
        rows = tuple(
            (
                d.Cell(item.label, header=True),
                d.Cell(
                    item.value,
                    align="end",
                    number=item.value.split("\u00a0")[0].replace(",", ".")
                    if item.value[:1].isdigit() and "\u00a0%" in item.value
                    else "",
                ),
                d.Cell(item.n_of_N or "–", align="end", muted=not item.n_of_N),
            )
            for item in made.items
        )
        alt = self.t("Chart. ", "Graphique. ") + "; ".join(f"{i.label}: {i.value}" for i in made.items) + "."
        table = d.Table(f"{id}-table", title, (head,), rows)
        return d.Chart(
            id,
            title,
            subtitle,
            made.spec,
            made.narrow,
            alt,
            table,
            self.t(
                "Population: 28 members. Source: national reports 2016.",
                "Population\u00a0: 28 membres. Source\u00a0: rapports nationaux 2016.",
            ),
            self.number("figure", chapter),
            (f"{FIGURES[0][0]}.2016.members.share_of_bodies",),
        )

    def bars(self, chapter: str) -> d.Chart:
        items = [
            c.Bar(
                self.t(en, fr),
                round(Decimal(100 * yes) / 27),
                self.per_cent(round(100 * yes / 27)),
                self.of(yes),
                before,
                id == "policies_or_laws",
            )
            for id, yes, before, en, fr, _, _ in FIGURES
        ]
        items.append(
            c.Bar(
                self.t("Reports of harassment", "Signalements de harcèlement"), None, self.t("withheld", "non publié")
            )
        )
        made = c.bars(items, lang=self.lang, columns=("2016", self.t("n of N", "n sur N")))
        return self.chart(
            f"fig-{chapter}-bars",
            chapter,
            self.t(
                "Most members train against harassment; fewer than half have a policy or law behind it",
                "La plupart des membres forment contre le harcèlement\u00a0; moins de la moitié ont une politique ou une loi",
            ),
            self.t(
                "Share of members that answered yes, per cent. Bar: 2016. Circle: 2015.",
                "Part des membres ayant répondu oui, en pour cent. Barre\u00a0: 2016. Cercle\u00a0: 2015.",
            ),
            made,
        )

    def trend(self, chapter: str) -> d.Chart:
        def line(label: str, values: Sequence[int], broken: str = "") -> c.Line:
            years = ("2013", "2014", "2015", "2016")
            points = tuple(
                c.Point(
                    y,
                    v,
                    str(v),
                    self.of(v * 27 // 100),
                    self.t("new wording", "nouveau libellé") if y == broken else "",
                )
                for y, v in zip(years, values, strict=True)
            )
            return c.Line(label, points, self.of(values[-1] * 27 // 100) + self.t(" in 2016", " en 2016"))

        made = c.trend(
            [
                line(self.t("Pre-deployment training", "Formation avant déploiement"), (48, 52, 58, 70)),
                line(self.t("Operational planning", "Planification des opérations"), (22, 30, 38, 59), "2014"),
            ],
            ("2013", "2014", "2015", "2016"),
            lang=self.lang,
            y_label=self.t("% of members that answered", "% des membres ayant répondu"),
        )
        return self.chart(
            f"fig-{chapter}-trend",
            chapter,
            self.t(
                "Planning is catching up with training: the gap fell from 26 points to 11 in three years",
                "La planification rattrape la formation\u00a0: l’écart est passé de 26 points à 11 en trois ans",
            ),
            self.t(
                "Members that include gender, per cent of those that answered.",
                "Membres intégrant le genre, en pour cent des réponses.",
            ),
            made,
        )

    def by_body(self, chapter: str) -> d.Chart:
        items = [
            c.Bar(name, Decimal(50 + 7 * i) / 10, self.per_cent(self.dec(Decimal(50 + 7 * i) / 10)), "")
            for i, name in enumerate(BODIES[:19])
        ]
        made = c.by_body(
            items,
            lang=self.lang,
            reference=(Decimal("10.9"), self.t("All, pooled: 10.9\u00a0%", "Ensemble, agrégé\u00a0: 10,9\u00a0%")),
            columns=("2016", ""),
        )
        return self.chart(
            f"fig-{chapter}-bodies",
            chapter,
            self.t(
                "Nineteen members let their share of women be shown", "Dix-neuf membres publient leur part de femmes"
            ),
            self.t("Women in all personnel, per cent.", "Femmes dans l’ensemble du personnel, en pour cent."),
            made,
        )

    def pyramid(self, chapter: str) -> d.Chart:
        ranks = [
            ("OF-6+", "OF-8", 31, 410),
            ("OF-6+", "OF-6", 120, 1900),
            ("OF-3–5", "OF-5", 2100, 19000),
            ("OF-3–5", "OF-4", 5200, 31000),
            ("OF-1–2", "OF-2", 11800, 60400),
            ("OR-5–9", "OR-7", 9000, 71000),
            ("OR-5–9", "OR-5", 21000, 130500),
            ("OR-1–4", "OR-3", 41000, 250000),
            ("OR-1–4", "OR-1", 38000, 240000),
        ]
        thousands = self.t(",", "\u202f")
        made = c.pyramid(
            [
                c.Rank(r, w, m, f"{w:,}".replace(",", thousands), f"{m:,}".replace(",", thousands), b)
                for b, r, w, m in ranks
            ],
            women=self.t("Women", "Femmes"),
            men=self.t("Men", "Hommes"),
            lang=self.lang,
        )
        return self.chart(
            f"fig-{chapter}-pyramid",
            chapter,
            self.t("The higher the rank, the fewer the women", "Plus le grade est élevé, moins il y a de femmes"),
            self.t("Women and men by rank, persons.", "Femmes et hommes par grade, personnes."),
            made,
        )

    def services(self, chapter: str) -> d.Chart:
        names = (
            ("Army", "Armée de terre", 9),
            ("Navy", "Marine", 11),
            ("Air force", "Armée de l’air", 14),
            ("Medical", "Service de santé", 41),
        )
        items = [c.Bar(self.t(en, fr), v, self.per_cent(v), self.of(v * 120, 12000)) for en, fr, v in names]
        made = c.services(
            items,
            lang=self.lang,
            reference=(Decimal("10.9"), self.t("All, pooled: 10.9\u00a0%", "Ensemble, agrégé\u00a0: 10,9\u00a0%")),
            columns=("2016", self.t("n of N", "n sur N")),
        )
        return self.chart(
            f"fig-{chapter}-services",
            chapter,
            self.t("Women serve most in medical services", "Les femmes servent surtout dans le service de santé"),
            self.t("Share of women by service, per cent.", "Part des femmes par armée, en pour cent."),
            made,
        )

    def dec(self, value: Decimal) -> str:
        return str(value).replace(".", self.t(".", ","))

    # --- tables ---------------------------------------------------------------------------------------------------

    def table(self, id: str, chapter: str, rows: int = 6) -> d.Table:
        head = (
            d.Cell("", header=True),
            *(
                d.Cell(t, align="end", header=True)
                for t in (
                    self.t("Women", "Femmes"),
                    self.t("Men", "Hommes"),
                    self.t("Total", "Total"),
                    self.t("Share of women", "Part des femmes"),
                )
            ),
        )
        body = []
        for i, name in enumerate(BODIES[:rows]):
            women, men = 1200 + 37 * i, 9000 + 411 * i
            share = (Decimal(100 * women) / (women + men)).quantize(Decimal("0.1"))
            cells = [
                d.Cell(f"{n:,}".replace(",", self.t(",", "\u202f")), align="end", number=str(n))
                for n in (women, men, women + men)
            ]
            cells.append(d.Cell(self.per_cent(self.dec(share)), f"women_share.{i}", "end", number=str(share)))
            if i == 2:
                cells[0] = d.Cell(self.t("withheld", "non publié"), align="end", muted=True)
            body.append((d.Cell(name, header=True), *cells))
        return d.Table(
            id,
            self.t(
                "Personnel of those members that let it be shown", "Personnel des membres qui acceptent de le publier"
            ),
            (head,),
            tuple(body),
            self.t("Persons, on 31 December 2016", "Personnes, au 31 décembre 2016"),
            self.t("Source: national reports 2016.", "Source\u00a0: rapports nationaux 2016."),
            self.number("table", chapter),
            (self.t("Castrane withheld the number of women.", "Castrane n’a pas publié le nombre de femmes."),),
        )

    # --- sections -------------------------------------------------------------------------------------------------

    def body(self, i: int, no: str) -> d.Section:
        name = BODIES[i % len(BODIES)] + ("" if i < len(BODIES) else f" {i // len(BODIES) + 1}")
        table = d.Table(
            f"body-{i}-key",
            self.t("Key figures", "Chiffres clés"),
            self.table("x", "x", 1).head,
            self.table("x", "x", 5).rows,
        )
        self.numbers["table"] -= 2
        terms = d.Terms(
            (
                (
                    self.t(
                        "5.1 Are there policies or laws that integrate gender perspectives into the armed forces?",
                        "5.1 Existe-t-il des politiques ou des lois intégrant la perspective de genre dans les forces armées\u00a0?",
                    ),
                    (
                        d.Run(
                            self.t(
                                "Yes. Law, Defence Equality Act, 2011.",
                                "Oui. Loi, loi sur l’égalité dans la défense, 2011.",
                            )
                        ),
                    ),
                ),
                (
                    self.t("5.6 Who advises commanders?", "5.6 Qui conseille le commandement\u00a0?"),
                    (
                        d.Run("No data: ", strong=True, lang="en"),
                        d.Run(self.t("posts are being filled.", "les postes sont en cours de pourvoi.")),
                    ),
                ),
            )
        )
        note = d.Note(
            (
                d.Run(
                    self.t(
                        "We record our own reading of question 5.4.",
                        "Nous consignons notre propre lecture de la question 5.4.",
                    )
                ),
            ),
            "reservation",
            self.t(f"Reservation of {name}", f"Réserve de {name}"),
        )
        inner = (
            d.Section(f"body-{i}-figures", self.t("Key figures", "Chiffres clés"), "", (table,)),
            d.Section(
                f"body-{i}-s5",
                self.t("Integration of gender perspectives", "Intégration de la perspective de genre"),
                "",
                (terms, note),
            ),
        )
        intro = self.p(f"As reported by {name} for 2016.", f"Tel que rapporté par {name} pour 2016.")
        return d.Section(f"body-{i}", name, no, (intro,), inner, kind="body")

    def chapter(self, no: int, en: str, fr: str, *, rich: bool) -> d.Section:
        self.numbers = {"figure": 0, "table": 0}
        n, id = str(no), f"c{no}"
        intro = self.p(
            "Members were asked whether a gender perspective is part of what their armed forces decide, plan and teach. In 2016 most could point to a national action plan and to training. Fewer than half could point to a policy or a law that makes either of them binding.",
            "Il a été demandé aux membres si une perspective de genre fait partie de ce que leurs forces armées décident, planifient et enseignent. En 2016, la plupart pouvaient citer un plan d’action national et des formations\u00a0; moins de la moitié, une politique ou une loi qui les rende obligatoires.",
        )
        tags = (
            ("principle", "integration", self.t("Integration", "Intégration")),
            ("pillar", "prevention", self.t("Prevention", "Prévention")),
        )
        a, b = 2 * no - 1, 2 * no
        first = [
            self.statement(6, (a,)),
            self.statement(2),
            self.statement(0, (b,)),
            self.bars(n),
            self.p(
                "Five of the members without one say that it is being prepared.",
                "Cinq des membres qui n’en ont pas disent qu’elle est en préparation.",
            ),
        ]
        second: list[d.Block] = [self.statement(5), self.trend(n)]
        if rich:
            big = d.Statement(
                "gender_advisers_total.2016.members.count",
                self.t("1,234", "1\u202f234"),
                "",
                (
                    d.Run(
                        self.t(
                            "gender advisers were reported (20 of 27 members; 1 did not report).",
                            "conseillers et conseillères ont été signalés (20 membres sur 27\u00a0; 1 sans rapport).",
                        )
                    ),
                ),
                self.t("20 of 27", "20 sur 27"),
            )
            words_ = d.Statement(
                "harassment_reports_total.2016.members.count",
                self.t("withheld", "non publié"),
                "",
                (
                    d.Run(
                        self.t(
                            "Reports of harassment in the armed forces.",
                            "Signalements de harcèlement dans les forces armées.",
                        )
                    ),
                ),
                self.of(4),
            )
            second += [big, words_, self.services(n), self.pyramid(n), self.by_body(n), self.table(f"table-{n}", n)]
            second.append(
                d.Bullets(
                    (
                        (d.Run(self.t("Teach every commander.", "Former chaque commandant.")),),
                        (
                            d.Run(self.t("Publish ", "Publier ")),
                            d.Run(self.t("what is missing", "ce qui manque"), emphasis=True),
                            d.Run("."),
                        ),
                    )
                )
            )
        second.append(
            d.Note(
                (
                    d.Run(
                        self.t(
                            "The total leaves out Quarnia, which released this for naming.",
                            "Le total laisse de côté Quarnia, qui a accepté d’être nommée.",
                        )
                    ),
                ),
                "note",
                self.t("Who is left out", "Qui n’est pas compté"),
            )
        )
        notes = d.Footnotes(
            (
                (
                    a,
                    (
                        d.Run(
                            self.t(
                                "Norvale: the act was passed on 14 December 2016 and enters into force on 1 January 2018.",
                                "Norvale\u00a0: la loi a été adoptée le 14 décembre 2016 et entre en vigueur le 1er janvier 2018.",
                            )
                        ),
                    ),
                ),
                (
                    b,
                    (
                        d.Run(
                            self.t(
                                "Halvia counts training given to recruits only.",
                                "Halvia ne compte que la formation des recrues.",
                            )
                        ),
                    ),
                ),
            )
        )
        return d.Section(
            id,
            self.t(en, fr),
            n,
            (intro,),
            (
                d.Section(
                    f"{id}-1", self.t("Policies, laws and plans", "Politiques, lois et plans"), f"{n}.1", tuple(first)
                ),
                d.Section(
                    f"{id}-2",
                    self.t("From training to planning", "De la formation à la planification"),
                    f"{n}.2",
                    tuple(second),
                ),
                d.Section(f"{id}-notes", self.t("Notes", "Notes"), "", (notes,)),
            ),
            tags,
        )


_CHAPTERS = (
    ("Representation of women and men", "Représentation des femmes et des hommes"),
    ("Applications and recruitment", "Candidatures et recrutement"),
    ("Retention", "Fidélisation"),
    ("Services and ranks", "Armées et grades"),
    ("Integration of gender perspectives", "Intégration de la perspective de genre"),
    ("Training and education", "Formation et enseignement"),
    ("Recommendations and follow-up", "Recommandations et suivi"),
)


def sample(lang: str = "en", *, bodies: int = 6, chapters: int = 7) -> d.Document:
    """The document: chapters, one chapter for each of `bodies`, method, glossary and list of figures as annexes."""
    s = Sample(lang)
    sections = [
        s.chapter(i, *_CHAPTERS[(i - 1) % len(_CHAPTERS)], rich=i in (1, 5) or chapters > 10)
        for i in range(1, chapters + 1)
    ]
    no = chapters + 1
    nations = tuple(s.body(i, f"{no}.{i + 1}") for i in range(bodies))
    sections.append(
        d.Section(
            "bodies",
            s.t("Nation chapters", "Chapitres des pays"),
            str(no),
            (s.p("Members first.", "Les membres d’abord."),),
            nations,
        )
    )
    listed = tuple(
        (
            d.Cell(s.t(en, fr), f"{id}.2016.members.share_of_bodies", header=True),
            d.Cell(s.per_cent(round(100 * yes / 27)), align="end", number=str(round(100 * yes / 27))),
            d.Cell(s.of(yes), align="end"),
        )
        for id, yes, _, en, fr, _, _ in FIGURES
    )
    head = (
        tuple(
            d.Cell(t, align="end" if i else "start", header=True)
            for i, t in enumerate((s.t("Figure", "Chiffre"), s.t("Value", "Valeur"), s.t("n of N", "n sur N")))
        ),
    )
    glossary = d.Terms(
        (
            (
                s.t("Body", "Pays"),
                (d.Run(s.t("A member or partner that reports.", "Un membre ou un partenaire qui rapporte.")),),
            ),
            (s.t("Pooled", "Agrégé"), (d.Run(s.t("A sum over a sum.", "Une somme sur une somme.")),)),
        )
    )
    warning = d.Note(
        (
            d.Run(
                s.t(
                    "Until 2012 the question asked about policies only.",
                    "Jusqu’en 2012, la question ne portait que sur les politiques.",
                )
            ),
        ),
        "warning",
        s.t("Break in the series", "Rupture de série"),
    )
    sections += [
        d.Section(
            "method",
            s.t("Method and definitions", "Méthode et définitions"),
            str(no + 1),
            (s.p("How figures are made.", "Comment les chiffres sont établis."), warning, glossary),
            kind="annex",
        ),
        d.Section(
            "all",
            s.t("All figures as a list", "Liste de tous les chiffres"),
            str(no + 2),
            (
                d.Table(
                    "all-figures",
                    s.t("All figures", "Tous les chiffres"),
                    head,
                    listed,
                    number=s.t("Table 10.1", "Tableau 10.1"),
                ),
            ),
            kind="annex",
        ),
    ]
    title = s.t(
        "Women and men in Concordia’s armed forces, 2016", "Femmes et hommes dans les forces armées de Concordia, 2016"
    )
    return d.Document(
        lang=lang,
        title=title,
        subtitle=s.t(
            "What 28 members and 13 partners reported on women, peace and security: who serves, who leads, what is promised and what is done.",
            "Ce que 28 membres et 13 partenaires ont rapporté sur les femmes, la paix et la sécurité\u00a0: qui sert, qui commande, ce qui est promis et ce qui est fait.",
        ),
        kicker=s.t("Summary of the National Reports", "Synthèse des rapports nationaux"),
        marking=s.t("Concordia unclassified · Public", "Concordia sans classification · Public"),
        notice=s.t(
            "Fictional. Concordia, its nations and every figure are invented.",
            "Fictif. Concordia, ses pays et tous les chiffres sont inventés.",
        ),
        fictional=True,
        date="2017-07-06",
        facts=(
            (s.t("Edition", "Édition"), s.t("1.1, 6 July 2017", "1.1, 6 juillet 2017")),
            (s.t("Members that reported", "Membres ayant remis un rapport"), s.of(27, 28)),
            (s.t("Partners that reported", "Partenaires ayant remis un rapport"), s.of(10, 13)),
            (s.t("Figures, each with its trace", "Chiffres, chacun avec sa trace"), "143"),
            (s.t("Release", "Version"), "concordia-2016-public-1.1"),
        ),
        sections=tuple(sections),
        words=words(lang),
        running_head=s.t(
            "Concordia · Women and men in the armed forces, 2016",
            "Concordia · Femmes et hommes dans les forces armées, 2016",
        ),
        identifier="concordia-2016-public-1.1",
        cite=s.t(
            "Concordia, Summary of the National Reports 2016, edition 1.1, 6 July 2017.",
            "Concordia, Synthèse des rapports nationaux 2016, édition 1.1, 6 juillet 2017.",
        ),
        licence="CC BY 4.0",
    )
