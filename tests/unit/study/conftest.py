"""A small valid study as csv files, to be spoilt one cell at a time."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.study.dictionary import dictionary
from analysis.study.problems import Problem, StudyError
from analysis.study.reading import read_study

INSTRUMENTS = {"PHQ-9": (0.0, 27.0), "RSES": (0.0, 30.0)}

TABLES = {
    "episodes": """\
episode_id,participant_id,episode_number,site_id,arm,start_study_day,observed_until_day,discharge_day,condition,age_band,severity,colour
e1,p1,1,s1,group,0,100,40,trauma,25-34,1.5,red
e2,p2,1,s1,group,3,100,,trauma,25-34,2,blue
e3,p3,1,s1,individual,5,100,30,adhd,35-44,,red
e4,p3,2,s2,individual,200,100,35,adhd,35-44,4,red
""",
    "groups": """\
group_id,site_id,group_type,enrolment
g1,s1,process,open
g2,s1,skills,closed
""",
    "memberships": """\
group_id,episode_id,from_day,to_day,primary
g1,e1,0,40,true
g2,e1,5,20,false
g1,e2,0,,true
""",
    "sessions": """\
session_id,format,group_id,site_id,scheduled_minutes,minutes,unit,status
x1,group,g1,s1,90,95,session,held
x2,group,g2,s1,90,90,session,held
x3,individual,,s1,50,50,session,cancelled
""",
    "session_staff": """\
session_id,therapist_id,role
x1,t1,leader
x1,t2,co_leader
x2,t1,leader
""",
    "attendance": """\
session_id,episode_id,day,status,minutes_attended
x1,e1,1,attended,90
x1,e2,1,no_show,
x2,e1,6,attended,90
""",
    "assessments": """\
assessment_id,episode_id,instrument,day,wave,rater,score
a1,e1,PHQ-9,0,baseline,self,15
a2,e1,PHQ-9,42,week 6,self,
a3,e3,PHQ-9,0,baseline,self,12
a4,e3,RSES,42,week 6,self,
""",
    "items": """\
assessment_id,item,value
a2,1,2
a2,2,3
""",
    "events": """\
episode_id,day,type
e1,10,medication_start
""",
}


class SmallStudy:
    """A study in a folder. Rows are line numbers of the csv file, the header being line 1."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.texts = dict(TABLES)
        self.config: dict[str, Any] = {
            "tables": {name: f"in/{name}.csv" for name in TABLES},
            "columns": {},
            "arms": {
                "group": {"label": "Group", "format": "group"},
                "individual": {"label": "Individual", "format": "individual"},
            },
            "contrasts": {
                "format": {
                    "label": "Group against individual",
                    "comparison": "group",
                    "reference": "individual",
                    "clusters": {"group": "therapy_group", "individual": "none"},
                    "assignment": "observational",
                    "claims": [],
                }
            },
            "instruments": {"depression": "PHQ-9", "hope": "AHS"},
            "covariates": [
                {"column": "severity", "type": "numeric", "role": "baseline"},
                {"column": "age_band", "type": "categorical", "role": "baseline"},
            ],
        }

    def put(self, table: str, row: int, column: str, value: str) -> None:
        """Write a value into one cell."""
        lines = [line.split(",") for line in self.texts[table].splitlines()]
        lines[row - 1][lines[0].index(column)] = value
        self.texts[table] = "".join(",".join(line) + "\n" for line in lines)

    def fill(self, table: str, column: str, values: list[str]) -> None:
        """Write a whole column, a new one if it is not there."""
        lines = [line.split(",") for line in self.texts[table].splitlines()]
        if column not in lines[0]:
            lines = [[*line, ""] for line in lines]
            lines[0][-1] = column
        self.texts[table] = "".join(",".join(line) + "\n" for line in lines)
        for row, value in enumerate(values, start=2):
            self.put(table, row, column, value)

    def drop(self, table: str, column: str) -> None:
        """Remove a column."""
        lines = [line.split(",") for line in self.texts[table].splitlines()]
        place = lines[0].index(column)
        kept = [line[:place] + line[place + 1 :] for line in lines]
        self.texts[table] = "".join(",".join(line) + "\n" for line in kept)

    def keep(self, table: str) -> None:
        """Declare only a table, the tables that it refers to, and the episodes."""
        wanted = {"episodes", table, *(key.table for key in dictionary()[table].foreign_keys)}
        tables = self.config["tables"]
        self.config["tables"] = {name: tables[name] for name in tables if name in wanted}

    def path(self, table: str) -> Path:
        return self.root / self.config["tables"][table]

    def write(self) -> None:
        (self.root / "in").mkdir(exist_ok=True)
        for name, text in self.texts.items():
            (self.root / "in" / f"{name}.csv").write_text(text, encoding="utf-8")

    def frame(self, table: str) -> pd.DataFrame:
        """The table as a frame, for writing it in another format."""
        self.write()
        return pd.read_csv(self.root / "in" / f"{table}.csv")

    def read(self) -> dict[str, pd.DataFrame]:
        return read_study(self.config, self.root, INSTRUMENTS)

    def error(self, write: bool = True) -> StudyError:
        if write:
            self.write()
        with pytest.raises(StudyError) as caught:
            self.read()
        return caught.value

    def problem(self, write: bool = True) -> Problem:
        """The one problem that the study has."""
        problems = self.error(write).problems
        assert len(problems) == 1, problems
        return problems[0]


@pytest.fixture(scope="module")
def shared_study(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """One study for the tests of a module that only look at it."""
    return SmallStudy(tmp_path_factory.mktemp("study"))


@pytest.fixture
def study(tmp_path: Path) -> SmallStudy:
    return SmallStudy(tmp_path)
