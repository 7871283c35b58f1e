"""Settings of the stage structure (config/structure/)."""

from __future__ import annotations

from lexpro.config.base import Model, Positive


class Settings(Model):
    max_chars: Positive
