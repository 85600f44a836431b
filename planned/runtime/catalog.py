"""The platform's catalogue from a file, JSON or TOML, as `planned catalog` writes it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from planned.check.known import Catalog, CatalogActivity, CatalogCourse


class CatalogError(Exception):
    """The catalogue cannot be used; the text says why."""


def load_catalog(path: Path) -> Catalog:
    """Raises CatalogError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        loads = tomllib.loads if path.suffix == ".toml" else json.loads
        table = loads(text, parse_float=Decimal)
    except OSError as error:
        raise CatalogError(f"cannot read the catalogue {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        kind = "TOML" if path.suffix == ".toml" else "JSON"
        raise CatalogError(f"the catalogue {path} is not {kind}: {error}") from error
    try:
        return catalog_of(table)
    except _WrongError as error:
        raise CatalogError(f"the catalogue {path}: {error}") from None


class _WrongError(Exception):
    pass


def catalog_of(table: object) -> Catalog:
    courses = [_course(one, f"courses[{n}]") for n, one in enumerate(_list(_table(table, "it"), "courses", "courses"))]
    return Catalog(
        courses={one.id: one for one in courses},
        roles=_names(_table(table, "it"), "roles"),
        events=_names(_table(table, "it"), "events"),
    )


def _course(value: object, where: str) -> CatalogCourse:
    table = _table(value, where)
    activities = [_activity(one, f"{where}.activities[{n}]") for n, one in enumerate(_list(table, "activities", where))]
    groups = [_table(one, f"{where}.groups[{n}]") for n, one in enumerate(_list(table, "groups", where))]
    return CatalogCourse(
        id=_text(table, "id", where),
        activities={one.id: one for one in activities},
        groups={_text(one, "id", f"{where}.groups"): str(one.get("name", one["id"])) for one in groups},
    )


def _activity(value: object, where: str) -> CatalogActivity:
    table = _table(value, where)
    most = table.get("grade_max")
    if most is not None and (isinstance(most, bool) or not isinstance(most, int | Decimal)):
        raise _WrongError(f"{where}.grade_max is no number")
    for key in ("tracked", "graded"):
        if not isinstance(table.get(key), bool | None):
            raise _WrongError(f"{where}.{key} is neither true nor false")
    id = _text(table, "id", where)
    return CatalogActivity(
        id=id,
        name=str(table.get("name", id)),
        grade_max=None if most is None else Decimal(most),
        tracked=table.get("tracked"),
        graded=table.get("graded"),
    )


def _table(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _WrongError(f"{where} is no table of names and values")
    return value


def _list(table: Mapping[str, Any], key: str, where: str) -> list[object]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise _WrongError(f"{where}: {key} is no list")
    return value


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
        raise _WrongError(f"{where} has no {key}")
    return str(value)


def _names(table: Mapping[str, Any], key: str) -> frozenset[str] | None:
    if key not in table:
        return None
    return frozenset(str(one) for one in _list(table, key, "it"))
