"""Ports for programs under test: free, and nobody else's as long as they are held."""

import random
import socket

try:
    import resource
except ImportError:  # Windows sets no such limit
    resource = None

# Below the ports that the system hands out to clients, so that no connection takes one away.
LOWEST, HIGHEST = 20_000, 30_000
PLENTY = 10_240  # open files, where a system says that it sets no limit


class Port:
    """A port on 127.0.0.1 that is ours until it is released."""

    def __init__(self):
        self.number, self.claim = claim_port()

    def release(self):
        """Give the port back."""
        self.claim.close()

    def in_use(self):
        """Tell whether some program listens on it."""
        with socket.socket() as sock:
            sock.settimeout(2)
            return sock.connect_ex(("127.0.0.1", self.number)) == 0


def claim_port():
    """Find a free TCP port; the UDP port of the same number is the flag for other runs."""
    for _ in range(1000):
        number = random.SystemRandom().randint(LOWEST, HIGHEST)
        flag = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            flag.bind(("127.0.0.1", number))
            with socket.socket() as trial:
                trial.bind(("", number))
            return number, flag
        except OSError:
            flag.close()
    raise OSError(f"no free port between {LOWEST} and {HIGHEST}")


def allow_descriptors(wanted):
    """Raise our own limit of open files; tell whether so many are allowed now."""
    if resource is None:
        return True
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return False
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return True


def descriptors_allowed():
    """Return how many open files a program here may have at most."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1] if resource else 512
    return PLENTY if resource and hard == resource.RLIM_INFINITY else hard
