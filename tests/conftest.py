"""What all tests share."""

import os
import signal

from hypothesis import HealthCheck, settings

# One thread, and said before anything loads torch: the reference curves of the trainings are those
# of one thread. Two add in another order, and a completion that is drawn otherwise makes another
# curve.
os.environ["OMP_NUM_THREADS"] = "1"

# A shell that starts the tests in the background lets them, and all that they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine, or a library that loads at its first use, is not a failure: no test asserts a
# time.
settings.register_profile("lexpro", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lexpro")
