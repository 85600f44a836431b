"""PHP's own format, as old logs have it: scalars and arrays, nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planned.sources.php import unserialize


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"N;", None),
        (b"b:1;", True),
        (b"b:0;", False),
        (b"i:-12;", -12),
        (b"d:0.5;", 0.5),
        ('s:4:"Zoé";'.encode(), "Zoé"),
        (b's:3:"a";";', 'a";'),
        (b"a:0:{}", {}),
        (b'a:2:{s:15:"completionstate";i:2;i:0;a:1:{i:0;N;}}', {"completionstate": 2, 0: {0: None}}),
    ],
)
def test_scalars_and_arrays_are_read(data: bytes, value: Any) -> None:
    assert unserialize(data) == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"i:1",
        b"i:x;",
        b"i:1;i:2;",
        b's:3:"Zo";',
        b's:-1:"";',
        b's:999999999:"";',
        b"a:9999999:{}",
        b"a:1:{i:0;N;",
        b"a:1:{N;N;}",
        b'O:8:"stdClass":0:{}',
        b'C:1:"X":0:{}',
        b"R:1;",
        b"a:1:{i:0;" * 100_000,
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unserialize(data)


@given(st.binary(max_size=60))
def test_nothing_worse_than_a_refusal_happens(data: bytes) -> None:
    try:
        unserialize(data)
    except ValueError:
        return
