"""What a billed code says of a service: its format, whether it stands for a whole day, its minutes.

Minutes are those of the code's own description; a code without a time has none. Sources: CPT and
HCPCS code descriptions; condition codes 92 (intensive outpatient) and 41 (partial hospitalisation)
and the revenue codes by the Centers for Medicare & Medicaid Services' rules of 2024.
"""

from __future__ import annotations

from dataclasses import dataclass

GROUP, INDIVIDUAL, MEDICATION, OTHER = "group", "individual", "medication", "other"
FORMATS = (GROUP, INDIVIDUAL, MEDICATION, OTHER, "")  # "": no session
GROUP_DAY, NO_SESSION = "group_day", "no_session"
# What a map may say of a code.
MEANINGS = (GROUP, GROUP_DAY, INDIVIDUAL, MEDICATION, OTHER, NO_SESSION)


@dataclass(frozen=True)
class Service:
    """One billed code.

    Attributes
    ----------
    format : {"group", "individual", "medication", "other"}
        Of the service; empty for what is no session of treatment.
    is_day : bool
        Whether one line stands for a whole day of services.
    minutes : float or None
        Of one unit, by the code's description; None where the code has no time.
    """

    format: str
    is_day: bool = False
    minutes: float | None = None


CODES = {
    "90853": Service(GROUP),  # group psychotherapy
    "90849": Service(GROUP),  # multiple-family group psychotherapy
    "H0005": Service(GROUP),  # alcohol or drug services, group counselling
    "G0410": Service(GROUP, minutes=45),  # 45 to 50 minutes, partial hospitalisation or IOP
    "G0411": Service(GROUP, minutes=45),  # the same, interactive
    "H0015": Service(GROUP, is_day=True),  # intensive outpatient, at least 3 hours a day
    "S9480": Service(GROUP, is_day=True),  # intensive outpatient psychiatric, per diem
    "H0035": Service(GROUP, is_day=True),  # partial hospitalisation, under 24 hours
    "S0201": Service(GROUP, is_day=True),  # partial hospitalisation, per diem
    "90832": Service(INDIVIDUAL, minutes=30),
    "90834": Service(INDIVIDUAL, minutes=45),
    "90837": Service(INDIVIDUAL, minutes=60),
    "90833": Service(INDIVIDUAL, minutes=30),  # with a visit for medication
    "90836": Service(INDIVIDUAL, minutes=45),
    "90838": Service(INDIVIDUAL, minutes=60),
    "H0004": Service(INDIVIDUAL, minutes=15),  # counselling, per 15 minutes
    "90839": Service(OTHER, minutes=60),  # crisis
    "90846": Service(OTHER, minutes=50),  # family, without the client
    "90847": Service(OTHER, minutes=50),  # family, with the client
    "90791": Service(""),  # diagnostic evaluation
    "90792": Service(""),  # the same, with medical services
    "90785": Service(""),  # interactive complexity, added to another line
    "90840": Service(""),  # further time of a crisis, added to another line
    "90863": Service(MEDICATION),
    **{str(code): Service(MEDICATION) for code in range(99202, 99206)},
    **{str(code): Service(MEDICATION) for code in range(99211, 99216)},
}
# Where a facility's line has a revenue code alone.
REVENUE = {
    "0905": Service(GROUP, is_day=True),  # intensive outpatient, psychiatric
    "0906": Service(GROUP, is_day=True),  # intensive outpatient, chemical dependency
    "0912": Service(GROUP, is_day=True),  # partial hospitalisation
    "0913": Service(GROUP, is_day=True),
    "0914": Service(INDIVIDUAL),
    "0915": Service(GROUP),
}
LEVELS = {"92": "iop", "41": "php"}  # condition codes
GROUP_MODIFIER = "HQ"  # group setting
TELEHEALTH_PLACES = frozenset({"02", "2", "10"})
TELEHEALTH_MODIFIERS = frozenset({"95", "GT", "GQ", "93", "FQ"})


def declared(meaning: str, usual: Service | None) -> Service:
    """Return the service that a map says a code stands for; minutes stay those of the code."""
    minutes = usual.minutes if usual else None
    if meaning == NO_SESSION:
        return Service("")
    return Service(GROUP if meaning == GROUP_DAY else meaning, meaning == GROUP_DAY, minutes)
