"""An event that cannot count, and why, in words for whoever sends events: the unit of the quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planned.diagnostics import Language, Message, Severity

EXCERPT = 200
"""Characters of the raw line that are shown."""
KEPT = 1 << 16
"""Bytes or characters of a line that is kept whole."""


@dataclass(frozen=True, slots=True)
class BadEvent:
    """`where` is the place it came from (`events.jsonl:12`), `raw` an excerpt of what stood there, safe to print.

    `line` is all that stood there, where it can be read again and is not too long; what is not UTF-8 stands in it as
    half characters (`surrogateescape`).
    """

    message: Message
    where: str
    raw: str
    args: Mapping[str, object] = field(default_factory=dict)
    line: str | None = None

    @property
    def reason(self) -> str:
        """The reason's code, such as `bad-time`."""
        return self.message.name

    def text(self, language: Language = "en") -> str:
        """What is wrong, in one sentence."""
        return (self.message.fr if language == "fr" else self.message.en).format_map(self.args)

    def help(self, language: Language = "en") -> str:
        """What to do about it, in one sentence."""
        return (self.message.help_fr if language == "fr" else self.message.help_en).format_map(self.args)


class RefusedError(Exception):
    """Ends the checks of a decoder at the first thing that is wrong; never leaves the decoder."""

    def __init__(self, message: Message, **args: object) -> None:
        super().__init__(message.name)
        self.message = message
        self.values = args


def excerpt(line: bytes | str) -> str:
    """The first characters of a line, with whatever cannot be printed replaced by `?`."""
    text = line[: 4 * EXCERPT].decode("utf-8", "replace") if isinstance(line, bytes) else line
    text = text[:EXCERPT].strip()
    return "".join(char if char.isprintable() else "?" for char in text)


def kept(line: bytes | str) -> str | None:
    """A line to be read again some day; None if it is too long for that."""
    if len(line) > KEPT:
        return None
    return line if isinstance(line, str) else line.decode("utf-8", "surrogateescape")


def _reason(name: str, en: str, fr: str, help_en: str, help_fr: str) -> Message:
    return Message(name, Severity.ERROR, en, fr, help_en, help_fr)


TOO_LONG = _reason(
    "too-long",
    "The line is longer than the {limit} bytes that an event may have.",
    "La ligne dépasse les {limit} octets qu'un événement peut compter.",
    "Write one JSON object a line.",
    "Écrivez un objet JSON par ligne.",
)
NOT_UTF8 = _reason(
    "not-utf8",
    "The line is not UTF-8 text.",
    "La ligne n'est pas du texte UTF-8.",
    "Save the file as UTF-8; the line may also have been cut in the middle of a character.",
    "Enregistrez le fichier en UTF-8 ; la ligne a peut-être aussi été coupée au milieu d'un caractère.",
)
NOT_JSON = _reason(
    "not-json",
    "The line is not a JSON object (from column {column}).",
    "La ligne n'est pas un objet JSON (à partir de la colonne {column}).",
    'An event is one line such as {{"id": "e1", "time": "2026-09-03T14:10:00+02:00", "kind": "access", …}}.',
    'Un événement est une ligne comme {{"id": "e1", "time": "2026-09-03T14:10:00+02:00", "kind": "access", …}}.',
)
TOO_DEEP = _reason(
    "too-deep",
    "The object is nested more than {limit} levels deep.",
    "L'objet a plus de {limit} niveaux d'imbrication.",
    "Send flatter data.",
    "Envoyez des données moins imbriquées.",
)
TOO_MANY = _reason(
    "too-many-values",
    "The object has more than {limit} values.",
    "L'objet a plus de {limit} valeurs.",
    "Send only what rules and messages use.",
    "N'envoyez que ce dont les règles et les messages se servent.",
)
DUPLICATE_KEY = _reason(
    "duplicate-key",
    "“{key}” stands twice in the object.",
    "« {key} » figure deux fois dans l'objet.",
    "Keep one of the two: which one counts cannot be known.",
    "Gardez l'un des deux : rien ne dit lequel compte.",
)
BAD_NUMBER = _reason(
    "bad-number",
    "{value} is not a number that can be kept.",
    "{value} n'est pas un nombre qui puisse être conservé.",
    "Numbers are finite and integers lie between -2^63 and 2^63-1; write a longer number as text.",
    "Les nombres sont finis et les entiers compris entre -2^63 et 2^63-1 ; écrivez un nombre plus long comme un texte.",
)
BAD_CHARACTER = _reason(
    "bad-character",
    "“{key}” has a character that cannot be kept ({char}).",
    "« {key} » contient un caractère qui ne peut pas être conservé ({char}).",
    "Remove the character.",
    "Supprimez ce caractère.",
)
MISSING = _reason(
    "missing-field",
    "“{key}” is missing.",
    "« {key} » manque.",
    "Every event of kind {kind} has one.",
    "Tout événement de type {kind} en a un.",
)
WRONG_TYPE = _reason(
    "wrong-type",
    "“{key}” must be {wanted_en}.",
    "« {key} » doit être {wanted_fr}.",
    "Correct it where the events are written.",
    "Corrigez-le là où les événements sont écrits.",
)
EMPTY = _reason(
    "empty-name",
    "“{key}” is empty.",
    "« {key} » est vide.",
    "Give the name or the id.",
    "Indiquez le nom ou l'identifiant.",
)
LONG_NAME = _reason(
    "long-name",
    "“{key}” is longer than {limit} characters.",
    "« {key} » dépasse {limit} caractères.",
    "Use an id instead of a text.",
    "Employez un identifiant au lieu d'un texte.",
)
BAD_TIME = _reason(
    "bad-time",
    "“{key}” is not a time: {value}",
    "« {key} » n'est pas une date et heure : {value}",
    "Write it with its offset, as 2026-09-03T14:10:00+02:00 or 2026-09-03T12:10:00Z.",
    "Écrivez-la avec son décalage, comme 2026-09-03T14:10:00+02:00 ou 2026-09-03T12:10:00Z.",
)
NO_OFFSET = _reason(
    "no-offset",
    "“{key}” has no offset from UTC: {value}",
    "« {key} » n'a pas de décalage par rapport à UTC : {value}",
    "Add it, as in 2026-09-03T14:10:00+02:00.",
    "Ajoutez-le, comme dans 2026-09-03T14:10:00+02:00.",
)
LEAP_SECOND = _reason(
    "leap-second",
    "“{key}” is a leap second, which has no place in the calendar: {value}",
    "« {key} » est une seconde intercalaire, qui n'a pas de place dans le calendrier : {value}",
    "Write the second before it, 59.",
    "Écrivez la seconde qui précède, 59.",
)
TIME_RANGE = _reason(
    "time-out-of-range",
    "“{key}” lies outside 1970–2100: {value}",
    "« {key} » n'est pas compris entre 1970 et 2100 : {value}",
    "Correct the year; seconds and milliseconds are often confused.",
    "Corrigez l'année ; on confond souvent secondes et millisecondes.",
)
UNKNOWN_STATE = _reason(
    "unknown-state",
    "“{value}” is not a state of completion.",
    "« {value} » n'est pas un état d'achèvement.",
    "Use complete, passed, failed or incomplete.",
    "Employez complete, passed, failed ou incomplete.",
)
UNKNOWN_ZONE = _reason(
    "unknown-zone",
    "“{value}” is not a time zone.",
    "« {value} » n'est pas un fuseau horaire.",
    "Use a name such as Europe/Paris, with its capitals, or leave it out.",
    "Employez un nom comme Europe/Paris, majuscules comprises, ou ne mettez rien.",
)
ID_CLASH = _reason(
    "id-clash",
    "The id “{id}” was already used by another event.",
    "L'identifiant « {id} » a déjà servi à un autre événement.",
    "The first one counts; give this one an id of its own.",
    "Le premier compte ; donnez à celui-ci un identifiant à lui.",
)
AHEAD = _reason(
    "ahead-of-time",
    "The event lies more than 10 minutes in the future.",
    "L'événement est daté de plus de 10 minutes dans le futur.",
    "Set the clock of the system that sends it; it can be replayed afterwards.",
    "Mettez à l'heure l'horloge du système qui l'envoie ; il pourra être rejoué ensuite.",
)
ENGINE_ERROR = _reason(
    "engine-error",
    "The engine broke on the event: a mistake in planned, not in the event.",
    "L'événement a fait échouer le moteur : une erreur de planned, pas de l'événement.",
    "Report it with the log's line “event failed”; replay it with a version in which it is mended.",
    "Signalez-le avec la ligne « event failed » du journal ; rejouez-le avec une version corrigée.",
)
NO_STATE = _reason(
    "no-state",
    "The completion has no state, and none is recorded for learner {learner} and activity {activity}.",
    "L'achèvement n'a pas d'état, et aucun n'est enregistré pour l'apprenant {learner} et l'activité {activity}.",
    "Export the table mdl_course_modules_completion, too.",
    "Exportez aussi la table mdl_course_modules_completion.",
)
NOBODY = _reason(
    "missing-learner",
    "It is not said who this is: “learner” is missing or empty.",
    "Il n'est pas dit de qui il s'agit : « learner » manque ou est vide.",
    "A people file has a column “learner” (or “id”) with the name that events have.",
    "Un fichier de personnes a une colonne « learner » (ou « id »), avec le nom que portent les événements.",
)
BAD_ROW = _reason(
    "bad-row",
    "The row of {table} cannot be read: {value}",
    "La ligne de {table} n'est pas lisible : {value}",
    "Export the table again, as JSON lines or CSV with a heading.",
    "Exportez de nouveau la table, en JSON Lines ou en CSV avec un en-tête.",
)
