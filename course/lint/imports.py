"""Who may import whom: lessons stand on their own feet and on what has been taught before."""

import ast
import re
import sys

from course.lint import common_files, common_sources, course_sources, lesson_sources

PACKAGES = {
    "hypothesis": 4,
    "sqlalchemy": 11,
    "psycopg": 11,
    "platformdirs": 11,
    "PyQt5": 12,
    "cryptography": 14,
    "scramp": 14,
    "x3dh": 14,
    "doubleratchet": 14,
    "trustme": 14,
    "msgspec": 15,
}  # name in an import -> the lesson from which on it may be used
TEST_TOOLS = {"pytest", "hypothesis"}
FIRST_WITH_COMMON = 5
REACH_COMMON = (
    'sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]'
)
LESSON = re.compile(r"lesson\d\d")
LESSON_PATH = re.compile(r"(?:\S*[./\\])?lesson\d\d(?:[./\\]\S*)?")


def check_lessons(course, numbers):
    """Find what the files of lessons must not import."""
    taught = course.common_taught()
    for lesson, source in lesson_sources(course, numbers):
        for line, name in imported(source.tree):
            text = lesson_problem(name, source, lesson, taught)
            if text:
                yield source.finding(line, text)
        yield from check_paths(source)
        yield from check_reach(source)


def check_common(course):
    """Find what is wrong with the head and the imports of the modules of `common/`."""
    taught = course.common_taught()
    for source in common_files(course):
        head = re.match(r"Taught in lesson \d\d\.", ast.get_docstring(source.tree) or "")
        if not head and source.path.stem != "__init__":
            yield source.finding(1, 'begin the docstring with "Taught in lesson NN."')
    for number, source in common_sources(course):
        for line, name in imported(source.tree):
            text = common_problem(re.sub(r"^\.", "common.", name), number, taught)
            if text:
                yield source.finding(line, text)


def check_course(course):
    """Find what the files of `course/` must not import."""
    for source in course_sources(course):
        neighbours = {"", "course"} | TEST_TOOLS | siblings(source.path.parent)
        for line, name in imported(source.tree):
            top = name.partition(".")[0]
            if LESSON.fullmatch(top) or top not in neighbours and not is_standard(top):
                text = f"{top}: course/ imports the standard library and itself, nothing else"
                yield source.finding(line, text)


def imported(tree):
    """Yield line and dotted name of every import, once; a relative name begins with its dots."""
    seen = dict.fromkeys(pair for node in ast.walk(tree) for pair in names_imported_by(node))
    yield from sorted(seen)


def names_imported_by(node):
    """Return line and names that one node of a syntax tree imports."""
    names = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        base = "." * node.level + (f"{node.module}." if node.module else "")
        names = [base + alias.name for alias in node.names]
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        if ast.unparse(node.func) in ("__import__", "import_module", "importlib.import_module"):
            names = [str(node.args[0].value)]
    return [(node.lineno, name) for name in names]


def lesson_problem(name, source, lesson, taught):
    """Return what is wrong with an import in a lesson, or None."""
    top = name.partition(".")[0]
    if not top:
        return relative_problem(name, source, lesson)
    if LESSON.fullmatch(top):
        return another_lesson(top)
    if top == "course":
        return "a lesson does not know course/: do without it"
    if top == "common":
        return taught_problem(name, lesson.number, taught)
    if top in siblings(source.path.parent) | siblings(lesson.folder):
        return None
    return outside_problem(top, lesson.number)


def another_lesson(name):
    """Say what is wrong with reaching for another lesson."""
    return f"{name} is another lesson: copy what is taught, import from common/ what has been"


def relative_problem(name, source, lesson):
    """Return what is wrong with a relative import in a lesson, or None."""
    level = len(name) - len(name.lstrip("."))
    folder = source.path.parents[level - 1]
    inside = folder == lesson.folder or lesson.folder in folder.parents
    return None if inside else f"{name} leads out of the lesson: import siblings by their name"


def taught_problem(name, number, taught):
    """Return what is wrong with an import from `common/` in a lesson, or None."""
    module = name.split(".")[1] if "." in name else "*"
    if number < FIRST_WITH_COMMON:
        return f"common/ is in use from lesson {FIRST_WITH_COMMON} on: write it out here"
    if module not in taught:
        return f"there is no common/{module}.py that says in which lesson it is taught"
    if taught[module] >= number:
        return f"common.{module} is taught in lesson {taught[module]}: import it only after that"
    return None


def common_problem(name, number, taught):
    """Return what is wrong with an import in a module of `common/`, or None."""
    top, _, rest = name.partition(".")
    module = rest.partition(".")[0]
    if top != "common":
        return outside_problem(top, number)
    if module not in taught:
        return f"there is no common/{module}.py that says in which lesson it is taught"
    if taught[module] > number:
        return f"common.{module} is taught later, in lesson {taught[module]}: turn the two around"
    return None


def outside_problem(top, number):
    """Return what is wrong with importing something that is neither ours nor Python's, or None."""
    if is_standard(top):
        return None
    if top not in PACKAGES:
        return f"{top} is no sibling, not in the standard library and no declared package"
    if PACKAGES[top] > number:
        return f"{top} may be used from lesson {PACKAGES[top]} on"
    return None


def is_standard(top):
    """Tell whether a module is in the standard library."""
    return top in sys.stdlib_module_names


def siblings(folder):
    """Return the names under which the modules and packages of a folder are imported."""
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    return packages | {path.stem for path in folder.glob("*.py")}


def check_paths(source):
    """Find paths of lessons in a file that can import by path."""
    if not re.search(r"\bsys\.path\b|\bimportlib\b|\brunpy\b|__import__", source.text):
        return
    for node in ast.walk(source.tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and LESSON_PATH.fullmatch(text):
            yield source.finding(node.lineno, another_lesson(LESSON.search(text)[0]))


def check_reach(source):
    """Find scripts that import from `common/` without the agreed line that makes it reachable."""
    names = [line for line, name in imported(source.tree) if name.startswith("common.")]
    if not names or source.is_test or not is_script(source.tree):
        return
    lines = source.text.splitlines()
    if lines.count(REACH_COMMON) != 1 or lines.index(REACH_COMMON) + 1 > names[0]:
        yield source.finding(names[0], f"put this line before it, once: {REACH_COMMON}")


def is_script(tree):
    """Tell whether a file can be run."""
    tests = [ast.unparse(node.test) for node in tree.body if isinstance(node, ast.If)]
    return "__name__ == '__main__'" in tests
