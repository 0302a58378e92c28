"""What server and client have in common on the command line."""

import argparse


def parser(command, description):
    """Return a parser that knows address and port."""
    made = argparse.ArgumentParser(prog=command, description=description)
    made.add_argument("-i", "--ip_address", default="127.0.0.1", help="127.0.0.1 if left out")
    made.add_argument("-p", "--port", type=port_number, default=12345, help="12345 if left out")
    return made


def port_number(text):
    """Turn a word of the command line into a port."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (0 to 65535)")
    return int(text)
