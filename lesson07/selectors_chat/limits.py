"""How many connections this system lets one program hold."""

import contextlib
import selectors

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None

MAX_PEERS = 5000
MAX_SELECT = 500  # where the system offers nothing better than select()
SPARE = 32  # descriptors for everything that is no peer
PLENTY = 10_240  # what macOS allows although it says "unlimited"


def raise_descriptor_limit():
    """Take as many descriptors as the system lets us have without asking anybody."""
    if resource:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = PLENTY if hard == resource.RLIM_INFINITY else hard
        with contextlib.suppress(OSError, ValueError):  # then we have what we had
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def peers_allowed():
    """Return how many connections can be held at once."""
    if selectors.DefaultSelector is selectors.SelectSelector:
        return MAX_SELECT
    if not resource:
        return MAX_PEERS
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_PEERS if soft == resource.RLIM_INFINITY else max(1, min(MAX_PEERS, soft - SPARE))
