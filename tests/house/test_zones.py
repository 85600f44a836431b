"""Zone data come from one package, whatever the machine has; and how others find theirs is not touched."""

from __future__ import annotations

import subprocess
import sys
import zoneinfo
from datetime import datetime
from importlib.metadata import version as installed
from importlib.resources import files
from pathlib import Path

import pytest

from planned import zones


def test_zones_of_the_system_do_not_count(tmp_path: Path) -> None:
    """Where the system takes Paris for Tokyo, `planned` does not; a program that embeds it still gets the system's."""
    (tmp_path / "Europe").mkdir()
    tokyo = files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    (tmp_path / "Europe" / "Paris").write_bytes(tokyo)
    code = """
from datetime import datetime
from zoneinfo import ZoneInfo
from planned.engine.calendar import instant_of
print((instant_of(datetime(2026, 7, 1), "Europe/Paris") // 3_600_000_000) % 24)
print(ZoneInfo("Europe/Paris").utcoffset(datetime(2026, 7, 1)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONTZPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["22", "9:00:00"]


def test_a_zone_is_one_object_and_says_what_zoneinfo_says() -> None:
    assert zones.zone_of("Europe/Paris") is zones.zone_of("Europe/Paris")
    for name in ("Australia/Lord_Howe", "America/Montreal", "Etc/GMT+5"):
        for month in range(1, 13):
            moment = datetime(2027, month, 15, 12)  # noqa: DTZ001 - a wall clock
            assert zones.zone_of(name).utcoffset(moment) == zoneinfo.ZoneInfo(name).utcoffset(moment)
    assert zones.names() | {"Factory"} == zoneinfo.available_timezones()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/localtime", "europe/paris", "Europe", "Factory", "", "x\0y"]
)
def test_what_is_no_zone_is_no_path_either(name: str) -> None:
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        zones.zone_of(name)


def test_the_version_is_that_of_the_package() -> None:
    year, _, number = installed("tzdata").partition(".")
    assert zones.version() == year + "abcdefghijklmnopqrstuvwxyz"[int(number) - 1]
