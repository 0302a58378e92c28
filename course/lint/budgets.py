"""How long things are: a long function is a finding, other budgets are only noted."""

import ast

from course import stages
from course.lint import common_sources, course_sources, lesson_sources, sources

FUNCTION, SCRIPT, MODULE = 25, 100, 150  # lines


def check_lessons(course, numbers):
    """Find functions of lessons that are too long."""
    return long_functions(source for _, source in lesson_sources(course, numbers))


def check_rest(course):
    """Find functions of `common/` and of `course/` that are too long."""
    return long_functions(sources(course, course.root / "common") + course_sources(course))


def long_functions(found):
    """Find functions that are too long, tests aside."""
    for source in found:
        for node in ast.walk(source.tree) if not source.is_test else ():
            lines = getattr(node, "end_lineno", 0) - getattr(node, "lineno", 0) + 1
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and lines > FUNCTION:
                text = f"{node.name} has {lines} lines: split it, {FUNCTION} are the limit"
                yield source.finding(node.lineno, text)


def notes(course, numbers):
    """Return what is over a budget that nobody enforces."""
    code = [(source, SCRIPT) for _, source in lesson_sources(course, numbers)]
    code += [(source, MODULE) for _, source in common_sources(course)]
    for source, budget in code:
        lines = source.text.count("\n")
        if lines > budget and not source.is_test:
            yield f"{source.name} has {lines} lines (aim at {budget})"
    for number in numbers:
        yield from stage_notes(course, number)


def stage_notes(course, number):
    """Return where a lesson changes more than a reader can follow."""
    if number - 1 not in [lesson.number for lesson in course.lessons()]:
        return
    old, new = course.lesson(number - 1), course.lesson(number)
    code = [file for file in stages.compare(old.folder, new.folder) if file.kind == "code"]
    sizes = {f"{new.name}/{file.name}": (file.lines, stages.FILE_BUDGET) for file in code}
    sizes[new.name] = (sum(file.lines for file in code), stages.TOTAL_BUDGET)
    for name, (lines, budget) in sizes.items():
        if lines > budget:
            yield f"{name} has {lines} changed lines since {old.name} (aim at {budget})"
