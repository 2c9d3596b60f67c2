"""The people of a file that a reader read whole, where no other file lists who the episodes are."""

from __future__ import annotations

import pandas as pd

from analysis.intake.attendance import Attendance
from analysis.intake.billing import Billing

PEOPLE = "people"  # a map names them as file#people


def people_of(found: Attendance | Billing) -> pd.DataFrame:
    """Return one row a person: first and last day seen, and what a sheet says beside the name.

    Parameters
    ----------
    found : Attendance or Billing
        As its reader gives it.

    Returns
    -------
    DataFrame of str
        person, first, last; of an attendance workbook also start, end and therapist, as they stand
        on the first sheet that has them.
    """
    marks = found.attendance[["session", "person"]]
    marks = marks.assign(date=marks["session"].map(found.sessions.set_index("session")["date"]))
    days = marks.groupby("person", sort=False)["date"].agg(first="min", last="max")
    frame = days.apply(lambda one: one.dt.strftime("%Y-%m-%d"))
    if isinstance(found, Attendance):
        facts = found.people.groupby("person", sort=False)[["start", "end", "therapist"]].first()
        frame = frame.join(facts.astype("string"), how="left")
    frame = frame.rename_axis("person").reset_index()
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return pd.DataFrame(frame.astype("string"))
