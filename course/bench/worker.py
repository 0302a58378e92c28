"""A process of the generator: reads what to do, line by line, and prints what came of it.

It ends with its standard input, whatever it is doing: so it cannot outlive who started it.
"""

import json
import os
import resource
import select
import sys

from course.bench.cast import Cast
from course.bench.lines import TurnedAway
from course.bench.load import Load, Stuck

AT_ONCE = 262_144  # bytes to read


class Worker(Load):
    """Connections, and the loops that keep them busy."""

    def __init__(self, orders):
        self.orders = orders  # the descriptor through which they come
        self.cast, self.casts = None, []
        self.poll = None
        self.buffer = bytearray(AT_ONCE)

    def obey(self, order):
        """Carry out one order and return what there is to say."""
        try:
            return getattr(self, order.pop("do"))(**order)
        except (Stuck, TurnedAway, OSError) as error:
            return {"error": f"{type(error).__name__}: {error}"}

    def come(self, **plan):
        """Bring the connections of a scenario, beside those that are here."""
        self.cast = Cast(plan)
        self.casts.append(self.cast)
        self.cast.come()
        self.watch()
        return {"here": len(self.cast.socks)}

    def watch(self):
        """Prepare to wait for all connections of the newest cast, and for the end of our input."""
        self.poll = select.epoll()
        self.poll.register(self.orders, select.EPOLLIN)
        self.table = {self.orders: (self.end, None, False)}
        for group in self.cast.groups:
            for sock in group.socks:
                self.table[sock.fileno()] = sock.recv_into, group, sock is group.listener
                self.poll.register(sock.fileno(), select.EPOLLIN)

    def leave(self):
        """Close all connections."""
        for cast in self.casts:
            cast.leave()
        self.casts.clear()
        return {"here": 0}

    def end(self, _):
        """End: nobody gives an order in the midst of work, so our input has been closed."""
        os._exit(0)


def main():
    """Obey until the input ends."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    worker = Worker(sys.stdin.fileno())
    while text := os.read(worker.orders, 65536):
        print(json.dumps(worker.obey(json.loads(text))), flush=True)


if __name__ == "__main__":
    main()
