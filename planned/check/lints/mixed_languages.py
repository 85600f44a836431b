"""A file with keywords of both languages.

Both are understood everywhere, but a file in two languages is hard to read, and to print. The file's language is the
declared one, else that of its first keyword; the first keyword of the other is underlined. The line `language fr`
itself may stand in any file, and a file all of whose keywords are of one language is not flagged, whatever it
declares.

    après achèvement de Quiz1 send "Bravo !"
    après achèvement de Quiz1 envoyer "Bravo !"
"""

from __future__ import annotations

from collections.abc import Iterator

from planned.check.subject import Subject
from planned.diagnostics import Diagnostic, Message, Severity

NAME = "mixed-languages"

IN_ENGLISH = Message(
    NAME,
    Severity.WARNING,
    "This keyword is French; the file is in English.",
    "Ce mot-clé est en français ; le fichier est en anglais.",
    "Write all keywords in one language; a French file begins with `langue fr`.",
    "Écrivez tous les mots-clés dans une seule langue ; un fichier en français commence par `langue fr`.",
)
IN_FRENCH = Message(
    NAME,
    Severity.WARNING,
    "This keyword is English; the file is in French.",
    "Ce mot-clé est en anglais ; le fichier est en français.",
    "Write all keywords in one language; an English file begins with `language en`.",
    "Écrivez tous les mots-clés dans une seule langue ; un fichier en anglais commence par `language en`.",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for one in subject.survey.files:
        if one.file.foreign is not None:
            yield Diagnostic(IN_FRENCH if one.file.language == "fr" else IN_ENGLISH, one.file.foreign)
