"""Exported Moodle tables: small ones made here, and a real site's where it is at hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from planned.engine.bad_event import BadEvent
from planned.engine.event import Event
from planned.sources.base import read_all
from planned.sources.moodle_export import MoodleExport
from planned.sources.order import events_in_order

T = 1_790_000_000
PHP = 'a:1:{s:15:"completionstate";i:0;}'
CORE = "\\core\\event\\"

Item = tuple[Any, ...]


def log(id_: int, name: str, at: int, **more: Any) -> dict[str, Any]:
    """A row of the log; `other` is given as Moodle writes it."""
    row = {"id": id_, "eventname": name if "\\" in name else CORE + name, "contextlevel": 50, "contextinstanceid": 2}
    row |= {"contextid": 11, "userid": 9, "courseid": 2, "relateduserid": None, "objectid": None, "anonymous": 0}
    return row | {"other": "null", "timecreated": T + at} | more


def module(id_: int, name: str, at: int, **more: Any) -> dict[str, Any]:
    return log(id_, name, at, **{"contextlevel": 70, "contextinstanceid": 5} | more)


def enrolled(id_: int, row: int, at: int, user: int = 7) -> dict[str, Any]:
    return log(id_, "user_enrolment_created", at, objectid=row, relateduserid=user, other='{"enrol":"manual"}')


def method(id_: int, user: int = 7, enrolid: int = 1, status: int = 0, **more: Any) -> dict[str, Any]:
    row = {"id": id_, "status": status, "enrolid": enrolid, "userid": user, "timestart": 0, "timeend": 0}
    return row | {"timecreated": T} | more


INSTANCES = [
    {"id": 1, "enrol": "manual", "status": 0, "courseid": 2, "roleid": 5},
    {"id": 2, "enrol": "self", "status": 1, "courseid": 2, "roleid": 5},
    {"id": 3, "enrol": "cohort", "status": 0, "courseid": 2, "roleid": 5},
]
ROLES = [{"id": 4, "shortname": "teacher"}, {"id": 5, "shortname": "student"}]


def export(folder: Path, rows: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in {"logstore_standard_log": rows, **tables}.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in content)
        (folder / f"mdl_{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


def as_csv(folder: Path, target: Path) -> Path:
    """The same tables as PostgreSQL's COPY writes them: nothing for null, an empty text in quotes."""
    target.mkdir()
    for path in folder.glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if not rows:
            continue
        with (target / f"{path.stem}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return target


def items(folder: Path) -> list[Event | BadEvent]:
    return list(read_all(MoodleExport(folder), 3))


def said(folder: Path) -> list[Item]:
    """(seconds after T, kind, learner, fields' values…) of each event; the reason of what is none."""
    found: list[Item] = []
    for item in items(folder):
        if isinstance(item, BadEvent):
            found.append((item.reason,))
        else:
            found.append((item.time // 1_000_000 - T, item.kind, item.learner, *item.fields.values()))
    return found


# --- the log's rows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "event"),
    [
        (
            module(1, "course_module_completion_updated", 1, relateduserid=7, other='{"completionstate":1}'),
            ("completion", "7", "5", "complete"),
        ),
        (
            module(1, "course_module_completion_updated", 1, relateduserid="7", other='{"completionstate":"2"}'),
            ("completion", "7", "5", "passed"),
        ),
        (
            module(1, "course_module_completion_updated", 1, relateduserid=7, other='{"completionstate":3}'),
            ("completion", "7", "5", "failed"),
        ),
        (
            module(1, "course_module_completion_updated", 1, relateduserid=7, other='{"completionstate":4}'),
            ("completion", "7", "5", "failed"),
        ),
        (
            module(
                1, "course_module_completion_updated", 1, relateduserid=7, other='a:1:{s:15:"completionstate";i:0;}'
            ),
            ("completion", "7", "5", "incomplete"),
        ),
        (log(1, "course_completed", 1, relateduserid=7), ("completion", "7", "complete")),
        (module(1, "\\mod_page\\event\\course_module_viewed", 1, userid=7), ("viewing", "7", "5")),
        (log(1, "course_viewed", 1, userid=7), ("access", "7")),
        (module(1, "\\mod_assign\\event\\assessable_submitted", 1, userid=7), ("submission", "7", "5")),
        (module(1, "\\mod_quiz\\event\\attempt_submitted", 1, relateduserid=7), ("submission", "7", "5")),
        (
            module(
                1,
                "\\assignsubmission_file\\event\\submission_created",
                1,
                relateduserid=7,
                other='{"submissionstatus":"submitted"}',
            ),
            ("submission", "7", "5"),
        ),
        (log(1, "group_member_added", 1, objectid=3, relateduserid=7), ("group", "7", "3", True)),
        (log(1, "group_member_removed", 1, objectid=3, relateduserid=7), ("group", "7", "3", False)),
        (
            log(1, "user_graded", 1, relateduserid=7, other='{"itemid":"8","finalgrade":"7.50000"}'),
            ("grade", "7", "5", 7.5, 10.0),
        ),
    ],
)
def test_a_row_and_its_event(tmp_path: Path, row: dict[str, Any], event: Item) -> None:
    folder = export(
        tmp_path,
        [row],
        modules=[{"id": 17, "name": "quiz"}],
        course_modules=[{"id": 5, "course": 2, "module": 17, "instance": 6, "completionexpected": 0, "added": T}],
        grade_items=[
            {"id": 8, "courseid": 2, "itemtype": "mod", "itemmodule": "quiz", "iteminstance": 6, "grademax": 10}
        ],
    )
    assert said(folder) == [(1, *event)]
    assert [item.id for item in items(folder) if isinstance(item, Event)] == ["log:1"]


@pytest.mark.parametrize(
    "row",
    [
        log(1, "course_viewed", 1, courseid=1, userid=7),
        log(1, "course_viewed", 1, userid=0),
        log(1, "user_loggedin", 1, userid=7, courseid=0),
        log(1, "user_graded", 1, relateduserid=7, other='{"itemid":"99","finalgrade":"7.5"}'),
        log(1, "user_graded", 1, relateduserid=7, other='{"itemid":"8","finalgrade":null}'),
        module(1, "\\x\\event\\submission_created", 1, userid=7, other='{"submissionstatus":"draft"}'),
        module(1, "\\mod_quiz\\event\\attempt_started", 1, relateduserid=7),
    ],
)
def test_what_says_nothing_to_us(tmp_path: Path, row: dict[str, Any]) -> None:
    assert said(export(tmp_path, [row])) == []


def test_one_submission_logged_twice_in_a_second_is_one(tmp_path: Path) -> None:
    rows = [
        module(1, "\\a\\event\\submission_created", 1, userid=7, other='{"submissionstatus":"submitted"}'),
        module(2, "\\mod_assign\\event\\assessable_submitted", 1, userid=7),
        module(3, "\\mod_assign\\event\\assessable_submitted", 9, userid=7),
    ]
    assert said(export(tmp_path, rows)) == [(1, "submission", "7", "5"), (9, "submission", "7", "5")]


def test_a_missing_state_is_looked_up_or_quarantined(tmp_path: Path) -> None:
    rows = [
        module(1, "course_module_completion_updated", 1, relateduserid=7),
        module(2, "course_module_completion_updated", 2, relateduserid=8),
    ]
    states = [{"coursemoduleid": 5, "userid": 7, "completionstate": 2}]
    assert said(export(tmp_path, rows, course_modules_completion=states)) == [
        (1, "completion", "7", "5", "passed"),
        ("no-state",),
    ]


def test_a_broken_row_does_not_stop_the_others(tmp_path: Path) -> None:
    folder = export(tmp_path, [log(1, "course_viewed", 1, userid=7), log(2, "course_viewed", 2, userid=7)])
    path = folder / "mdl_logstore_standard_log.jsonl"
    path.write_text(path.read_text().replace("\n", "\n{half\n", 1))
    assert said(folder) == [(1, "access", "7"), ("bad-row",), (2, "access", "7")]


def test_a_log_out_of_order_is_put_in_order(tmp_path: Path) -> None:
    rows = [log(id_, "course_viewed", at, userid=id_) for id_, at in ((5, 9), (4, 1), (3, 1))]
    assert [event[2] for event in said(export(tmp_path, rows))] == ["3", "4", "5"]


def test_courses_have_their_short_names_and_dates(tmp_path: Path) -> None:
    courses = [
        {"id": 1, "shortname": "site", "startdate": 5, "enddate": 0, "timecreated": T},
        {"id": 2, "shortname": " ALG  1", "startdate": T + 50, "enddate": 0, "timecreated": T},
    ]
    modules = [{"id": 5, "course": 2, "module": 1, "instance": 1, "completionexpected": T + 99, "added": T + 1}]
    folder = export(tmp_path, [log(1, "course_viewed", 9, userid=7)], course=courses, course_modules=modules)
    found = [(item.course, item.kind, item.fields) for item in items(folder) if isinstance(item, Event)]
    assert found == [
        ("ALG 1", "date", {"what": "start", "at": (T + 50) * 1_000_000}),
        ("ALG 1", "date", {"what": "deadline", "activity": "5", "at": (T + 99) * 1_000_000}),
        ("ALG 1", "access", {}),
    ]


def test_profiles(tmp_path: Path) -> None:
    user = {"id": 7, "firstname": "Zoé", "lastname": "Roy", "email": "z@example.org", "lang": "fr_ca", "city": ""}
    users = [
        user | {"timezone": "Indian/Reunion", "deleted": 0, "idnumber": "S1"},
        user | {"id": 8, "timezone": "99", "deleted": 1},
        user | {"id": 1},
    ]
    field = [{"id": 1, "shortname": "promo"}]
    data = [{"fieldid": 1, "userid": 7, "data": "2026"}]
    folder = export(tmp_path, [], user=users, user_info_field=field, user_info_data=data)
    zoe, gone = (item.fields["user"] for item in items(folder) if isinstance(item, Event))
    assert zoe["timezone"] == "Indian/Reunion"
    assert (zoe["fullname"], zoe["language"], zoe["profile"]) == ("Zoé Roy", "fr", {"idnumber": "S1", "promo": "2026"})
    assert "timezone" not in gone
    assert "email" not in gone


# --- enrolments -------------------------------------------------------------------------------------

UPDATED = "user_enrolment_updated"
DELETED = "user_enrolment_deleted"


def update(id_: int, at: int, row: int = 1) -> dict[str, Any]:
    return log(id_, UPDATED, at, objectid=row, relateduserid=7)


@pytest.mark.parametrize(
    ("updates", "status", "expected"),
    [
        ([], 0, []),
        ([5], 1, [(5, "suspension")]),
        ([5], 0, []),
        ([5, 6], 0, [(5, "suspension"), (6, "resumption")]),
        ([5, 6], 1, [(6, "suspension")]),
        ([5, 6, 7], 1, [(5, "suspension"), (6, "resumption"), (7, "suspension")]),
    ],
)
def test_updates_lead_to_the_present_status(
    tmp_path: Path, updates: list[int], status: int, expected: list[tuple[int, str]]
) -> None:
    rows = [enrolled(1, 1, 0), *(update(10 + at, at) for at in updates)]
    folder = export(tmp_path, rows, user_enrolments=[method(1, status=status)], enrol=INSTANCES, role=ROLES)
    assert [(event[0], event[1]) for event in said(folder)] == [(0, "enrolment"), *expected]


def test_while_one_active_method_holds_him_he_stays(tmp_path: Path) -> None:
    gone = '{"userenrolment":{"id":"%d","status":"0","enrolid":"%d","userid":"7","timestart":"0","timeend":"0"}}'
    rows = [
        enrolled(1, 1, 1),
        enrolled(2, 2, 2),
        update(3, 3, row=1),
        log(4, DELETED, 4, objectid=1, relateduserid=7, other=gone % (1, 1)),
        log(5, DELETED, 5, objectid=2, relateduserid=7, other=gone % (2, 3)),
        enrolled(6, 3, 6),
    ]
    folder = export(tmp_path, rows, user_enrolments=[method(3)], enrol=INSTANCES, role=ROLES)
    assert [(event[0], event[1]) for event in said(folder)] == [(1, "enrolment"), (5, "unenrolment"), (6, "enrolment")]


def test_who_is_out_and_in_again_in_one_synchronisation_was_never_out(tmp_path: Path) -> None:
    gone = '{"userenrolment":{"id":"1","status":"0","enrolid":"1","userid":"7","timestart":"0","timeend":"0"}}'
    rows = [
        enrolled(1, 1, 1),
        log(2, DELETED, 5, objectid=1, relateduserid=7, other=gone),
        enrolled(3, 2, 5),
        log(4, DELETED, 6, objectid=2, relateduserid=7, other=gone),
        enrolled(5, 3, 7),
    ]
    folder = export(tmp_path, rows, user_enrolments=[method(3)], enrol=INSTANCES, role=ROLES)
    assert [(event[0], event[1]) for event in said(folder)] == [(1, "enrolment"), (6, "unenrolment"), (7, "enrolment")]


def test_a_disabled_method_enrols_nobody_and_neither_do_his_events(tmp_path: Path) -> None:
    rows = [enrolled(1, 1, 1), log(2, "course_viewed", 2, userid=7)]
    folder = export(tmp_path, rows, user_enrolments=[method(1, enrolid=2)], enrol=INSTANCES, role=ROLES)
    assert said(folder) == [(1, "enrolment", "7", "disabled-method"), (2, "access", "7")]


def test_from_a_disabled_method_to_an_enabled_one_and_back(tmp_path: Path) -> None:
    rows = [
        enrolled(1, 1, 1),
        enrolled(2, 2, 2),
        log(3, DELETED, 3, objectid=2, relateduserid=7, other='{"userenrolment":{"enrolid":"1","status":"0"}}'),
    ]
    folder = export(tmp_path, rows, user_enrolments=[method(1, enrolid=2)], enrol=INSTANCES, role=ROLES)
    assert said(folder) == [
        (1, "enrolment", "7", "disabled-method"),
        (2, "enrolment", "7", "student"),
        (3, "unenrolment", "7"),
        (3, "enrolment", "7", "disabled-method"),
    ]


def test_who_only_looks_in_is_enrolled_by_nothing(tmp_path: Path) -> None:
    rows = [enrolled(1, 1, 1), log(2, "course_viewed", 2, userid=99)]
    folder = export(tmp_path, rows, user_enrolments=[method(1)], enrol=INSTANCES, role=ROLES)
    assert said(folder)[1:] == [(2, "enrolment", "99", "not-enrolled"), (2, "access", "99")]


def test_roles_come_with_the_enrolment_or_later(tmp_path: Path) -> None:
    def role(id_: int, at: int, role_id: int) -> dict[str, Any]:
        return log(id_, "role_assigned", at, objectid=role_id, relateduserid=7)

    rows = [enrolled(1, 1, 1), role(2, 1, 4), role(3, 5, 5)]
    folder = export(tmp_path, rows, user_enrolments=[method(1)], enrol=INSTANCES, role=ROLES)
    assert said(folder) == [(1, "enrolment", "7", "teacher"), (5, "enrolment", "7", "student")]


def test_without_role_tables_an_enrolment_has_no_role(tmp_path: Path) -> None:
    assert said(export(tmp_path, [enrolled(1, 1, 1)], user_enrolments=[method(1)])) == [(1, "enrolment", "7")]


def test_an_enrolment_older_than_the_log_comes_from_its_row(tmp_path: Path) -> None:
    rows = [log(9, "course_viewed", 50, userid=7)]
    folder = export(tmp_path, rows, user_enrolments=[method(1)], enrol=INSTANCES, role=ROLES)
    assert said(folder) == [(0, "enrolment", "7", "student"), (50, "access", "7")]


def test_an_enrolment_that_has_ended_ends(tmp_path: Path) -> None:
    rows = [enrolled(1, 1, 1), log(2, "course_viewed", 50, userid=7)]
    ending = [method(1, timestart=T + 10, timeend=T + 40)]
    folder = export(tmp_path, rows, user_enrolments=ending, enrol=INSTANCES, role=ROLES)
    until = (T + 40) * 1_000_000
    assert said(folder) == [(10, "enrolment", "7", "student", until), (40, "unenrolment", "7"), (50, "access", "7")]


def test_a_deleted_user_is_unenrolled(tmp_path: Path) -> None:
    rows = [enrolled(1, 1, 1), log(2, "user_deleted", 5, courseid=0, contextlevel=30, objectid=7, relateduserid=7)]
    assert said(export(tmp_path, rows, enrol=INSTANCES))[-1] == (5, "unenrolment", "7")


# --- reading ----------------------------------------------------------------------------------------


def test_it_goes_on_from_any_cursor(tmp_path: Path) -> None:
    folder = export(tmp_path, [log(id_, "course_viewed", id_, userid=7) for id_ in range(1, 8)])
    first = MoodleExport(folder).read(None, 3)
    assert (len(first.items), first.more, first.ended) == (3, True, False)
    rest = MoodleExport(folder).read(first.cursor, 99)
    assert [item.id for item in rest.items if isinstance(item, Event)] == ["log:4", "log:5", "log:6", "log:7"]
    assert (rest.more, rest.ended) == (False, True)


def test_csv_and_json_lines_give_the_same_events(tmp_path: Path) -> None:
    rows = [
        enrolled(1, 1, 1),
        module(2, "course_module_completion_updated", 2, relateduserid=7, other='{"completionstate":1}'),
    ]
    user = {"id": 7, "firstname": "Zoé", "lastname": 'Roy, dite "Z"', "city": "Dijon\nOuest", "timezone": "99"}
    folder = export(tmp_path / "a", rows, user_enrolments=[method(1)], enrol=INSTANCES, role=ROLES, user=[user])
    assert items(as_csv(folder, tmp_path / "b")) == items(folder)


# --- a real site ------------------------------------------------------------------------------------

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "moodle" / "tables"
recorded_site = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded site is not at hand")


@pytest.fixture(scope="module")
def recorded() -> list[Event]:
    with events_in_order([f"moodle-export:{RECORDED}"]) as events:
        found = list(events)
    assert events.bad == []
    return found


def of(events: list[Event], learner: int, *kinds: str, activity: int | None = None) -> list[Item]:
    return [
        (event.id, *event.fields.values())
        for event in events
        if event.learner == str(learner)
        and event.kind in kinds
        and (activity is None or event.fields.get("activity") == str(activity))
    ]


@recorded_site
def test_recorded_csv_and_json_lines_agree(recorded: list[Event], tmp_path: Path) -> None:
    for path in RECORDED.glob("*.csv"):
        (tmp_path / path.name).symlink_to(path)
    with events_in_order([f"moodle-export:{tmp_path}"]) as events:
        assert list(events) == recorded


@recorded_site
def test_recorded_enrolments(recorded: list[Event]) -> None:
    kinds = ("enrolment", "unenrolment", "suspension", "resumption")
    roles = [event.fields["role"] for event in recorded if event.kind == "enrolment"]
    assert {role: roles.count(role) for role in set(roles)} == {
        "student": 45,
        "disabled-method": 5,
        "editingteacher": 2,
    }
    assert of(recorded, 3, *kinds) == [("log:137", "student")]
    assert of(recorded, 41, *kinds) == [("log:213", "student"), ("log:596",), ("log:605",)]
    assert [event.kind for event in recorded if event.id in ("log:596", "log:605")] == ["suspension", "resumption"]
    assert of(recorded, 42, *kinds) == [("log:215", "student"), ("log:598",)]
    assert of(recorded, 51, *kinds) == [("log:653", "student"), ("log:712",)]
    for learner in range(43, 48):
        assert [fields for _, *fields in of(recorded, learner, *kinds)] == [["disabled-method"]]
    for learner, id_ in ((48, 647), (49, 649), (50, 651), (52, 655)):
        assert of(recorded, learner, *kinds) == [(f"log:{id_}", "student")]


@recorded_site
def test_recorded_results(recorded: list[Event]) -> None:
    quiz = {learner: of(recorded, learner, "completion", activity=1) for learner in (8, 9, 10)}
    assert quiz[8] == [("log:368", "1", "failed"), ("log:403", "1", "passed")]
    assert [one[2] for one in quiz[9] + quiz[10]] == ["failed", "failed"]
    # a manual completion, undone; and undone only to be done again
    assert of(recorded, 8, "completion", activity=4) == [("log:568", "4", "complete"), ("log:570", "4", "incomplete")]
    assert [one[2] for one in of(recorded, 4, "completion", activity=4)] == ["complete", "incomplete", "complete"]
    # a teacher's override counts for the learner, not for the teacher
    assert of(recorded, 23, "completion", activity=2) == [("log:595", "2", "complete")]
    assert of(recorded, 53, "completion", "viewing", "access") == []
    assert of(recorded, 48, "completion", activity=4) == [("log:771", "4", "complete")]


@recorded_site
def test_recorded_grades_groups_and_dates(recorded: list[Event]) -> None:
    assert of(recorded, 3, "grade") == [("log:344", "1", 10.0, 10.0), ("log:536", "5", 78.0, 100.0)]
    assert of(recorded, 22, "group")[-1] == ("log:604", "2", False)
    dates = {event.id: event.fields["at"] // 1_000_000 for event in recorded if event.kind == "date"}
    assert dates == {"course:2:start": 1791842400, "course:2:end": 1797634740, "module:2:deadline": 1795172400}
    assert {event.course for event in recorded} == {None, "PLAN1"}


@recorded_site
def test_recorded_zones(recorded: list[Event]) -> None:
    zones = {event.learner: event.fields["user"].get("timezone") for event in recorded if event.kind == "profile"}
    assert [zones[learner] for learner in ("3", "5", "6", "7", "8")] == [
        None,
        "Indian/Reunion",
        "Pacific/Noumea",
        "America/Martinique",
        "Pacific/Auckland",
    ]
