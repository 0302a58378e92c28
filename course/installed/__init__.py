"""The installed commands: each runs a script of a lesson, as `python SCRIPT` would.

Setuptools installs this package as `messenger_course`, with the lessons that it needs inside.
In a clone (`pip install -e .`) the same lessons lie further up.
"""

import runpy
import sys
from pathlib import Path


def chat():
    """Talk with one user or with all: the client of lesson 8's private chat."""
    run("lesson08/private_chat/client.py")


def chat_server():
    """Let users find each other: the server of lesson 8's private chat."""
    run("lesson08/private_chat/server.py")


def run(script):
    """Run a script; like any script, it finds its siblings."""
    folders = Path(__file__).resolve().parents
    path = next(folder / script for folder in folders if (folder / script).is_file())
    sys.path.insert(0, str(path.parent))
    runpy.run_path(str(path), run_name="__main__")
