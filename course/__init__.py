"""The door to the course: `python -m course`. Standard library only."""
