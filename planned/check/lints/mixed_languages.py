"""A file with keywords of both languages.

Both are understood everywhere, but a file in two languages is hard to read, and to print. The file's language is the
declared one, else that of its first keyword; the first keyword of the other is underlined. The line `language fr`
itself may stand in any file, and a file all of whose keywords are of one language is not flagged, whatever it
declares.

Wrong:

    rule praise after completion of Quiz1 envoyer "Well done!"

Right:

    rule praise after completion of Quiz1 send "Well done!"

---
Un fichier avec des mots-clés des deux langues.

Les deux sont compris partout, mais un fichier en deux langues est pénible à lire, et à imprimer. La langue du fichier
est celle qu'il déclare, sinon celle de son premier mot-clé ; le premier mot-clé de l'autre langue est souligné. La
ligne `language en` peut figurer dans tout fichier, et un fichier dont tous les mots-clés sont d'une seule langue
n'est pas signalé, quoi qu'il déclare.

Faux :

    règle bravo après l'achèvement de Quiz1 send "Bravo !"

Juste :

    règle bravo après l'achèvement de Quiz1 envoyer "Bravo !"
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
