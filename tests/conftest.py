"""What all tests share."""

from hypothesis import HealthCheck, settings

# A busy machine, or a library that loads at its first use, is not a failure: no test asserts a time.
settings.register_profile("lexpro", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lexpro")
