"""How many connections the server can hold here."""

import sys

try:
    import resource
except ImportError:  # Windows counts otherwise
    resource = None

MAX_CONNECTIONS = 512 if sys.platform == "win32" else 5000  # selectors is select on Windows
RESERVED = 24  # descriptors for the listening socket, the log, and those we turn away


def places():
    """Return for how many clients there is room, with all the descriptors that we may have."""
    return min(MAX_CONNECTIONS, descriptors(MAX_CONNECTIONS + RESERVED) - RESERVED)


def descriptors(wanted):
    """Ask the system for so many descriptors; return how many we have then."""
    if resource is None:
        return MAX_CONNECTIONS
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY or allowed >= wanted:
        return wanted
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return allowed
