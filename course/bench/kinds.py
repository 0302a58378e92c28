"""The servers to be measured: the floor, every lesson that has one, and the variants."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A server of the course: where it is, how it is started, and which wire it speaks."""

    name: str
    script: str  # within the course
    wire: str
    serves: tuple  # the forms of talk: answers, private, room, idle
    options: tuple = ()
    address: str = "-a"
    lesson: int = 0


ALL = ("answers", "private", "room", "idle")
GROWN = {  # from this lesson on: its wire, the forms of talk it serves, and its options
    3: ("presence", ("answers",), ()),
    7: ("jim", ("room", "idle"), ()),
    8: ("jim", ("private", "room", "idle"), ()),
    9: ("rooms", ("private", "room", "idle"), ()),
    12: ("rooms", ("private", "room", "idle"), ("--no-gui",)),
}
VARIANTS = (
    Kind(
        *("selectors_chat", "lesson07/selectors_chat/server.py", "header", ("room", "idle")),
        lesson=7,
    ),
    Kind(
        *("broadcast_chat", "lesson08/broadcast_chat/server.py", "lines", ("room", "idle")),
        lesson=8,
    ),
    Kind(
        *("private_chat", "lesson08/private_chat/server.py", "partners"),
        *(("private", "room", "idle"), ("--users", "users.sqlite"), "-i", 8),
    ),
)


def kinds(course):
    """Return the floor, then every server of the course, in order."""
    found = [Kind("floor: a bare relay", "relay.py", "relay", ALL)]
    for lesson in course.lessons():
        if (lesson.folder / "server.py").is_file():
            found.append(of_lesson(lesson))
        found += [kind for kind in VARIANTS if kind.lesson == lesson.number]
    return found


def of_lesson(lesson):
    """Return the server of a lesson: what it serves, and how, has grown with the lessons."""
    first = max(number for number in GROWN if number <= lesson.number)
    wire, serves, options = GROWN[first]
    script = f"{lesson.name}/server.py"
    return Kind(f"lesson {lesson.number}", script, wire, serves, options, lesson=lesson.number)
