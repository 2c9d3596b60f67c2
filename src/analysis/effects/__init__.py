"""Effects: from measures to estimates with honest uncertainty."""
