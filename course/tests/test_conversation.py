"""One conversation, the same for every JIM server of the course with a common chat."""

import pytest

from course.harness import suite
from course.harness.lab import Lab
from course.lessons import ROOT, Course

# A later server joins by its name.
SERVERS = ("lesson07", "lesson08", "lesson09", "lesson10", "lesson11", "lesson12")


@pytest.fixture(params=SERVERS)
def chat(request):
    """Start a server; return a function that lets somebody join it."""
    course = Course(ROOT)
    number = int(request.param[-2:])
    lesson = course.lesson(number)
    guest = suite.load(course.checks_files(7)[0]).Guest
    common = [ROOT / "common" / f"{name}.py" for name in course.common_taught()]
    place = Lab(lesson.folder, request.param, limit=60, common=common, number=number)
    with place as lab:
        server = lab.server()
        yield lambda **options: guest(lab, server, **options)


def test_three_people_talk_and_everybody_hears_everything_once_and_in_order(chat):
    anna, boris, clara = chat(name="Анна"), chat(name="Boris"), chat(name="Клара")
    lines = [
        (person, f"{person.name} says {number}") for number in range(5) for person in (anna, boris)
    ]
    for person, line in lines:
        person.say(line)
        clara.expect_heard(line, sender=person.name)
    for listener in (anna, boris):
        listener.expect_heard(*[line for _, line in lines])


def test_who_joins_late_hears_what_is_said_from_then_on(chat):
    anna, boris = chat(name="Анна"), chat(name="Boris")
    anna.say("early")
    boris.expect_heard("early")
    late = chat(name="late")
    anna.say("later")
    late.expect_heard("later")


def test_who_breaks_off_is_not_missed(chat):
    anna, boris, rude = chat(name="Анна"), chat(name="Boris"), chat(name="rude")
    rude.say("I am off")
    boris.expect_heard("I am off")
    rude.peer.reset()
    anna.say("still here")
    boris.expect_heard("still here")


def test_nobody_speaks_as_another(chat):
    anna, boris = chat(name="Анна"), chat(name="Boris")
    anna.peer.send(anna.message("forged", **{"from": "Boris"}))
    anna.peer.expect(403)
    anna.say("honest")
    boris.expect_heard("honest", sender="Анна")
