"""Public tables in, figures and report out; computes nothing and reads nothing private."""
