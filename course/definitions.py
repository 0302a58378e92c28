"""The functions and classes of a file, and what becomes of them from one stage to the next."""

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """The names of functions, methods and classes that are new, are others now, or have gone."""

    added: tuple = ()
    changed: tuple = ()
    removed: tuple = ()


def compare(old_text, new_text):
    """Return how the definitions of two versions of a file differ; None stands for no file."""
    old, new = read(old_text), read(new_text)
    return Difference(
        tuple(name for name in new if name not in old),
        tuple(name for name in new if name in old and new[name] != old[name]),
        tuple(name for name in old if name not in new),
    )


def read(text):
    """Return what is defined: name -> its meaning, whatever its layout; nothing in no Python."""
    try:
        return dict(definitions(ast.parse(text or "")))
    except (SyntaxError, ValueError):
        return {}


def definitions(node, prefix=""):
    """Yield name and meaning of each function, method and class; a class without its methods."""
    for child in getattr(node, "body", ()):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", ast.dump(child)
        elif isinstance(child, ast.ClassDef):
            yield f"{prefix}{child.name}", "".join(map(ast.dump, head(child)))
            yield from definitions(child, f"{prefix}{child.name}.")


def head(node):
    """Return the parts of a class that are no definitions of their own."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    own = [part for part in node.body if not isinstance(part, inner)]
    return [*node.decorator_list, *node.bases, *node.keywords, *own]
