"""Which rules a scenario plays, and that it decides just as a dry-run of the same events does."""

import io
import json
import random
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planned.cli.main import main
from planned.engine.decision_json import decision_object, local_time
from tests.check.reading import files
from tests.oracle.histories import history
from tests.scenarios.playing import one, play_files, sent

HEAD = "timezone Europe/Paris\n"


def rule(name: str, trigger: str = "after enrolment") -> str:
    return f'rule {name} {trigger} send "x"\n'


STORY = 'scenario "s" given Alice enrolled on 2026-09-01 '


def names(**texts: str) -> set[str]:
    """Which rules sent something in the one scenario of these files."""
    (played,) = play_files(files(**texts))
    return {name for name, _, _ in sent(played)}


def test_the_rules_of_its_course_and_of_every_course_in_its_file() -> None:
    text = f"{HEAD}every course {rule('all')} course B {rule('b')} course A {rule('a')} {STORY}"
    assert names(test=text) == {"all", "a"}


def test_other_files_do_not_disturb() -> None:
    assert names(one=f"{HEAD}course A {rule('a')} {STORY}", two=f"{HEAD}course A {rule('other')}") == {"a"}


def test_a_file_of_scenarios_names_the_rules_of_another() -> None:
    expect = "expect a to Alice on 2026-09-01"
    (played,) = play_files(files(tests=f"{HEAD}course A {STORY} {expect}", two=f"{HEAD}course A {rule('a')}"))
    assert played.holds


def test_a_rule_that_another_one_follows_comes_along() -> None:
    follows = rule("b", "after completion of a")
    assert names(one=f"{HEAD}course A {follows} {STORY}", two=f"{HEAD}course A {rule('a')}") == {"a", "b"}


def test_below_every_course_it_plays_in_a_course_of_its_own() -> None:
    assert names(test=f"{HEAD}course A {rule('a')} every course {rule('all')} {STORY}") == {"all"}


def test_a_rule_of_another_course_is_explained() -> None:
    text = f"{HEAD}course A {rule('a')} every course {rule('all')} {STORY} expect a to Alice on 2026-09-01"
    (found,) = one(text).found
    assert found.help("en").startswith("a is a rule of the course A: put the scenario below it.")
    assert found.help("fr").startswith("a est une règle du cours A\u00a0: placez le scénario à la suite de celui-ci.")


# --- a scenario is a dry-run ------------------------------------------------------------------------------

PEOPLE = ("Alice", "Ben")
VERBS = (
    "visits",
    "completes {activity}",
    "passes {activity}",
    "fails {activity}",
    "resets {activity}",
    "submits {activity}",
    "views {activity}",
    "scores 8 on {activity}",
    "joins group A",
    "leaves group A",
    "suspended",
    "resumes",
    "unenrolled",
    "enrolled",
    "completes course",
    'has city "Dijon"',
    "is in timezone Indian/Reunion",
    'event "call"',
)


def random_story(r: random.Random, start: str) -> str:
    """A scenario of a dozen lines in the weeks after a day."""
    year, month, day = (int(part) for part in start.split("-"))
    lines = []
    for _ in range(r.randint(1, 12)):
        verb = r.choice(VERBS).format(activity=r.choice(("Quiz1", "Lesson2", "Essay")))
        on = f"{year}-{month:02}-{min(28, day + r.randint(0, 9)):02}"
        at = r.choice(("", " at 09:00", " at 14:10", " at 23:59"))
        lines.append(f"given {r.choice(PEOPLE)} {verb} on {on}{at}")
    if r.random() < 0.3:
        lines.append(f"given deadline of Quiz1 is {year}-{month:02}-28 at 18:00 on {start}")
    return 'scenario "s"\n  ' + "\n  ".join(lines) + "\n"


def dry_run(rules: Path, events: Path, until: str) -> list[object]:
    """The decisions that the command prints, of the rules in its own words."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = main(
            ["dry-run", str(rules), "--events", str(events), "--until", until, "--format", "jsonl", "--course", "C1"]
        )
    assert code == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000))
def test_the_same_events_as_lines_of_a_file_give_the_same_decisions(tmp_path: Path, seed: int) -> None:
    r = random.Random(seed)
    text = next(text for number in range(seed, seed + 50) if (text := playable(number)))
    story = random_story(r, "2026-10-01")
    (played,) = play_files(files(a=f"{text}\ncourse C1\n{story}"))
    if played.story is None:
        pytest.fail(str([one.text("en") for one in played.found]))
    rules, events = tmp_path / "a.rules", tmp_path / "events.jsonl"
    rules.write_text(f"{text}\ncourse C1\n{story}", encoding="utf-8")
    events.write_text("".join(json.dumps(obj) + "\n" for obj in played.story.objects), encoding="utf-8")
    until = local_time(played.story.until, "UTC")
    assert [decision_object(one) for one in played.decisions] == dry_run(rules, events, until)


EXPECTATIONS = (
    "expect {rule} to {who} on {day} at 09:00",
    "expect {rule} to {who} on {day}",
    "expect notice {rule} to tutor on {day}",
    "expect {rule} suppressed for {who}",
    "expect no {rule} to {who}",
    "expect no message to {who}",
    "expect nothing else",
)


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_whatever_is_missed_can_be_told_in_both_languages(seed: int) -> None:
    r = random.Random(seed)
    text = next(text for number in range(seed, seed + 50) if (text := playable(number)))
    rules = [one.name for one in files(a=text).graph("C1").rules]
    lines = [f"given {one} visits on 2026-10-01" for one in PEOPLE]
    for form in r.sample(EXPECTATIONS, 4):
        day = f"2026-{r.choice((10, 11))}-{r.randint(10, 28)}"
        lines.append(form.format(rule=f'"{r.choice(rules)}"', who=r.choice(PEOPLE), day=day))
    (played,) = play_files(files(a=f"{text}\ncourse C1\n{random_story(r, '2026-10-01')}  {' '.join(lines)}"))
    for found in played.found:
        for words in (found.text("en"), found.text("fr"), found.help("en"), found.help("fr")):
            assert words.strip()
            assert "{" not in words


def test_the_random_stories_have_something_to_decide() -> None:
    text = next(text for number in range(50) if (text := playable(number)))
    stories = [random_story(random.Random(seed), "2026-10-01") for seed in range(40)]
    played = play_files(files(a="\n".join([text, "course C1", *stories])))
    assert sum(bool(one.decisions) for one in played) > 20


def playable(seed: int) -> str | None:
    """A random file of rules of one course without mistakes that a command would refuse."""
    made = history(seed).files
    text = made["a.rules"]
    if len(made) > 1 or "C2" in text or "langue fr" in text:
        return None
    found = files(a=text).lint()
    return None if any(one.severity == "error" for one in found) else text
