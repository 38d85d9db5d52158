"""Protection and audit of any statistical table whose margins add up.

loaded = read_spec(Path("spec.yaml"))
table = read_table(Path("table.csv"), loaded)
protected = protect(table, loaded)
protected.exposed      # () : nothing that is hidden can be worked out
"""

from eirene.disclosure.tables.attack import Exposed
from eirene.disclosure.tables.command import Done, protect_file
from eirene.disclosure.tables.earlier import Before, read_before
from eirene.disclosure.tables.model import Contributors, Dimension, Mismatch, Table, inconsistencies
from eirene.disclosure.tables.protect import Loss, Protected, audit_protected, protect, remedies
from eirene.disclosure.tables.reading import Sheet, read_sheet, read_table
from eirene.disclosure.tables.rules import Need, Primary, primary
from eirene.disclosure.tables.spec import Loaded, Spec, read_spec, resolve
from eirene.disclosure.tables.writing import protected_csv, report

__all__ = [
    "Before", "Contributors", "Dimension", "Done", "Exposed", "Loaded", "Loss", "Mismatch", "Need", "Primary",
    "Protected", "Sheet", "Spec", "Table", "audit_protected", "inconsistencies", "primary", "protect", "protect_file",
    "protected_csv", "read_before", "read_sheet", "read_spec", "read_table", "remedies", "report", "resolve",
]  # fmt: skip
