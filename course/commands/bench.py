"""Measure what a message costs each server of the course, beside a bare relay.

Main figure: processor time of the server's processes per delivered message, which is steady on
a busy machine; then messages a second, latency, memory. Judge a change by ratios: measure before
and after it, then bench --compare BEFORE AFTER. Everything stays on 127.0.0.1.
"""

from pathlib import Path

from course import console, processes
from course.bench import drawing, machine, ratios, results, tables
from course.bench.kinds import kinds
from course.bench.measuring import Settings, measure
from course.bench.scenarios import SCENARIOS, grown
from course.bench.workers import Workers
from course.harness.ports import descriptors_allowed
from course.lessons import CourseError, lesson_number

QUICK = {"repeat": 1, "seconds": 0.3, "offer": 500}
USUAL = {"repeat": 3, "seconds": 1.0, "offer": 5000}
SPARE = 100  # descriptors for everything that is no idle connection


def add_arguments(parser):
    """Declare what is measured, how long, and what becomes of it."""
    known = ", ".join(scenario.name for scenario in SCENARIOS)
    parser.add_argument("--only", metavar="WORDS", default="", help="of the server's name")
    parser.add_argument("--lessons", metavar="N", nargs="+", default=[], help="with their variants")
    parser.add_argument("--scenarios", metavar="NAME", nargs="+", default=[], help=known)
    parser.add_argument("--quick", action="store_true", help="one short repetition, no growth")
    parser.add_argument("--repeat", type=int, metavar="N", help="repetitions; 3 if left out")
    parser.add_argument("--seconds", type=float, metavar="S", help="of each; 1 if left out")
    parser.add_argument("--offer", type=int, metavar="N", help="idle connections; up to 5000")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all figures in a file")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="write tables and pictures there")
    words = "measure nothing: set two files beside each other"
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("A", "B"), help=words)


def run(options, course):
    """Measure, repetition by repetition, and print tables; keep what there is when interrupted."""
    if options.compare:
        print(ratios.compare(*map(results.load, options.compare)))
        return 0
    require_linux()
    chosen, (repeat, settings, words) = choose(options, course), lengths(options)
    about = {"words": words, "settings": vars(settings), "repeat": repeat}
    book = results.Book(machine.about(course) | about)
    processes.listen_to_signals()
    try:
        with Workers() as workers:
            for number in range(repeat):
                go_round(course, chosen, workers, settings, book, f"{number + 1} of {repeat}")
                keep(options, book)
    finally:
        if book.rows:
            keep(options, book)
            print(tables.everything(book), flush=True)
    return 0 if any(row.runs for row in book.rows.values()) else 1


def require_linux():
    """Refuse to begin where the figures cannot be had."""
    if not Path("/proc/self/stat").exists():
        raise CourseError("Memory and processor time are read from /proc, which only Linux has.")


def choose(options, course):
    """Return what to measure: pairs of a server and its scenarios; the floor is always there."""
    floor, *others = kinds(course)
    numbers = [number for word in options.lessons for number in lesson_numbers(word)]
    servers = [kind for kind in others if options.only in kind.name]
    servers = [kind for kind in servers if not numbers or kind.lesson in numbers]
    if not servers and options.only not in floor.name:
        raise CourseError(f"None of the servers is called so: {options.only}")
    scenarios = chosen_scenarios(options)
    forms = {form for kind in servers or [floor] for form in kind.serves}
    pairs = [(kind, [each for each in scenarios if each.form in kind.serves]) for kind in servers]
    return [(floor, [each for each in scenarios if each.form in forms]), *pairs]


def lesson_numbers(word):
    """Turn 7 or 9-11 into numbers of lessons."""
    first, _, last = word.partition("-")
    return range(lesson_number(first), lesson_number(last or first) + 1)


def chosen_scenarios(options):
    """Return the scenarios to be carried out."""
    known = [scenario.name for scenario in SCENARIOS]
    for name in options.scenarios:
        if name not in known:
            raise CourseError(f"{name} is not a scenario. There are: {', '.join(known)}.")
    everything = [*SCENARIOS, *([] if options.quick else grown())]
    return [each for each in everything if not options.scenarios or each.name in options.scenarios]


def lengths(options):
    """Return how often and how long to measure, and that in words."""
    usual = QUICK if options.quick else USUAL
    chosen = {name: getattr(options, name) or value for name, value in usual.items()}
    allowed = descriptors_allowed() - SPARE
    offer = max(2, min(chosen["offer"], allowed))
    words = f"{chosen['repeat']} repetitions of {chosen['seconds']} s; median (least–greatest)"
    if offer < chosen["offer"]:
        words += f"; this system allows {offer} idle connections only"
    return chosen["repeat"], Settings(chosen["seconds"], offer), words


def go_round(course, chosen, workers, settings, book, which):
    """Measure everything once."""
    progress = console.ProgressLine()
    try:
        for kind, scenarios in chosen:
            for scenario in scenarios:
                progress.show(f"{which}: {kind.name}, {scenario.name} of {scenario.clients} …")
                outcome = measure(course, kind, scenario, workers, settings)
                book.note(kind.name, scenario, outcome)
    finally:
        progress.clear()


def keep(options, book):
    """Write the files that were asked for."""
    if options.json:
        book.save(options.json)
    if options.plots:
        drawing.write(book, options.plots)
