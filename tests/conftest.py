"""What holds for all tests."""

from __future__ import annotations

import os

# A test sees what it loads now, and neither it nor what it starts leaves a model in the cache of
# the user.
os.environ["VERIFY_MODEL_CACHE"] = "off"
