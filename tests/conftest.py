"""How properties are put to the test here: without a clock, for machines are noisy, and in few examples.

The profile "long" looks further.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "here",
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
settings.register_profile("long", settings.get_profile("here"), max_examples=1000)
settings.load_profile("here")
