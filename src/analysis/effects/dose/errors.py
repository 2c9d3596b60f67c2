"""Named reasons why a study cannot say how outcomes go with hours."""

from analysis.effects.errors import ModelInputError


class DoseUnknownError(ModelInputError):
    """The hours that clients received were not recorded."""


class TooFewDosesError(ModelInputError):
    """Too few participants have a known dose, or their doses do not vary."""


class DoseModelError(ModelInputError):
    """A model of the weekly hours has no finite estimate."""
