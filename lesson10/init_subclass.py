"""The same without a metaclass: a base class that is told of each class derived from it."""

import socket

from verifiers import CONNECTING, judge


class Shell:
    """A base of shells; each says what it must not use."""

    must_not = frozenset()

    def __init_subclass__(cls, must_not=None, **options):
        """Judge a class that has just been made."""
        super().__init_subclass__(**options)
        if must_not is not None:
            cls.must_not = frozenset(must_not)  # classes derived from it inherit this
        judge(cls, cls.must_not)


class Server(Shell, must_not=CONNECTING):
    """A server that only listens."""

    def open(self):
        """Return a listening socket."""
        return socket.create_server(("", 0))


def main():
    """Make a class that is refused."""
    print("Server is accepted.")
    try:

        class Caller(Server):
            def call(self, sock, address):
                sock.connect(address)

    except TypeError as error:
        print(f"Refused: {error}")


if __name__ == "__main__":
    main()
