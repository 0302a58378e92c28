"""How a command waits for the programs it has started, and how it ends them."""

import contextlib
import signal
import subprocess
import sys


def wait(process):
    """Wait for a program, awake to Ctrl+C on every system, and return its exit code."""
    while process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
    return process.returncode


def interrupt(process):
    """Ask a program to end, as Ctrl+C does where one program can send that to another."""
    if sys.platform == "win32":
        process.terminate()
    else:
        process.send_signal(signal.SIGINT)


def stop(process, patience=5):
    """End a program that Ctrl+C may have reached too: wait for it, ask it, and insist."""
    try:
        for urge in (process.poll, lambda: interrupt(process)):
            urge()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
    finally:
        process.kill()
    return process.wait(patience)
