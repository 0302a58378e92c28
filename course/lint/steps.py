"""What a console block says: its commands, what is typed, what they print, how they end."""

import os
import re
import shlex
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

PORT = re.compile(r"(?<!\S)77\d\d(?!\S)")
NEEDS_PORT = re.compile(
    r"(?:.*/)?(?!test_)(?:\w*(?:server|client|launcher)\w*\.py|chat(?:-server)?|jim-\w+)"
)
SHELL = re.compile(r"[|;<>&]+")
CAT = "import pathlib, sys; [print(pathlib.Path(p).read_text(), end='') for p in sys.argv[1:]]"


@dataclass
class Step:
    """One command of a block, and what the page says about it."""

    line: int
    command: str
    typed: list = field(default_factory=list)
    output: list = field(default_factory=list)
    before: int | None = None  # how many lines of output come before ^C
    exit_code: int = 0

    def add(self, text):
        """Take one more line of the block."""
        code = re.fullmatch(r"\[exit code (\d+)\]", text)
        if code:
            self.exit_code = int(code[1])
        elif text == "^C":
            self.before = len(self.output)
        elif text.startswith("> ") and not self.output:
            self.typed.append(text[2:])
        else:
            self.output.append(text)

    @property
    def words(self):
        """Return the words of the command without `cd FOLDER &&`."""
        words = shlex.split(self.command)
        return words[3:] if words[:1] == ["cd"] and words[2:3] == ["&&"] else words

    @property
    def folder(self):
        """Return the folder to run it in, from the root."""
        words = shlex.split(self.command)
        return words[1] if self.words != words else "."

    def problem(self):
        """Return why it cannot be executed, or None."""
        words = self.words
        if not words or words[0] == "cd" or any(SHELL.fullmatch(word) for word in words):
            return "only COMMAND or cd FOLDER && COMMAND: there is no shell"
        if not executable(words[0]):
            return f"no command {words[0]} here: mark the block as not executed, with the reason"
        if not PORT.search(self.command) and self.needs_port():
            return "write a port, 7700 to 7799: another program may use the one it takes by itself"
        return None

    def needs_port(self):
        """Tell whether it opens a port; one that shows help or refuses its arguments does not."""
        only_words = self.exit_code == 2 or {"-h", "--help"} & set(self.words)
        return not only_words and any(map(NEEDS_PORT.fullmatch, self.words[:2]))


def steps(block):
    """Read the commands of a block."""
    found = []
    for line, text in enumerate(block.text.splitlines(), block.line + 1):
        if text.startswith("$ "):
            found.append(Step(line, text[2:]))
        elif found:
            found[-1].add(text)
    return found


def executable(name):
    """Return what runs a command of this name: the beginning of its words."""
    if name in ("python", "python3"):
        return [sys.executable]
    if name == "pytest":
        return [sys.executable, "-m", "pytest"]
    if name == "cat":
        return [sys.executable, "-c", CAT]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which(name, path=path)
    return [found] if found else []
