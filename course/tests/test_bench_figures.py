"""What `course bench` makes of its figures: statistics, files, tables, ratios, pictures."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.bench import drawing, ratios, results, tables
from course.bench.figures import Spread, percentile, short
from course.bench.kinds import kinds
from course.bench.scenarios import SCENARIOS, Scenario, grown
from course.commands import bench
from course.lessons import ROOT, Course, CourseError
from course.site import curves, page

ABOUT = {
    "machine": dict(processor="P", cores=2, memory="1 GB", system="S", files="ext4"),
    **{"versions": {"Python": "3.11.7"}, "revision": None, "made": "today", "words": "once"},
}
ROOM = next(scenario for scenario in SCENARIOS if scenario.name == "room-1")
FIGURES = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=9)


def book(**costs):
    """Return a book in which servers have these costs in a room."""
    made = results.Book(dict(ABOUT))
    for name, values in costs.items():
        for value in values:
            run = {"cost": value, "speed": 1e6 / value, "p50": 1.0, "p99": 2.0}
            made.note(name, ROOM, run | {"server": 0.97, "generator": 0.5})
    return made


def spread(made, name):
    return made.rows[name, "room-1", 100].spread("cost")


@given(FIGURES)
def test_a_spread_lies_around_its_median(values):
    found = Spread.of(values)
    assert min(values) == found.least <= found.median <= found.greatest == max(values)


@given(FIGURES, FIGURES)
def test_spreads_overlap_unless_one_lies_above_the_other(some, others):
    apart = max(some) < min(others) or max(others) < min(some)
    assert Spread.of(some).overlaps(Spread.of(others)) is not apart


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_so_many_percent_are_not_above_a_percentile(values, percent):
    found = percentile(sorted(values), percent)
    below = sum(value <= found for value in values)
    strictly = sum(value < found for value in values)
    assert below * 100 >= percent * len(values) > strictly * 100


def test_there_is_no_percentile_of_nothing():
    assert math.isnan(percentile([], 50))
    assert short(math.nan) == "–"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.2875, "0.29"), (5.66, "5.66"), (12.3456, "12.3"), (234.56, "235"), (987654, "988,000")],
)
def test_a_figure_has_as_many_digits_as_can_be_meant(value, words):
    assert short(value) == words


def test_a_file_gives_back_what_was_kept(tmp_path):
    made = book(one=[3.0, 1.0, 2.0])
    made.note("one", SCENARIOS[0], {"failed": "no wish"})
    made.save(tmp_path / "a.json")
    assert results.load(tmp_path / "a.json") == made
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1, "rows": [7]}', '{"version": 0}'])
def test_a_file_that_bench_has_not_written_is_refused_in_words(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(CourseError, match="bench"):
        results.load(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CourseError, match="gone.json"):
        results.load(tmp_path / "gone.json")


def test_a_table_has_the_median_the_spread_and_the_ratio_to_the_floor():
    text = tables.everything(book(**{tables.FLOOR: [2.0], "lesson 9": [4.0, 5.0, 9.0]}))
    line = next(line for line in text.splitlines() if line.startswith("| lesson 9"))
    assert "| 5.00 (4.00–9.00) |" in line
    assert "| 2.5 | server (97%, 50%) |" in line


def test_what_failed_stands_below_with_its_reason():
    made = book(one=[1.0])
    made.note("two", ROOM, {"failed": "the dog ate it"})
    assert tables.everything(made).endswith("- two, room-1 of 100: the dog ate it")


def test_growth_is_a_table_with_a_line_for_each_number_of_clients():
    made = book(one=[1.0])
    for scenario in grown():
        made.note("one", scenario, {"cost": scenario.clients / 10})
    text = tables.growth(made, "room-1")
    assert [line for line in text.splitlines() if line[:3] == "| 3"] == [
        "| 30 | 3.00 |",
        "| 300 | 30.0 |",
    ]


def test_two_files_are_compared_by_ratios_and_doubtful_ones_are_marked():
    text = ratios.compare(book(a=[2.0], b=[2.0, 4.0]), book(a=[1.0], b=[3.0, 3.1]))
    lines = [line for line in text.splitlines() if "CPU" in line]
    assert (
        lines[0] == "| a | room-1 | 100 | CPU per delivered message, µs | 2.00 | 1.00 | 0.50 |  |"
    )
    assert lines[1].endswith("| spreads overlap |")
    assert "differ" not in text


def test_a_comparison_says_what_else_is_different():
    one, other = book(a=[2.0]), book(b=[2.0])
    other.about["machine"] = ABOUT["machine"] | {"cores": 64}
    text = ratios.compare(one, other)
    assert "The machine differ" in text
    assert "In one of them only: a room-1 100; b room-1 100" in text


def test_tables_and_pictures_are_written_into_a_folder(tmp_path):
    made = book(one=[1.0, 2.0])
    for scenario in grown():
        made.note("one", scenario, {"cost": scenario.clients / 10})
    drawing.write(made, tmp_path / "new")
    assert "| server | CPU per delivered message" in (tmp_path / "new/tables.md").read_text()
    html = (tmp_path / "new/pictures.html").read_text()
    assert html.count("<svg") == 3  # bars of the room, and two of growth
    assert "<polyline" in html


def test_a_curve_leaves_out_what_was_not_measured():
    table = "| clients | a | b |\n|---|---|---|\n| 10 | 1.5 | – |\n| 100 | 1,000 | 3 |\n"
    html = curves.draw(table, "title <&>")
    assert html.count("<circle") == 3
    assert "title &lt;&amp;&gt;" in html
    assert curves.draw("| clients | a |\n|---|---|\n| 10 | – |\n", "t") == ""


def test_every_server_of_the_course_is_measured_and_the_floor_serves_all_that_they_do():
    floor, *others = kinds(Course(ROOT))
    servers = {
        path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("lesson*/**/server.py")
    }
    assert {kind.script.removesuffix("/server.py") for kind in others} == servers
    assert all(set(kind.serves) <= set(floor.serves) for kind in others)


def options(**changes):
    usual = dict(only="", lessons=[], scenarios=[], quick=False)
    return SimpleNamespace(**usual | dict(repeat=None, seconds=None, offer=None) | changes)


def test_lessons_are_chosen_by_number_and_span_with_their_variants():
    chosen = bench.choose(options(lessons=["7", "9-10"]), Course(ROOT))
    names = [kind.name for kind, _ in chosen]
    assert names == [tables.FLOOR, "lesson 7", "selectors_chat", "lesson 9", "lesson 10"]


def test_nobody_is_given_a_scenario_that_it_does_not_serve():
    chosen = bench.choose(options(), Course(ROOT))
    assert all(each.form in kind.serves for kind, scenarios in chosen for each in scenarios)


def test_the_floor_is_spared_what_nobody_is_compared_in():
    (_, of_floor), _ = bench.choose(options(only="lesson 3", quick=True), Course(ROOT))
    assert {each.form for each in of_floor} == {"answers"}


@pytest.mark.parametrize("change", [{"only": "pigeon"}, {"scenarios": ["pigeon"]}])
def test_a_name_that_is_not_there_is_answered_in_words(change):
    with pytest.raises(CourseError, match="pigeon"):
        bench.choose(options(**change), Course(ROOT))


@given(st.integers(1, 12), st.integers(1, 8))
def test_every_turn_of_a_room_has_all_its_speakers(speakers, processes):
    turns = Scenario("s", "room", 100, speakers).turns(processes)
    assert all(sum(turn) == speakers for turn in turns)
    assert len(turns) == (processes if speakers == 1 else 1)


def test_fewer_connections_are_offered_where_fewer_are_allowed_and_that_is_said(monkeypatch):
    monkeypatch.setattr(bench, "descriptors_allowed", lambda: 400)
    repeat, settings, words = bench.lengths(options(repeat=2))
    assert (repeat, settings.offer) == (2, 300)
    assert "allows 300 idle connections only" in words


def test_a_page_of_the_site_shows_bars_for_servers_and_curves_for_growth():
    servers = "### s\n\n| server | CPU |\n| --- | --- |\n| a | 1 µs |\n"
    growth = "### g: h\n\n| clients | a |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n"
    text = page.add_plots(f"{servers}\n{growth}")
    assert text.count("```{plots}\n| server |") == 1
    assert text.count("```{curves} g: h\n| clients |") == 1
