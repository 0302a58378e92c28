"""What is taught when: nothing is used before its lesson."""

import ast
import builtins

from course.lessons import LAST
from course.lint import common_sources, lesson_sources
from course.lint.imports import imported

NEVER = LAST + 1
MODULES = {
    "unittest": 4,
    "logging": 5,
    "functools": 6,
    "inspect": 6,
    "select": 7,
    "threading": 8,
    "queue": 8,
    "concurrent": 8,
    "selectors": 9,
    "dis": 10,
    "sqlite3": 11,
    "sqlalchemy": 11,
    "configparser": 12,
    "PyQt5": 12,
    "ssl": 14,
    "hashlib": 12,
    "hmac": 14,
    "secrets": 14,
    "asyncio": NEVER,
    "pickle": NEVER,
    "marshal": NEVER,
    "yaml": NEVER,
}  # name of a module -> the lesson that teaches it
METHODS = {
    "__get__": ("a descriptor", 10),
    "__set__": ("a descriptor", 10),
    "__set_name__": ("a descriptor", 10),
    "__init_subclass__": ("__init_subclass__", 10),
}  # name of a method -> what it makes, and the lesson that teaches that
NAMES = {"__slots__": 7, "eval": NEVER, "exec": NEVER}
ASYNC = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)


def check_lessons(course, numbers):
    """Find what the files of lessons use too early."""
    pairs = lesson_sources(course, numbers)
    for lesson, source in pairs:
        mates = [other.tree for owner, other in pairs if owner == lesson]
        number = NEVER - 1 if in_variant(source.path, lesson.folder) else lesson.number
        yield from check_file(source, number, harmless_classes(mates))


def check_common(course):
    """Find what the modules of `common/` use before the lesson that teaches them."""
    pairs = common_sources(course)
    harmless = harmless_classes([source.tree for _, source in pairs])
    for number, source in pairs:
        yield from check_file(source, number, harmless)


def in_variant(path, folder):
    """Tell whether a file belongs to a variant: a subfolder with its own server or client."""
    inner = [up for up in path.parents if folder in up.parents]
    return any((up / name).is_file() for up in inner for name in ("server.py", "client.py"))


def check_file(source, number, harmless):
    """Find what one file uses before it is taught."""
    if source.is_test and number < MODULES["unittest"]:
        yield source.finding(1, too_early("a file of tests", MODULES["unittest"]))
    if source.is_test and number >= MODULES["functools"]:
        # A decorator has to be tried on methods, and those need a class.
        nodes = ast.walk(source.tree)
        harmless = harmless | {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    found = [(line, *concept) for line, concept in concepts(source.tree, harmless)]
    for line, what, first in dict.fromkeys(found):
        if first > number:
            yield source.finding(line, too_early(what, first))


def too_early(what, first):
    """Say what is wrong with a concept that comes too early."""
    if first == NEVER:
        return f"{what} has no place in the course: do it another way"
    return f"{what}: taught in lesson {first}, do without it before"


def concepts(tree, harmless):
    """Yield line and (concept, number of its lesson) for each concept in a file."""
    for line, name in imported(tree):
        top = name.partition(".")[0]
        if top in MODULES:
            yield line, (top, MODULES[top])
    for node in ast.walk(tree):
        for concept in concepts_of(node, harmless):
            yield node.lineno, concept


def concepts_of(node, harmless):
    """Return (concept, number of its lesson) for each concept that one node shows."""
    found = []
    if getattr(node, "decorator_list", None):
        found.append(("a decorator", 6))
    if isinstance(node, ast.ClassDef):
        found += concepts_of_class(node, harmless)
    if isinstance(node, ast.FunctionDef) and node.name in METHODS:
        found.append(METHODS[node.name])
    if isinstance(node, ast.Name) and node.id in NAMES:
        found.append((node.id, NAMES[node.id]))
    if isinstance(node, ASYNC):
        found.append(("async", NEVER))
    return found


def concepts_of_class(node, harmless):
    """Return what a class shows: that it is one, its name, what it is made by."""
    found = [] if node.name in harmless else [("a class", 7)]
    if node.name in ("Client", "Server"):
        found.append((f"a class {node.name}", 9))
    made_by = [keyword.arg for keyword in node.keywords]
    if "metaclass" in made_by or "type" in map(ast.unparse, node.bases):
        found.append(("a metaclass", 10))
    return found


def harmless_classes(trees):
    """Return the names of the classes that are exceptions or tests: these need no teaching."""
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    harmless = {"TestCase"} | {name for name in dir(builtins) if is_exception(name)}
    while True:
        more = {node.name for node in nodes if is_harmless(node, harmless)}
        if more <= harmless:
            return harmless
        harmless |= more


def is_harmless(node, harmless):
    """Tell whether a base of a class makes it an exception or a test."""
    names = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
    return any(name in harmless or name.endswith(("Error", "Exception")) for name in names)


def is_exception(name):
    """Tell whether a name of Python's own is an exception."""
    value = getattr(builtins, name)
    return isinstance(value, type) and issubclass(value, BaseException)
