"""Known-bad versions of a lesson, and the judgement whether the checks notice them."""

import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from course.harness import suite
from course.lessons import GENERATED, CourseError

SEED = 1


@dataclass(frozen=True)
class Version:
    """A version of a lesson: how it differs, and the ids of the checks that must fail."""

    name: str
    fails: tuple
    folder: Path
    file: str = ""
    old: str = ""
    new: str = ""
    what: str = ""
    times: int = 1  # how often the text to replace stands in the file
    unit: bool = False  # can a test of one function notice it?
    remove: bool = False
    group: str = ""  # the file that it stands in; of other files only checks that it names are run
    also: tuple = ()  # checks of earlier lessons that are run, too
    right: bool = False  # must all of them pass?
    whole: bool = False  # must every check of the lesson be run, the earlier ones too?

    def checks(self, course, own, full):
        """Return the checks to run on it: the lesson's own and the earlier ones it names."""
        if not own:
            return []
        everything = suite.checks_for(course, own[0].lesson)
        wanted = {check.id for check in own if self.group in (check.group, "")}
        wanted |= {*self.fails, *self.also}
        return [check for check in everything if full or self.whole or check.id in wanted]

    def make(self, target):
        """Write it into a folder."""
        shutil.copytree(self.folder, target, ignore=shutil.ignore_patterns(*GENERATED))
        if not self.file:
            return
        path = target / self.file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if not self.remove and text.count(self.old) != self.times:
            raise CourseError(f"the text to replace is not {self.times} time(s) in {self.file}")
        if self.remove:
            path.unlink()
        else:
            path.write_text(text.replace(self.old, self.new), encoding="utf-8", newline="\n")


def tables(course, lesson):
    """Return what the lesson's files of known-bad versions say: path -> table."""
    files = course.broken_files(lesson.number)
    return {path: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


def read(course, lesson):
    """Return the known-bad versions of a lesson."""
    known = set(Version.__dataclass_fields__) - {"folder", "group", "also", "right"}
    return [
        Version(**only(row, known), folder=lesson.folder, group=path.stem)
        for path, table in tables(course, lesson).items()
        for row in table.get("broken", [])
    ]


def only(row, known):
    """Refuse a key that means nothing; it would be a mistake in typing."""
    if set(row) - known:
        raise CourseError(f"{row.get('name')}: unknown keys {', '.join(sorted(set(row) - known))}")
    return row | {"fails": tuple(row["fails"])}


def controls(course, lesson):
    """Return the versions that must pass, and the lesson before, which must fail what is new."""
    named = tuple({id for version in read(course, lesson) for id in version.fails})
    # The lesson passes the other checks, too: `pytest lessonNN/` runs all of them.
    versions = [Version("(the lesson itself)", (), lesson.folder, also=named, right=True)]
    second = course.alternative(lesson.number)
    if second.is_dir():
        versions.append(Version("(a second right solution)", (), second, right=True, whole=True))
    before = course.root / f"lesson{lesson.number - 1:02}"
    if before.is_dir():
        key = "kept_from_the_lesson_before"
        kept = [id for table in tables(course, lesson).values() for id in table.get(key, [])]
        new = tuple(c.id for c in suite.own_checks(course, lesson.number) if c.id not in kept)
        versions.append(Version("(the lesson before)", new, before))
    return versions


def judge(course, lesson, version, checks):
    """Run the checks on a version; return what is not as it should be, and each check's state."""
    with tempfile.TemporaryDirectory(prefix="course prove ") as place:
        target = Path(place) / "version"
        try:
            version.make(target)
        except CourseError as error:
            return [str(error)], {}
        results = suite.run_checks(course, checks, target, lesson.number, SEED)
    states = {result.check.id: result.status for result in results}
    return list(differences(version, results)), states


def differences(version, results):
    """Say where a version fails other checks than it should."""
    allowed = ("ok",) if version.right else ("ok", "skip")  # what it waits for is judged itself
    for result in results:
        must_fail = result.check.id in version.fails
        if must_fail and result.status == "ok":
            yield f"{result.check} passes, and should fail"
        elif not must_fail and result.status not in allowed:
            yield f"{result.check} fails, and should pass: {result.received}"[:300]
    missing = set(version.fails) - {result.check.id for result in results}
    if missing:
        yield f"names checks that do not exist: {', '.join(sorted(missing))}"
