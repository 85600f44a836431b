"""When an engine could look at what is due, where it could not always: what follows then is in 4.4 and 4.6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Noticing:
    """`asleep`: from when on (included) and until when (excluded) nothing was decided, except for those `reached`."""

    asleep: tuple[tuple[datetime, datetime], ...] = ()
    reached: frozenset[tuple[str, datetime]] = frozenset()

    def looks(self, learner: str, at: datetime) -> bool:
        return (learner, at) in self.reached or not any(first <= at < end for first, end in self.asleep)

    def moments(self) -> list[datetime]:
        """When what was due before may be decided."""
        return [*(end for _, end in self.asleep), *(at for _, at in self.reached)]


ALWAYS = Noticing()
