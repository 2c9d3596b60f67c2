"""Partially nested mixed models."""
