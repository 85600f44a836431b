"""Settings with which no engine should start: it says what is wrong in words, changes nothing, and ends."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from planned.store.opening import open_store
from tests.badinput.running import Ran, rule, run, run_apart, written
from tests.postgres import Server

BAD = {
    "secret inline": ('[channels.email]\nto = "smtp://h:25"\npassword = "s3cret"\n', "env:NAME"),
    "secret that is not there": (
        '[channels.email]\nto = "smtp://h:25"\npassword = "env:PLANNED_NO_SUCH"\n',
        "PLANNED_NO_SUCH",
    ),
    "unknown key": ('timezon = "Europe/Paris"\n', "did you mean 'timezone'"),
    "unknown key of a table": ('[mail]\nfrm = "a@b.example"\n', "did you mean 'from'"),
    "unknown zone": ('timezone = "Europe/Pariss"\n', "did you mean Europe/Paris"),
    "wrong type": ('poll_seconds = "often"\n', "poll_seconds"),
    "no TOML": ("rules = [\n", "not TOML"),
    "Latin-1": ("# é\n", "not TOML"),
    "unknown channel": ('channels = {email = "pigeon:loft"}\n', "pigeon"),
    "unknown source": ('sources = ["carrier:x"]\nchannels = {email = "console"}\n', "jsonl"),
    "unknown store": ('store = "cloud:x"\nchannels = {email = "console"}\n', "sqlite:///"),
    "store in no directory": ('store = "sqlite:///none/x.sqlite"\nchannels = {email = "console"}\n', "no directory"),
}


def start(folder: Path, settings: str | bytes, *more: str | Path) -> Ran:
    config = folder / "planned.toml"
    config.write_bytes(settings if isinstance(settings, bytes) else settings.encode("latin-1"))
    return run_apart("run", written(folder, rule()), "--once", "--config", config, *more)


@pytest.mark.parametrize("case", BAD)
def test_it_is_said_and_nothing_starts(case: str, tmp_path: Path) -> None:
    settings, said = BAD[case]
    ran = start(tmp_path, settings, *(() if "store" in settings else ("--store", f"sqlite:///{tmp_path / 's.sqlite'}")))
    assert ran.code in (2, 3)
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert "s3cret" not in ran.out + ran.err
    assert not (tmp_path / "s.sqlite").exists()


def test_a_settings_file_that_cannot_be_read(tmp_path: Path) -> None:
    ran = run_apart("run", written(tmp_path, rule()), "--once", "--config", tmp_path)
    assert ran.code in (2, 3)
    assert str(tmp_path) in ran.err
    assert "Traceback" not in ran.err


def test_a_newer_store_in_postgresql_is_refused_and_left_alone(tmp_path: Path, postgres: Server) -> None:
    name = postgres.database()
    open_store(postgres.address(name)).close()
    postgres.execute("UPDATE planned.store SET version = 999", name)
    ran = start(tmp_path, 'channels = {email = "console"}\n', "--store", postgres.address(name))
    assert ran.code == 3
    assert "newer version" in ran.err
    assert "Traceback" not in ran.err
    assert postgres.execute("SELECT version FROM planned.store", name) == [(999,)]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[channels.email]\nto = "smtp://h:25"\npassword = "file:none"\n', "cannot read the file none"),
        ('rules = "none.rules"\nchannels = {email = "console"}\n', "none.rules"),
        ('sources = ["jsonl:none.jsonl"]\nchannels = {email = "console"}\n', "no such file: jsonl:none.jsonl"),
    ],
)
def test_a_file_that_is_named_and_cannot_be_read_is_said(settings: str, said: str, tmp_path: Path) -> None:
    config = tmp_path / "planned.toml"
    config.write_text(settings)
    paths = [] if "rules" in settings else [written(tmp_path, rule())]
    ran = run("run", *paths, "--once", "--config", config, "--store", f"sqlite:///{tmp_path / 's.sqlite'}")
    assert ran.code in (2, 3)
    assert said in ran.out + ran.err


def test_a_newer_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA user_version = 999")
    db.close()
    before = path.read_bytes()
    ran = start(tmp_path, 'channels = {email = "console"}\n', "--store", f"sqlite:///{path}")
    assert ran.code == 3
    assert "newer version" in ran.err
    assert "Traceback" not in ran.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"no database at all\n" * 100], ids=["empty", "text"])
def test_a_store_that_is_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.sqlite"
    path.write_bytes(content)
    ran = start(tmp_path, 'channels = {email = "console"}\n', "--store", f"sqlite:///{path}")
    assert ran.code == (3 if content else 0)
    assert "Traceback" not in ran.err


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    ran = start(
        tmp_path, f'channels = {{email = "maildir:{blocked}/mail"}}\n', "--store", f"sqlite:///{tmp_path / 's'}"
    )
    assert ran.code in (0, 2, 3)
    assert "Traceback" not in ran.err
