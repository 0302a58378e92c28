"""Chat server with a thread for each client: what one says is shown to all who have a name."""

import argparse
import contextlib
import logging
import signal
import socket
import sys
import threading
from collections import deque

from connection import TICK, Connection
from manager import ConnectionManager
from names import name_problem

MAX_CLIENTS = 500
NAME_SECONDS = 10  # to say a name, for each try
NAME_TRIES = 5
SEND_BUFFER = 64 * 1024  # bytes that the system may hold for a client, besides the outbox
FULL = "* The chat is full. Please come back later.\n"
KEPT_OPEN = 20  # refused connections that may still read why

logger = logging.getLogger("broadcast_chat")


class Server:
    """Accepts clients and gives each a thread."""

    def __init__(self, host, port, connection_manager, max_clients=MAX_CLIENTS):
        self.host = host
        self.port = port
        self.connection_manager = connection_manager
        self.max_clients = max_clients
        self.listening = threading.Event()
        self._stopping = threading.Event()
        self._accepting = threading.Lock()  # held as long as clients may still come in
        self._threads = []  # touched by the accepting thread only, and by stop() after it
        self._refused = deque()  # likewise

    def start(self):
        """Listen and serve until stop() is called in another thread, or until Ctrl+C."""
        with self._accepting, socket.create_server((self.host, self.port)) as listener:
            listener.settimeout(TICK)  # Windows sees Ctrl+C only between waits
            self.port = listener.getsockname()[1]
            logger.info("Listening on port %s. Ctrl+C stops the server.", self.port)
            self.listening.set()
            while not self._stopping.is_set():
                self._accept(listener)

    def stop(self):
        """Send everybody away and wait until the last thread has ended; harmless when repeated."""
        self._stopping.set()
        with self._accepting:
            self.connection_manager.broadcast_message("* The server stops. Goodbye.")
            self.connection_manager.close_all_connections()
            for thread in self._threads:
                while thread.is_alive():
                    thread.join(TICK)
            self._close_refused()
        logger.info("Stopped.")

    def _accept(self, listener):
        """Wait for one client and let it in."""
        try:
            sock, address = listener.accept()
        except TimeoutError:
            self._close_refused()
        except OSError as error:  # too many open files, or the client has gone already
            logger.warning("Cannot accept a client: %s", error)
            self._stopping.wait(0.1)  # without this pause the loop would run hot
        else:
            self._let_in(sock, address)

    def _let_in(self, sock, address):
        """Give a client its thread, or refuse it."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if len(self._threads) >= self.max_clients:
            self._refuse(sock, address)
            return
        thread = threading.Thread(target=self._serve_client, args=(sock, address), name="reader")
        self._threads.append(thread)
        try:
            thread.start()
        except RuntimeError:  # the system has no more threads
            self._refuse(sock, address)

    def _refuse(self, sock, address):
        """Say why there is no room; the connection stays open for a moment, to be read."""
        logger.warning("%s, port %s: refused, the chat is full", *address[:2])
        sock.setblocking(False)
        with contextlib.suppress(OSError):
            sock.send(FULL.encode())
            sock.shutdown(socket.SHUT_WR)
        self._refused.append(sock)
        if len(self._refused) > KEPT_OPEN:
            self._refused.popleft().close()

    def _close_refused(self):
        while self._refused:
            self._refused.popleft().close()

    def _serve_client(self, sock, address):
        """Do everything for one client: this is what its thread runs."""
        with sock:
            try:
                set_options(sock)
                connection = Connection(sock, address)
            except (OSError, RuntimeError) as error:  # it has gone already; no more threads
                logger.warning("%s, port %s: not served: %s", *address[:2], error)
                return
            self.connection_manager.add_connection(connection)
            if self._stopping.is_set():  # stop() may have closed all others before this one came
                connection.close()
            try:
                if self._learn_name(connection):
                    self._pass_on(connection)
            finally:
                self._say_goodbye(connection)

    def _learn_name(self, connection):
        """Ask until the client has a name; tell whether it has one."""
        for _ in range(NAME_TRIES):
            try:
                line = connection.receive_message(NAME_SECONDS)
            except TimeoutError:
                connection.send_message(f"* No name within {NAME_SECONDS} seconds. Goodbye.")
                return False
            if line is None:
                return False
            problem = self._try_name(connection, line.strip())
            if problem is None:
                return True
            connection.send_message(f"* Please send another name: {problem}.")
        return False

    def _try_name(self, connection, name):
        """Give the client this name and tell everybody, or return what is wrong with it."""
        problem = name_problem(name)
        if problem:
            return problem
        if not self.connection_manager.give_name(connection, name):
            return f"{name} is here already"
        logger.info("%s, port %s: is called %s", *connection.address[:2], name)
        self._announce(f"* {name} has joined.")
        return None

    def _pass_on(self, connection):
        """Show everybody what a client says, until it leaves."""
        while (text := connection.receive_message()) is not None:
            if text:
                self._announce(f"[{connection.user_name}]: {text}")

    def _say_goodbye(self, connection):
        """Tell the others that a client has left, then free its place and its name."""
        connection.close()
        if connection.user_name is not None:
            self._announce(f"* {connection.user_name} has left.")
        self.connection_manager.remove_connection(connection)
        connection.finish()
        logger.info("%s, port %s: gone", *connection.address[:2])

    def _announce(self, line):
        self.connection_manager.broadcast_message(line, exclude_nonames=True)


def set_options(sock):
    """Tell the system how to treat the connection with a client."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a short line leaves at once
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # a dead computer is noticed, late
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (0 to 65535)")
    return int(text)


def positive(text):
    """Turn a word of the command line into a number of clients."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 on")
    return int(text)


def main():
    """Read the command line and serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description="chat server, a thread for each client")
    parser.add_argument("-p", "--port", type=port_number, default=7777, help="7777 if left out")
    parser.add_argument("-a", "--addr", default="", help="address to listen on; all if left out")
    parser.add_argument(
        "-m",
        "--max-clients",
        type=positive,
        default=MAX_CLIENTS,
        metavar="N",
        help=f"how many may be connected; {MAX_CLIENTS} if left out",
    )
    args = parser.parse_args()
    server = Server(args.addr, args.port, ConnectionManager(), args.max_clients)
    try:
        server.start()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would break off the goodbye
    except (OSError, UnicodeError) as error:
        sys.exit(f"Cannot start on {args.addr or 'all addresses'}, port {args.port}: {error}")
    server.stop()


if __name__ == "__main__":
    sys.stderr.reconfigure(encoding="utf-8")  # in pipes and on Windows too
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    main()
