"""Small REDCap projects of every legal shape, written as REDCap exports them."""

import csv
import io
from dataclasses import dataclass

from hypothesis import strategies as st

DOWNLOAD = (
    "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels",Field Note,'
    "Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,"
    "Identifier?,"
    '"Branching Logic (Show field only if...)",Required Field?,Custom Alignment,'
    "Question Number (surveys only),Matrix Group Name,Matrix Ranking?,Field Annotation\n"
)
CHOICES = {"1": "one", "-2": "two, or more", "x_Y": "étrange"}
TEXTS = ["", "a;b", 'say "so"', "two\nlines", "0", "NA", "007", "ü"]


@dataclass
class Project:
    dictionary: str
    raw: list[list[str]]
    labels: list[list[str]]
    forms: dict[str, list[str]]  # form -> its columns in raw exports, the state included

    def text(self, rows: list[list[str]], separator: str) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
        return out.getvalue()


def written(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """A project with its export, raw and with labels."""
    count = draw(st.integers(1, 4))
    kinds = st.lists(st.sampled_from(["text", "radio", "checkbox", "yesno"]), max_size=3)
    layout = {f"form_{n}": draw(kinds) for n in range(count)}
    longitudinal, repeating = draw(st.booleans()), draw(st.booleans())
    rows = [["record_id", "form_0", "", "text", "Record ID", *[""] * 13]]
    columns: dict[str, list[tuple[str, str, dict[str, str]]]] = {}  # raw name, label, values
    for form, fields in layout.items():
        columns[form] = []
        for place, kind in enumerate(fields):
            name, label = f"{form}_q{place}", f"Question {form} {place}"
            listed = " | ".join(f"{code}, {text}" for code, text in CHOICES.items())
            choices = listed if kind in ("radio", "checkbox") else ""
            rows.append([name, form, "", kind, f"<b>{label}</b>", choices, *[""] * 12])
            if kind == "checkbox":
                for code, text in CHOICES.items():
                    box = f"{name}___{code.lower().replace('-', '_')}"
                    ticks = {"0": "Unchecked", "1": "Checked"}
                    columns[form].append((box, f"{label} (choice={text})", ticks))
            else:
                known = {"radio": CHOICES, "yesno": {"1": "Yes", "0": "No"}}.get(kind, {})
                columns[form].append((name, label, known))
        states = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
        columns[form].append((f"{form}_complete", "Complete?", states))
        if len(rows) == 1 or rows[-1][1] != form:
            rows.append([f"{form}_info", form, "", "descriptive", "Read this", *[""] * 13])
    flat = [one for form in columns for one in columns[form]]
    events = ["start_arm_1", "end_arm_1", "start_arm_2"] if longitudinal else [""]
    names = ["redcap_event_name"] * longitudinal
    shown = ["Event Name"] * longitudinal
    if repeating:
        names += ["redcap_repeat_instrument", "redcap_repeat_instance"]
        shown += ["Repeat Instrument", "Repeat Instance"]
    raw = [["record_id", *names, *(name for name, _, _ in flat)]]
    labels = [["Record ID", *shown, *(label for _, label, _ in flat)]]
    occasions = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["01", "1", "b-2"]),
                st.sampled_from(events),
                st.sampled_from(["", *layout]) if repeating else st.just(""),
                st.sampled_from(["", "1", "2"]) if repeating else st.just(""),
            ),
            min_size=1,
            max_size=8,
            unique=True,
        )
    )
    for record, event, instrument, instance in occasions:
        key = [record, *[event] * longitudinal, *[instrument, instance] * repeating]
        on = {form: draw(st.booleans()) for form in layout}
        cells = [
            (draw(st.sampled_from(["", *known] if known else TEXTS)) if on[form] else "", known)
            for form in columns
            for _, _, known in columns[form]
        ]
        raw.append([*key, *(one for one, _ in cells)])
        labels.append([*key, *(known.get(one, one) for one, known in cells)])
    dictionary = DOWNLOAD + written(rows)
    return Project(
        dictionary, raw, labels, {form: [one for one, _, _ in columns[form]] for form in columns}
    )
