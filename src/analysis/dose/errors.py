"""Named reasons why a study cannot say how outcomes go with hours."""

from analysis.records.errors import InsufficientDataError


class DoseUnknownError(InsufficientDataError):
    """The hours that clients received were not recorded."""


class TooFewDosesError(InsufficientDataError):
    """Too few participants have a known dose, or their doses do not vary."""


class DoseModelError(InsufficientDataError):
    """A model of the weekly hours has no finite estimate."""
