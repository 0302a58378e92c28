"""How many connections one select() can watch here."""

import sys

try:
    import resource
except ImportError:  # Windows counts otherwise
    resource = None

SELECT_LIMIT = 512 if sys.platform == "win32" else 1024  # descriptors; a fixed table in the system
RESERVED = 24  # for the listening socket, the log, standard streams, and those we turn away


def places():
    """Return for how many clients there is room."""
    limit = SELECT_LIMIT
    if resource:
        allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if allowed != resource.RLIM_INFINITY:
            limit = min(limit, allowed)
    return limit - RESERVED
