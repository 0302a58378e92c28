"""The course's site: pages from the lessons, stage diffs, common mistakes, pictures."""
