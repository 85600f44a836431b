"""One vendor, one place; and the contracts between the packages, as `make check` holds them, hold here too."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "planned"

# Who imports a vendor or driver. A new name here is a decision: it belongs in docs/decisions/.
VENDORS = {
    "lark": "syntax/from_text",
    "apscheduler": "runtime/alarms",
    "pygls": "lsp/",
    "lsprotocol": "lsp/",
    "pygments": "lsp/lexer",
    "smtplib": "channels/smtp",
    "dkim": "channels/dkim",
    "idna": "channels/address",
    "sqlite3": "store/sqlite",
    "psycopg": "store/postgres",
    "sqlalchemy": "store/postgres",
    "dbos": "runtime/cluster",
    "zoneinfo": "zones",
    "tzdata": "zones",
}


@cache
def imports_of(path: Path) -> set[str]:
    """Top-level names of all that a file imports, inside functions too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize(("vendor", "home"), VENDORS.items())
def test_a_vendor_is_imported_in_one_place(vendor: str, home: str) -> None:
    users = {
        path.relative_to(PACKAGE).with_suffix("").as_posix()
        for path in PACKAGE.rglob("*.py")
        if vendor in imports_of(path)
    }
    assert {user for user in users if not user.startswith(home)} == set()


def test_the_clock_is_read_in_one_place() -> None:
    reads = (".now(", "date.today(", "time.time(", "time.time_ns(", "time.monotonic(", "clock_gettime(", "utcnow(")
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(call in path.read_text(encoding="utf-8") for call in ("datetime" + reads[0], *reads[1:]))
    }
    assert users <= {"runtime/clock.py"}


def test_arrows_between_packages_point_down() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_folder_of_the_package_is_shipped() -> None:
    """setuptools is given the list of packages; one that is forgotten would be missing from the wheel only."""
    import_names = {
        ".".join(("planned", *path.parent.relative_to(PACKAGE).parts)) for path in PACKAGE.rglob("__init__.py")
    }
    import_names.add("planned.grammar")
    listed = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert {name for name in import_names if f'"{name}"' not in listed} == set()
