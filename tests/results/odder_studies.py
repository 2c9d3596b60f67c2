"""More odd studies: tables that end early, arms nobody is in, names that mean something else."""

import numpy as np
from tests.results.odd_studies import PRIMARY, Study, odd

RESERVED = (
    "group",
    "arm_",
    "index",
    "intercept",
    "y",
    "C",
    "np",
    "score",
    "weight",
    "outcome",
    "1",
)


@odd
def no_sessions(study: Study) -> None:
    study.drop("sessions", "session_staff", "attendance")


@odd
def no_attendance(study: Study) -> None:
    study.drop("attendance")


@odd
def no_staff(study: Study) -> None:
    study.drop("session_staff")


@odd
def all_left_early(study: Study) -> None:
    study["episodes"]["discharge_day"] = "5"
    study["episodes"]["discharge_reason"] = "left_early"
    study.keep("attendance", study["attendance"]["day"].astype(float).le(5))


@odd
def nobody_discharged(study: Study) -> None:
    for column in ("discharge_day", "discharge_reason", "discharge_level"):
        study["episodes"][column] = np.nan


@odd
def one_arm_used(study: Study) -> None:
    """The arm of the reference is declared, and nobody is in it."""
    study.keep_episodes(study.arm("group"))


@odd
def one_arm_declared(study: Study) -> None:
    study.keep_episodes(study.arm("group"))
    del study.config["arms"]["individual"]
    study.config["contrasts"] = {}


@odd
def no_contrast(study: Study) -> None:
    study.config["contrasts"] = {}


@odd
def an_empty_arm(study: Study) -> None:
    study.config["arms"]["waiting"] = {"label": "Waiting list", "format": "other"}


@odd
def three_arms(study: Study) -> None:
    study.config["arms"]["both"] = {"label": "Both formats", "format": "both"}
    study["episodes"].loc[study["episodes"].index % 5 == 0, "arm"] = "both"


@odd
def two_contrasts(study: Study) -> None:
    three_arms(study)
    format_ = study.config["contrasts"]["format"]
    clusters = {"both": "therapy_group", "individual": "none"}
    study.config["contrasts"]["mixed"] = {
        **format_,
        "comparison": "both",
        "clusters": clusters,
        "claims": [],
    }


@odd
def arms_with_spaces(study: Study) -> None:
    names = {"group": "Gruppe (öffentlich)", "individual": "1:1 therapy, weekly"}
    study["episodes"]["arm"] = study["episodes"]["arm"].map(names)
    study.config["arms"] = {names[one]: entry for one, entry in study.config["arms"].items()}
    format_ = study.config["contrasts"]["format"]
    format_ |= {side: names[format_[side]] for side in ("comparison", "reference")}
    format_["clusters"] = {names[one]: unit for one, unit in format_["clusters"].items()}


@odd
def one_therapist(study: Study) -> None:
    study["episodes"]["primary_therapist_id"] = "t01"
    staff = study["session_staff"].drop_duplicates("session_id")
    study.tables["session_staff"] = staff.assign(therapist_id="t01", role="leader")


@odd
def no_therapists(study: Study) -> None:
    study["episodes"]["primary_therapist_id"] = np.nan
    study.drop("session_staff")


@odd
def same_baseline(study: Study) -> None:
    early = study["assessments"]["day"].astype(float).le(3)
    study.score("15", study.of(PRIMARY) & early)


@odd
def no_baseline(study: Study) -> None:
    study.keep("assessments", study["assessments"]["day"].astype(float).gt(3))
    study.keep("items", study["items"]["assessment_id"].isin(study.known("assessments")))


@odd
def no_baseline_not_required(study: Study) -> None:
    no_baseline(study)
    study.config["cohort"]["require_baseline"] = False


@odd
def no_covariates(study: Study) -> None:
    study.config["covariates"] = []


@odd
def covariate_constant(study: Study) -> None:
    study.covariate("severity", "3")
    study.covariate("shift", "day", "categorical")


@odd
def covariate_all_missing(study: Study) -> None:
    study.covariate("severity", np.nan)
    study.covariate("shift", np.nan, "categorical")


@odd
def covariate_of_many_values(study: Study) -> None:
    """Three participants a level: as many as a column may have that is no identifier."""
    levels = [f"k{i // 3}" for i in range(len(study["episodes"]))]
    study.covariate("place", levels, "categorical")


@odd
def covariates_with_reserved_names(study: Study) -> None:
    for seed, name in enumerate(RESERVED):
        study.covariate(name, study.numbers(seed))


@odd
def covariate_reserved_and_categorical(study: Study) -> None:
    for name in ("comparison", "time", "cluster"):
        values = np.where(study.numbers(len(name)) > 0, "yes", "no")
        study.covariate(name, values, "categorical")


@odd
def covariate_in_unicode(study: Study) -> None:
    values = np.where(study.numbers() > 0, "größer `als` 'x' [T.a]:b", "weniger + 1")
    study.covariate("Schwere ü [0–4]: `a` + b", values, "categorical")


@odd
def covariate_like_a_date(study: Study) -> None:
    values = np.where(study.numbers() > 0, "2nd half", "1st half")
    study.covariate("2024-01", values, "categorical")


@odd
def covariates_collinear(study: Study) -> None:
    values = study.numbers()
    study.covariate("severity", values)
    study.covariate("severity_again", values * 2)


@odd
def covariate_is_the_arm(study: Study) -> None:
    study.covariate("track", np.where(study.arm("group"), "a", "b"), "categorical")


@odd
def many_covariates(study: Study) -> None:
    for seed in range(60):
        study.covariate(f"x{seed}", study.numbers(seed))


@odd
def outcome_on_another_day(study: Study) -> None:
    study.config["outcome"] = {"construct": "depression", "day": 90, "window": [70, 110]}
    study.config["further_outcomes"] = []


@odd
def outcome_on_a_day_without_scores(study: Study) -> None:
    study.config["outcome"] = {"construct": "depression", "day": 50, "window": [49, 51]}


@odd
def no_outcome_declared(study: Study) -> None:
    for key in ("outcome", "further_outcomes", "baseline", "instruments", "covariates", "cohort"):
        del study.config[key]


@odd
def one_instrument(study: Study) -> None:
    study.config["instruments"] = {"depression": PRIMARY}
    study.config["further_outcomes"] = []
    study.keep("assessments", study.of(PRIMARY))
    study.keep("items", study["items"]["assessment_id"].isin(study.known("assessments")))


@odd
def totals_without_items(study: Study) -> None:
    study.drop("items")
    study.keep("assessments", study.of(PRIMARY))
    study["assessments"]["score"] = [str(7 + i % 9) for i in range(len(study["assessments"]))]


@odd
def outcome_in_one_arm_only(study: Study) -> None:
    ids = set(study["episodes"].loc[study.arm("group"), "episode_id"])
    given = study["assessments"]
    late = given["day"].astype(float).gt(3)
    study.keep("assessments", ~late | given["episode_id"].isin(ids))
    study.keep("items", study["items"]["assessment_id"].isin(study.known("assessments")))


@odd
def all_cancelled(study: Study) -> None:
    study["sessions"]["status"] = "cancelled"
    study["sessions"]["minutes"] = np.nan
    study.tables["attendance"] = study["attendance"].assign(status="excused", minutes_attended="0")


@odd
def nobody_attended(study: Study) -> None:
    study.tables["attendance"] = study["attendance"].assign(status="no_show", minutes_attended="0")


@odd
def zero_minutes(study: Study) -> None:
    for column in ("scheduled_minutes", "minutes"):
        study["sessions"][column] = "0"
    study["attendance"]["minutes_attended"] = "0"


@odd
def billing_blocks(study: Study) -> None:
    study["sessions"]["unit"] = "billing_block"


@odd
def numeric_group_ids(study: Study) -> None:
    names = {name: str(i) for i, name in enumerate(study["groups"]["group_id"], start=1)}
    for table in ("groups", "memberships", "sessions", "assessments"):
        study[table]["group_id"] = study[table]["group_id"].map(names)


@odd
def optional_columns_absent(study: Study) -> None:
    """Only what the dictionary requires, in every table."""
    from analysis.study.dictionary import dictionary

    needed = {"day", "score", "value", "group_id", "arm", "discharge_day", "discharge_reason"}
    for name, table in study.tables.items():
        kept = {one.name for one in dictionary()[name].fields if one.required} | needed
        study.tables[name] = table[[one for one in table if one in kept]]
    study.config["covariates"] = []


@odd
def all_one_group_both_arms(study: Study) -> None:
    """Everyone of either arm is a primary member of one group."""
    name = study["groups"]["group_id"].iloc[0]
    ids = study["episodes"]["episode_id"]
    rows = {"group_id": name, "episode_id": ids, "from_day": "0", "to_day": np.nan}
    study.tables["memberships"] = study["memberships"].iloc[:0].reindex(range(len(ids)))
    study.tables["memberships"] = study["memberships"].assign(**rows, primary="True")


@odd
def clusters_of_therapists(study: Study) -> None:
    clusters = {"group": "primary_therapist", "individual": "primary_therapist"}
    study.config["contrasts"]["format"]["clusters"] = clusters


@odd
def no_clusters(study: Study) -> None:
    study.config["contrasts"]["format"]["clusters"] = {"group": "none", "individual": "none"}


@odd
def five_participants(study: Study) -> None:
    study.keep_episodes(study["episodes"].index < 5)


@odd
def two_participants(study: Study) -> None:
    study.keep_episodes(study["episodes"].groupby("arm").cumcount().lt(1))


@odd
def nobody_counts(study: Study) -> None:
    """Nobody was observed until the day of the outcome."""
    study["episodes"]["observed_until_day"] = "10"
    study["episodes"]["discharge_day"] = np.nan
    study["episodes"]["discharge_reason"] = np.nan


@odd
def landmark(study: Study) -> None:
    study.config["landmark"] = {"day": 14, "share": 0.6}
    study.config["outcome"]["window"] = [28, 63]


@odd
def one_row_tables(study: Study) -> None:
    """Tables of a single row."""
    for name in ("memberships", "attendance", "session_staff", "events"):
        study.tables[name] = study[name].iloc[:1].reset_index(drop=True)


@odd
def one_session(study: Study) -> None:
    first = study["sessions"]["session_id"].iloc[0]
    for name in ("sessions", "attendance", "session_staff"):
        study.keep(name, study[name]["session_id"].eq(first))


@odd
def same_minutes(study: Study) -> None:
    study["sessions"][["minutes", "scheduled_minutes"]] = "90"


@odd
def constant_outcome_in_one_arm(study: Study) -> None:
    ids = set(study["episodes"].loc[study.arm("group"), "episode_id"])
    given = study["assessments"]
    late = given["day"].astype(float).gt(3) & given["episode_id"].isin(ids)
    study.score("10", study.of(PRIMARY) & late)
