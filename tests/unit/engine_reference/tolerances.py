"""How close to R an estimate must be; nothing in a test may loosen these."""

CRITERION = 1e-6
"""How far above the peer's -2 log-likelihood ours may lie (absolute)."""
BETA_IN_SE = 1e-4
"""Difference of a coefficient, in standard errors."""
SE = 1e-4
"""Difference of a standard error (relative)."""
VARIANCE = 1e-3
"""Difference of a variance component (relative)."""
SATTERTHWAITE = 0.01
"""Difference of Satterthwaite degrees of freedom from lmerTest's (relative)."""
KENWARD_ROGER = 0.02
"""Difference of Kenward-Roger degrees of freedom from pbkrtest's (relative)."""
DIRECT_PEERS_BETA_IN_SE = 1e-3
"""As BETA_IN_SE, for nlme and glmmTMB, whose optimisers stop earlier than lme4's tightened one."""
