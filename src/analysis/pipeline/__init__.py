"""What a run needs before its first rule: the study's config, its plan, what rules take of both."""
