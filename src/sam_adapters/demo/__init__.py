"""A sample to try everything on: four managers, 25 customers, three years, every interesting case once.

The sample is made, not recorded. One seed always gives the same book, and every date in it is
fixed relative to :data:`AS_OF`.
"""

from __future__ import annotations

from sam_adapters.demo.cast import AS_OF, MANAGERS
from sam_adapters.demo.files import WRONG_ROWS, write_sample
from sam_adapters.demo.sample import PERIOD, POLICY, Sample, sample
from sam_adapters.demo.stories import STORIES, Story

__all__ = [
    "AS_OF",
    "MANAGERS",
    "PERIOD",
    "POLICY",
    "STORIES",
    "WRONG_ROWS",
    "Sample",
    "Story",
    "sample",
    "write_sample",
]
