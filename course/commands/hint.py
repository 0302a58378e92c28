"""Show a hint for a lesson; the hints grow stronger, and none is the answer."""

import textwrap

from course import console, readme
from course.lessons import CourseError, lesson_number


def add_arguments(parser):
    """Describe the command line."""
    parser.add_argument("lesson", metavar="NN", help="number of the lesson")
    parser.add_argument("number", metavar="n", type=int, nargs="?", default=1, help="1 if left out")


def run(options, course):
    """Print one hint, and how to see the next."""
    lesson = course.lesson(lesson_number(options.lesson))
    hints = readme.hints(lesson.readme)
    if not hints:
        raise CourseError(f"Lesson {lesson.number} has no hints.")
    if not 1 <= options.number <= len(hints):
        raise CourseError(f"Lesson {lesson.number} has hints 1 to {len(hints)}.")
    print(console.paint(f"Hint {options.number} of {len(hints)}", "bold"))
    text = hints[options.number - 1]
    print(textwrap.fill(text, 90, break_long_words=False, break_on_hyphens=False))
    print(console.paint(next_step(lesson.number, options.number, len(hints)), "dim"))
    return 0


def next_step(lesson, number, count):
    """Say where more help is."""
    if number < count:
        return f"The next one: python -m course hint {lesson} {number + 1}"
    return f"That was the last one. The way of the course: lesson{lesson:02}/"
