"""Two rules that reach the same learner at the same moment.

The rules are played for up to a year on imagined learners, one for each rule and each of them twice, with other days
and hours. What comes together both times does so always. Quiet times are left out: what they gather may come together.

Up to a hundred rules are played; in more, this is not looked for.

Wrong:

    rule r after completion of Quiz1 wait 3 days at 09:00 send "Lesson 2 is waiting."
    rule s after completion of Quiz1 wait 3 days at 09:00 send "How was the quiz?"

Right:

    rule r after completion of Quiz1 wait 3 days at 09:00 send "Lesson 2 is waiting."
    rule s after completion of Quiz1 wait 5 days at 09:00 send "How was the quiz?"

---
Deux règles qui atteignent le même apprenant au même moment.

Les règles sont jouées jusqu'à un an sur des apprenants imaginés, un par règle, et chacun deux fois, à d'autres jours et
d'autres heures. Ce qui arrive ensemble les deux fois arrive toujours ensemble. Les silences ne comptent pas : ce qu'ils
rassemblent peut arriver ensemble.

Ce contrôle porte sur cent règles au plus ; au-delà, il ne se fait pas.

Faux :

    règle r après l'achèvement de Quiz1 attendre 3 jours à 9h envoyer "La leçon 2 vous attend."
    règle s après l'achèvement de Quiz1 attendre 3 jours à 9h envoyer "Comment était le quiz ?"

Juste :

    règle r après l'achèvement de Quiz1 attendre 3 jours à 9h envoyer "La leçon 2 vous attend."
    règle s après l'achèvement de Quiz1 attendre 5 jours à 9h envoyer "Comment était le quiz ?"
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.lints.duplicate_name import head_of
from planned.check.lints.duplicate_rule import check as duplicates
from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity, Span

NAME = "same-instant"
NEEDS = ("foreseen",)

TOGETHER = Message(
    NAME,
    Severity.WARNING,
    "This and {other} reach the same learner at the same moment.",
    "Cette règle et {other} écrivent au même apprenant au même moment.",
    "Let one of them wait longer, or make one message of the two.",
    "Faites attendre l'une des deux plus longtemps, ou réunissez les deux messages.",
)
OTHER = Message(NAME, Severity.INFO, "The other one.", "L'autre.")


def check(subject: Subject) -> Iterator[Diagnostic]:
    assert subject.known.foreseen is not None
    places = {(placed.course, placed.name): placed for placed in subject.survey.rules}
    same = {frozenset((one.span, one.related[0][0])) for one in duplicates(subject)}
    told: set[Span] = set()
    for meeting in subject.known.foreseen.meetings:
        first, second = places.get(meeting.first), places.get(meeting.second)
        if first is None or second is None or head_of(second) in told:
            continue
        if frozenset((head_of(first), head_of(second))) not in same:  # the same message twice is said to be one
            told.add(head_of(second))
            yield Diagnostic(TOGETHER, head_of(second), {"other": first.name}, ((head_of(first), OTHER),))
