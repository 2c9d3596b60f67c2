"""Named failures of a design against confounding; none holds a participant's value."""

from analysis.effects.errors import EstimationError, ModelInputError


class CovariateRoleError(ModelInputError):
    """A covariate was not measured at or before intake, so it may not be adjusted for."""


class CovariateMissingError(ModelInputError):
    """A covariate has no value in a whole arm."""


class OneArmSiteError(ModelInputError):
    """A site has clients in one arm only: format and site cannot be told apart there."""


class SeparationError(ModelInputError):
    """Covariates tell perfectly who is in which arm; the propensity has no finite estimate."""


class TooFewParticipantsError(ModelInputError):
    """An arm has too few participants for the propensity model."""


class TooFewEventsError(ModelInputError):
    """Too few in an arm have, or lack, a response for a risk and its error."""


class BootstrapError(EstimationError):
    """Too many replicates of the bootstrap have no estimate."""
