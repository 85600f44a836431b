"""What can be wrong with a message's text, in words for its author."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planned.diagnostics import Diagnostic, Language, Message, Severity, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateProblem:
    """One mistake in a text. Line and column count from 1 in the text as given, columns and length in characters.

    `replacement` is what to write instead of the underlined characters, if that can be guessed.
    """

    message: Message
    args: Mapping[str, object] = field(default_factory=dict)
    line: int = 1
    column: int = 1
    length: int = 1
    replacement: str | None = None

    def text(self, language: Language) -> str:
        """The sentence about it, without its place."""
        return Diagnostic(self.message, Span("", self.line, self.column, self.line, self.column), self.args).text(
            language
        )


def _error(name: str, en: str, fr: str, help_en: str = "", help_fr: str = "") -> Message:
    return Message(name, Severity.ERROR, en, fr, help_en, help_fr)


_MEANT_EN = "Did you mean {nearest}?"
_MEANT_FR = "Vouliez-vous dire {nearest} ?"

# Doubled braces are those that an author reads: every one of these messages is filled from arguments.

UNKNOWN_NAME = _error(
    "template-unknown-name",
    "{name} is not known in a message.",
    "{name} n'est pas connu dans un message.",
    "Known are: {known}.",
    "Sont connus : {known}.",
)
UNKNOWN_NAME_NEAR = _error(UNKNOWN_NAME.name, UNKNOWN_NAME.en, UNKNOWN_NAME.fr, _MEANT_EN, _MEANT_FR)
UNKNOWN_ATTRIBUTE = _error(
    "template-unknown-attribute",
    "{owner} has no {name}.",
    "{name} n'existe pas dans {owner}.",
    "It has: {known}.",
    "On y trouve : {known}.",
)
NO_ACTIVITY = _error(
    UNKNOWN_ATTRIBUTE.name,
    "No activity {name} is declared, so a message cannot name it.",
    "Aucune activité {name} n'est déclarée : un message ne peut pas la nommer.",
    "Write below the line of the course: activity {name}",
    "Écrivez sous la ligne du cours : activité {name}",
)
UNKNOWN_ATTRIBUTE_NEAR = _error(
    UNKNOWN_ATTRIBUTE.name, UNKNOWN_ATTRIBUTE.en, UNKNOWN_ATTRIBUTE.fr, _MEANT_EN, _MEANT_FR
)
NO_ATTRIBUTES = _error(
    UNKNOWN_ATTRIBUTE.name,
    "{owner} is a single value: nothing can follow it after a dot.",
    "{owner} est une valeur simple : rien ne peut la suivre après un point.",
    "Take out the dot and what follows it.",
    "Supprimez le point et ce qui le suit.",
)
UNKNOWN_FILTER = _error(
    "template-unknown-filter",
    "There is no filter {name}.",
    "Il n'y a pas de filtre {name}.",
    "The filters are: {known}.",
    "Les filtres sont : {known}.",
)
UNKNOWN_FILTER_NEAR = _error(UNKNOWN_FILTER.name, UNKNOWN_FILTER.en, UNKNOWN_FILTER.fr, _MEANT_EN, _MEANT_FR)
UNKNOWN_TEST = _error(
    "template-unknown-test",
    "A text cannot ask whether something is {name}.",
    "Un texte ne peut pas demander si quelque chose est {name}.",
    "After `is` may stand: {known}.",
    "Après `is` peuvent venir : {known}.",
)
BANNED = _error(
    "template-banned",
    "{what} is not allowed in a message.",
    "{what} n'est pas permis dans un message.",
    "A message has {{{{ name }}}}, filters such as {{{{ name|upper }}}}, {{% if … %}} and {{% for … %}}.",
    "Un message connaît {{{{ nom }}}}, des filtres comme {{{{ nom|upper }}}}, {{% if … %}} et {{% for … %}}.",
)
NOT_A_LIST = _error(
    "template-not-a-list",
    "{name} is not a list: {{% for %}} goes through lists only, such as user.groups.",
    "{name} n'est pas une liste : {{% for %}} ne parcourt que des listes, comme user.groups.",
)
NOT_TEXT = _error(
    "template-not-text",
    "{name} stands for several values; name one of them.",
    "{name} désigne plusieurs valeurs ; nommez-en une.",
    "For example {{{{ {example} }}}}.",
    "Par exemple {{{{ {example} }}}}.",
)
TOO_LONG = _error(
    "template-too-long",
    "This text is too long: {limit} KiB is the most.",
    "Ce texte est trop long : {limit} Kio au plus.",
    "Shorten it, or make two messages of it.",
    "Raccourcissez-le, ou faites-en deux messages.",
)
TOO_DEEP = _error(
    "template-too-deep",
    "This is nested too deeply: {limit} levels are the most.",
    "Ceci est trop imbriqué : {limit} niveaux au plus.",
    "Take a part of it out, into a message of its own.",
    "Sortez-en une partie, dans un message à part.",
)
TOO_COMPLEX = _error(
    "template-too-complex",
    "This is too long for one expression: {limit} words and signs are the most.",
    "C'est trop long pour une seule expression : {limit} mots et signes au plus.",
    "Divide it into several {{{{ … }}}}, one after the other.",
    "Partagez-la en plusieurs {{{{ … }}}}, l'un après l'autre.",
)
TOO_MANY = _error(
    "template-too-complex",
    "This text has too many {{{{ … }}}} and {{% … %}}: {limit} are the most.",
    "Ce texte a trop de {{{{ … }}}} et de {{% … %}} : {limit} au plus.",
    "Shorten it, or make two messages of it.",
    "Raccourcissez-le, ou faites-en deux messages.",
)
NOT_CLOSED = _error(
    "template-syntax",
    "{tag} is not closed: {closing} is missing.",
    "{tag} n'est pas fermé : il manque {closing}.",
    "Write {closing} where it ends.",
    "Écrivez {closing} là où cela se termine.",
)
NOT_OPEN = _error(
    "template-syntax",
    "{tag} closes nothing here.",
    "{tag} ne ferme rien ici.",
    "Take it out, or write above what it closes.",
    "Supprimez-le, ou écrivez plus haut ce qu'il ferme.",
)
UNKNOWN_TAG = _error(
    "template-syntax",
    "There is no {{% {name} %}}.",
    "Il n'y a pas de {{% {name} %}}.",
    "In {{% … %}} stand if, elif, else, endif, for and endfor.",
    "Dans {{% … %}} se trouvent if, elif, else, endif, for et endfor.",
)
UNEXPECTED = _error(
    "template-syntax",
    "{what} cannot stand here.",
    "{what} ne peut pas se trouver ici.",
    "Take it out, or put it in quotes if it is text.",
    "Supprimez-le, ou mettez-le entre guillemets si c'est du texte.",
)
UNKNOWN_PERCENT = Message(
    "template-unknown-percent",
    Severity.WARNING,
    "%{name}% is no variable: it is sent as it stands.",
    "%{name}% n'est pas une variable : ce sera envoyé tel quel.",
    "Did you mean %{nearest}%?",
    "Vouliez-vous dire %{nearest}% ?",
)
PLACEHOLDER = Message(
    "template-placeholder",
    Severity.WARNING,
    "{name} is no variable: it is sent as it stands.",
    "{name} n'est pas une variable : ce sera envoyé tel quel.",
    "Write {{{{ {meant} }}}}.",
    "Écrivez {{{{ {meant} }}}}.",
)
EMPTY = _error(
    "template-syntax",
    "Something is missing here, between the braces.",
    "Il manque quelque chose ici, entre les accolades.",
    "Write what is to be shown, such as {{{{ user.firstname }}}}.",
    "Écrivez ce qui doit être montré, comme {{{{ user.firstname }}}}.",
)
