"""What the tests of the lints know beside the files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planned.check.known import Catalog, CatalogActivity, CatalogCourse, Known

TODAY = date(2026, 11, 22)
ACTIVITIES = (
    CatalogActivity("12", "Quiz 1", Decimal(20), tracked=True, graded=True),
    CatalogActivity("14", "Page 1", None, tracked=False, graded=False),
)
CATALOG = Catalog(
    {"NUM101": CatalogCourse("NUM101", {one.id: one for one in ACTIVITIES}, {"7": "Matin"})},
    roles=frozenset({"student", "editingteacher"}),
    events=frozenset({"badge-ready"}),
)
KNOWN = Known(TODAY, CATALOG, frozenset({"email", "telegram"}), poll_seconds=600)
