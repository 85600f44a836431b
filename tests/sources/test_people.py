"""People files are profiles."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from planned.engine.bad_event import BadEvent
from planned.sources.people import START, PeopleFile, people
from planned.testing import check_source

USER = {"firstname": "Zoé", "timezone": "Europe/Paris", "profile": {"promo": "2026"}}


def read(path: Path, text: str) -> list[Any]:
    path.write_text(text, encoding="utf-8")
    return [
        item.reason if isinstance(item, BadEvent) else (item.id, item.learner, item.fields["user"])
        for item in people(path)
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.jsonl", json.dumps({"learner": "zoe", "user": USER})),
        ("p.jsonl", '{"learner": "zoe", "firstname": "Zoé", "timezone": "Europe/Paris", "promo": "2026"}\n\n'),
        ("p.csv", "learner,firstname,timezone,city,promo\nzoe,Zoé,Europe/Paris,,2026\n"),
        ("p.csv", "\ufefflearner;firstname;timezone;profile.promo\nzoe;Zoé;Europe/Paris;2026\n"),
        ("p.csv", 'learner,firstname,timezone,profile_field_promo\n"zoe","Zoé",Europe/Paris,2026'),
    ],
)
def test_each_way_of_writing_gives_the_same_profile(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path / name, text) == [("people:zoe", "zoe", USER)]


def test_the_id_serves_where_no_learner_is_named(tmp_path: Path) -> None:
    assert read(tmp_path / "p.csv", "id,city\nzoe,Dijon\n") == [("people:zoe", "zoe", {"id": "zoe", "city": "Dijon"})]


def test_a_cell_may_have_line_breaks(tmp_path: Path) -> None:
    assert read(tmp_path / "p.csv", 'learner,city\nzoe,"Dijon\nOuest"\n')[0][2] == {"city": "Dijon\nOuest"}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("p.jsonl", "{", "not-json"),
        ("p.jsonl", "[]", "not-json"),
        ("p.jsonl", '{"firstname": "Zoé"}', "missing-learner"),
        ("p.jsonl", '{"learner": "zoe", "timezone": "Paris"}', "unknown-zone"),
        ("p.jsonl", '{"learner": 3, "city": "Dijon"}', "wrong-type"),
        ("p.csv", "learner,timezone\nzoe,Paris\n", "unknown-zone"),
        ("p.csv", "name\nzoe\n", "missing-learner"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, text: str, reason: str) -> None:
    assert read(tmp_path / name, text) == [reason]


def test_latin_1_is_no_reason_to_fall_over(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes("learner,firstname\nzoe,Zoé\n".encode("latin-1"))
    assert [item.reason for item in people(path) if isinstance(item, BadEvent)] == ["bad-character"]


def test_as_a_source_it_keeps_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("learner,city\na,Dijon\nb,Lyon\nc,Brest\n", encoding="utf-8")
    check_source(PeopleFile(path))


def test_as_a_source_it_gives_everybody_again_when_the_file_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("learner,city\nzoe,Dijon\n", encoding="utf-8")
    source = PeopleFile(path)
    first = source.read(None, 10)
    assert [(one.id, _time(one)) for one in first.items] == [("people:zoe", datetime.fromisoformat(START))]
    assert not source.read(first.cursor, 10).items
    path.write_text("learner,city\nzoe,Lyon\n", encoding="utf-8")
    os.utime(path, (1_788_300_000, 1_788_300_000))
    second = source.read(first.cursor, 10)
    assert [(_time(one).timestamp(), one.fields["user"]) for one in second.items] == [(1_788_300_000, {"city": "Lyon"})]
    assert second.items[0].id != first.items[0].id


def _time(one: Any) -> datetime:
    return datetime.fromtimestamp(one.time / 1e6, tz=datetime.fromisoformat(START).tzinfo)
