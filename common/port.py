"""Taught in lesson 10. A descriptor for ports: an attribute that checks what is assigned to it."""

import argparse
import re

NUMBER = re.compile(r"-?[0-9]{1,20}")


class Port:
    """An attribute that is a port: an integer in a range, with a default."""

    def __init__(self, default=7777, lowest=0, highest=65535):
        self.lowest, self.highest = lowest, highest
        self.default = self.check(default)

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self  # Server.port is the descriptor, server.port is a number
        return vars(instance).get(self.name, self.default)

    def __set__(self, instance, value):
        vars(instance)[self.name] = self.check(value)

    def __delete__(self, instance):
        vars(instance).pop(self.name, None)

    def check(self, value):
        """Return a port; raise ValueError if it is none."""
        # type(), because True is an instance of int as well.
        if type(value) is not int or not self.lowest <= value <= self.highest:
            rule = f"an integer from {self.lowest} to {self.highest}"
            raise ValueError(f"Wrong port: {value!r} ({rule})")
        return value

    def parse(self, text):
        """Turn a word of the command line into a port: `type=Server.port.parse`."""
        try:
            return self.check(int(text) if NUMBER.fullmatch(text) else text)
        except ValueError as error:  # argparse shows the words of its own exception only
            raise argparse.ArgumentTypeError(str(error)) from None
