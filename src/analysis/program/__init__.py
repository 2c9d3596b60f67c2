"""The whole program: change, climate, conditions, group anatomy and mechanism, as `Effect`s."""

from analysis.program.estimate import estimate_program
from analysis.program.inputs import Program, ProgramLimits
from analysis.program.profile import Shown, profiles

__all__ = ["Program", "ProgramLimits", "Shown", "estimate_program", "profiles"]
