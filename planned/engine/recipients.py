"""Who a message goes to, as far as the facts know (section 2.4, reading 37)."""

from __future__ import annotations

from collections.abc import Iterable

from planned.check.graph import Who
from planned.engine.state import Person, Reach, State


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


def reachable(state: State, to: Iterable[str], channel: str) -> bool:
    """Whether a message by this channel reaches one of its recipients at least (`no-address`, section 5)."""
    reach = state.reach
    if reach is None or channel not in reach.addressed:
        return True
    return any(_has_address(state, reach, word) for word in to)


def _has_address(state: State, reach: Reach, word: str) -> bool:
    if word.startswith("contact:"):
        return word.removeprefix("contact:") in reach.contacts
    person = state.people.get(word)
    return person is not None and bool(person.profile.get("email"))


def have_left(state: State, to: Iterable[str], topic: str) -> bool:
    """Whether all recipients are known to have unsubscribed from the topic (`opted-out`, section 5)."""
    return bool(state.left) and all(_has_left(state, word, topic) for word in to)


def _has_left(state: State, word: str, topic: str) -> bool:
    person = state.people.get(word)
    address = str((person.profile.get("email") if person is not None else None) or word).strip().lower()
    return (address, topic) in state.left or (address, "") in state.left


def sender(who: Who) -> str:
    return f"contact:{who.name}" if who.kind == "contact" else who.kind
