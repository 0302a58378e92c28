"""Measure what __slots__ saves: 10,000 connections with them, and as many without."""

import sys
import tracemalloc
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

from connection import Connection

COUNT = 10_000


def without_slots():
    """Return the same class, made once more without its slots."""
    unwanted = {"__slots__", "__dict__", "__weakref__", *Connection.__slots__}
    kept = {name: value for name, value in vars(Connection).items() if name not in unwanted}
    return type("LooseConnection", (), kept)


def measure(kind):
    """Return how many bytes one object of a class takes."""
    tracemalloc.start()
    objects = [kind() for _ in range(COUNT)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / len(objects)


def main():
    """Print both figures."""
    print(f"a connection with __slots__:    {measure(Connection):4.0f} bytes")
    print(f"a connection without __slots__: {measure(without_slots()):4.0f} bytes")


if __name__ == "__main__":
    main()
