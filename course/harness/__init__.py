"""What checks are made of."""

from course.harness import broken, frames
from course.harness.peer import CheckFailed, CheckSkipped
from course.harness.suite import check

__all__ = ["CheckFailed", "CheckSkipped", "broken", "check", "frames"]
