"""Settings that every test shares."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=34, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("ODATA3_HYPOTHESIS", "quick"))
