"""One Hypothesis profile for all tests: whole books take a while to draw, and machines are not equally quick."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "sam-core", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("sam-core")
