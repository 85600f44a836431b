"""Who a message goes to, as far as the facts know (section 2.4, reading 37)."""

from __future__ import annotations

from planned.check.graph import Who
from planned.engine.state import Person, State


def recipients(state: State, learner: Person, course: str, who: Who) -> tuple[str, ...]:
    """Ids of people; the word itself (`tutor`, `role:NAME`, `contact:NAME`) where nobody has named them."""
    match who.kind:
        case "learner":
            return (learner.id,)
        case "tutor":
            return (next(state.tutors(learner, course), "tutor"),)
        case "tutors":
            return tuple(state.tutors(learner, course)) or ("tutors",)
        case "manager":
            return (learner.profile.get("manager") or "manager",)
        case "role":
            found = state.courses[course].with_role(who.name) if course in state.courses else ()
            return tuple(found) or (f"role:{who.name}",)
        case "contact" | "noreply":
            return (sender(who),)


def sender(who: Who) -> str:
    return f"contact:{who.name}" if who.kind == "contact" else who.kind
