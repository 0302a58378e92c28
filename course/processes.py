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


@contextlib.contextmanager
def ctrl_c_waits():
    """Let Ctrl+C, where it comes in the midst of a start, wait until we hold what is started."""
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in map(signal.Signals.__getitem__, names)}
    came = []
    for number, handler in before.items():
        if callable(handler):  # what is ignored stays so, in what is started too
            signal.signal(number, lambda *details: came.append(details))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number, frame in came[:1]:
            before[number](number, frame)


def listen_to_signals():
    """Treat a closed terminal and a polite kill as Ctrl+C: they must leave nothing behind."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
