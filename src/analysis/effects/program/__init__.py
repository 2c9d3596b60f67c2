"""The whole program: change, climate, conditions, group anatomy and mechanism, as `Effect`s."""

from analysis.effects.program.estimate import estimate_program
from analysis.effects.program.inputs import Program, ProgramLimits
from analysis.effects.program.profile import profiles

__all__ = ["Program", "ProgramLimits", "estimate_program", "profiles"]
