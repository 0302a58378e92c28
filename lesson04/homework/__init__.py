"""Homework of a first Python course, and its tests."""
