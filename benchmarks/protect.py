"""Protection of nation × sex × rank × service beside what one would do instead, by hand."""
from __future__ import annotations
import random

NATIONS, SEXES = 40, ("F", "M")
RANKS = {"OF-6+": 0.0015, "OF-3..5": 0.06, "OF-1..2": 0.09, "OR": 0.8485}
SERVICES = {"army": 0.45, "navy": 0.17, "air": 0.19, "gendarmerie": 0.09, "medical": 0.05, "joint": 0.03, "coast": 0.015, "cyber": 0.005}
SEED = 5535


def made_up(seed: int = SEED):
    """Counts of leaf cells by (nation, sex, rank, service): forces of very different size, made up."""
    draw = random.Random(seed)
    sizes = sorted((int(1_300_000 * (0.83 ** i) * draw.uniform(0.8, 1.2)) + 2500 for i in range(NATIONS)), reverse=True)
    cells = {}
    for number, size in enumerate(sizes):
        share = draw.uniform(0.07, 0.2)
        lacks = set(draw.sample([s for s in SERVICES if s not in ("army",)], draw.choice((0, 1, 1, 2, 2, 3))))
        for rank, of_rank in RANKS.items():
            if rank == "OF-6+":  # small forces have more generals to a soldier
                of_rank = 0.0008 * (1_000_000 / size) ** 0.25
            women = share * (0.5 if rank == "OF-6+" else 0.9 if rank == "OF-3..5" else 1.0)
            for service, of_service in SERVICES.items():
                mean = 0 if service in lacks else size * of_rank * of_service
                for sex, part in (("F", women), ("M", 1 - women)):
                    cells[f"N{number + 1:02}", sex, rank, service] = _drawn(draw, mean * part)
    return cells


def _drawn(draw, mean):
    return max(0, round(draw.gauss(mean, mean ** 0.5))) if mean > 20 else sum(1 for _ in range(200) if draw.random() < mean / 200)
