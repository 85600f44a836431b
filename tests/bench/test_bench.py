"""Every benchmark runs, in a tiny setting, and prints its ratio; what the ratios are is `make bench`'s business."""

import re

import pytest

from tests.bench.__main__ import BENCHES, measure


@pytest.mark.parametrize("name", BENCHES)
def test_it_runs_and_prints_its_ratio(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    measure([name], "tiny")
    ratios = re.findall(r"ratio (\d+\.\d+) (?:×|ms|MB)", capsys.readouterr().out)
    assert ratios
    assert all(float(ratio) > 0 for ratio in ratios)
