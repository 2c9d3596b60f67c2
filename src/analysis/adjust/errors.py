"""Named failures of a design against confounding; none holds a participant's value."""

from analysis.records.errors import EstimationError, InsufficientDataError, ModelInputError


class CovariateRoleError(ModelInputError):
    """A covariate was not measured at or before intake, so it may not be adjusted for."""


class ImpossibleDesignError(InsufficientDataError):
    """No weights make the arms comparable."""

    code = "design_impossible"


class CovariateMissingError(ImpossibleDesignError):
    """A covariate has no value in a whole arm."""


class OneArmSiteError(ImpossibleDesignError):
    """A site has clients in one arm only: format and site cannot be told apart there."""


class SeparationError(ImpossibleDesignError):
    """Covariates tell perfectly who is in which arm; the propensity has no finite estimate."""


class TooFewParticipantsError(ImpossibleDesignError):
    """An arm has too few participants for the propensity model."""


class TooFewEventsError(InsufficientDataError):
    """Too few in an arm have, or lack, a response for a risk and its error."""


class BootstrapError(EstimationError):
    """Too many replicates of the bootstrap have no estimate."""
