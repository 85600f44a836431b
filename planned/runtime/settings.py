"""The settings of an engine, from `planned.toml` and the command line; what is wrong with them is said in words.

Secrets are never written here but named: `env:NAME` or `file:PATH`.
"""

from __future__ import annotations

import os
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from planned.channels.address import MAX_LOCAL, UnfitError, address_of, tagged
from planned.runtime.clock import instant_of
from planned.runtime.rates import PATTERN, rate_of
from planned.runtime.unsubscribe import PLACE
from planned.zones import names


class SettingsError(Exception):
    """The settings cannot be used; the text says each thing that is wrong, one a line."""


def _secret(value: object) -> SecretStr:
    if isinstance(value, SecretStr):
        return value
    kind, _, rest = str(value).partition(":")
    if kind == "env" and rest:
        found = os.environ.get(rest)
        if found is None:
            raise ValueError(f"the environment has no {rest}")
        return SecretStr(found)
    if kind == "file" and rest:
        try:
            return SecretStr(Path(rest).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"cannot read the file {rest}") from error
    raise ValueError("a secret is not written here: write env:NAME or file:PATH")


def _zone(name: str) -> str:
    if name not in names():
        near = get_close_matches(name, sorted(names()), 1)
        raise ValueError(f"{name!r} is no time zone" + (f"; did you mean {near[0]}?" if near else ""))
    return name


def _address(text: str) -> str:
    try:
        address_of(text)
    except UnfitError as error:
        raise ValueError(f"{text!r} is no address: write name@host") from error
    return text.strip()


def _bounce_address(text: str) -> str:
    if len(tagged(text, "0" * 32).rpartition("@")[0].encode()) > MAX_LOCAL:
        raise ValueError(f"{text!r} has too long a name for +ID behind it: take one of at most 31 letters")
    return text


def _leave_url(text: str) -> str:
    if not re.fullmatch(r"https://[\w.~:/?#@!$&()*+,;=%{}-]{1,190}", text, re.ASCII) or text.count(PLACE) != 1:
        raise ValueError(f"{text!r}: write an https address with {PLACE} in it once, of at most 200 characters")
    return text


def _signing_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 16:
        raise ValueError("the secret is too short to sign with: take at least 16 letters, such as openssl rand -hex 32")
    return value


def _time(text: str) -> str:
    try:
        instant_of(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time with an offset from UTC: write 2026-09-03T14:10:00+02:00") from error
    return text


def _channel(value: object) -> object:
    return {"to": value} if isinstance(value, str) else value


def _tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _limit(text: str) -> str:
    rate_of(text)
    return text.strip()


SecretName = Annotated[str, Field(pattern="^(env|file):.")]
Secret = Annotated[SecretStr, BeforeValidator(_secret, json_schema_input_type=SecretName)]
Zone = Annotated[str, AfterValidator(_zone)]
MailAddress = Annotated[str, AfterValidator(_address)]
BounceAddress = Annotated[MailAddress, AfterValidator(_bounce_address)]
LeaveUrl = Annotated[str, AfterValidator(_leave_url)]
SigningSecret = Annotated[Secret, AfterValidator(_signing_secret)]
Limit = Annotated[str, AfterValidator(_limit), Field(json_schema_extra={"pattern": PATTERN})]
Time = Annotated[str, AfterValidator(_time)]
ChannelName = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_tuple, json_schema_input_type=str | tuple[str, ...])]


Model = TypeVar("Model", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, use_attribute_docstrings=True)


class ChannelSettings(_Strict):
    """One channel: `to` is its kind and place, such as `smtp://mail.example.org:587` or `maildir:out`."""

    to: str
    user: str | None = None
    password: Secret | None = None
    connect_seconds: float = Field(default=30.0, gt=0, le=300)
    """How long a mail server is waited for."""
    answer_seconds: float = Field(default=60.0, gt=0, le=300)
    """How long for its answer to one verb."""
    final_seconds: float = Field(default=600.0, ge=600, le=1800)
    """How long for its word that it has the mail; RFC 5321 asks for ten minutes at least."""
    limit: Limit | None = None
    """How much goes out through it: `100 per minute`."""
    domain_limit: Limit | None = None
    """How much of that to each recipient domain."""
    at_most_once: bool = False
    """A message of which it is unclear whether it was handed over is not handed over again."""


Channel = Annotated[ChannelSettings, BeforeValidator(_channel, json_schema_input_type=str | ChannelSettings)]


class DkimSettings(_Strict):
    """Who signs mails: a domain, and the key whose public half stands in the DNS at SELECTOR._domainkey.DOMAIN."""

    domain: str
    selector: str
    key: Secret


class MailSettings(_Strict):
    """Who mails come from, where reports of failure go, and how recipients leave a topic."""

    address: MailAddress | None = Field(default=None, alias="from")
    """The address of `noreply`."""
    name: str = ""
    """The name beside it."""
    bounces: BounceAddress | None = None
    """Where reports of failure go: to `name@host` as `name+ID@host`, so that each names its message."""
    unsubscribe_url: LeaveUrl | None = None
    """Where recipients leave a topic, an https address with `{token}` in it."""
    unsubscribe_secret: SigningSecret | None = None
    """With which the token is signed. A new one makes all links before it void."""
    dkim: DkimSettings | None = None
    """Signatures, for those whose mail server makes none."""

    @model_validator(mode="after")
    def _both(self) -> MailSettings:
        if (self.unsubscribe_url is None) != (self.unsubscribe_secret is None):
            missing = "unsubscribe_url" if self.unsubscribe_url is None else "unsubscribe_secret"
            raise ValueError(f"unsubscribe_url and unsubscribe_secret go together; {missing} is missing")
        return self


class LintSettings(_Strict):
    """What `planned lint` says: only `select`, if there are any, never `ignore`; names are those in brackets."""

    select: Texts = ()
    ignore: Texts = ()
    catalog: str | None = None
    """A file that `planned catalog` has written."""
    strict: bool = False


class Settings(_Strict):
    """Everything that can be set. Paths are relative to the working directory."""

    rules: Texts = ()
    store: str = "sqlite:///planned.sqlite"
    engine: str | None = None
    """What this engine is called among those that share a store; the machine's name by default."""
    sources: Texts = ()
    channels: dict[ChannelName, Channel] = Field(default_factory=dict)
    mail: MailSettings = MailSettings()
    delivery_limit: Limit | None = None
    """How much goes out through all channels together."""
    contacts: dict[str, MailAddress] = Field(default_factory=dict)
    test_address: MailAddress | None = None
    """Where the messages of draft rules go."""
    timezone: Zone = "UTC"
    """For people without a zone of their own, where a rule's file declares none."""
    learner_roles: Texts = ("student",)
    tutor_roles: Texts = ("teacher", "editingteacher", "tutor")
    course: str | None = None
    """The course of files that name none."""
    since: Time | None = None
    """From when on events start occurrences of rules that are deployed for the first time."""
    poll_seconds: float = Field(default=10.0, gt=0, le=3600)
    people_in_memory: int = Field(default=20_000, ge=1)
    lost_after_seconds: float = Field(default=60.0, ge=3, le=3600)
    """On a shared store: an engine that has given no sign of life for so long is taken to be gone."""
    lint: LintSettings = LintSettings()


def load_settings(path: Path | None, overrides: dict[str, Any]) -> Settings:
    """Settings from a file, if one is given, with `overrides` on top (None: not given). Raises SettingsError."""
    values = read_settings(path) if path is not None else {}
    given = {name: value for name, value in overrides.items() if value is not None}
    if isinstance(values.get("mail"), dict) and "mail" in given:  # another sender, and all else of [mail] stays
        given["mail"] = values["mail"] | given["mail"]
    return _checked(Settings, values | given, path, ())


def read_settings(path: Path) -> dict[str, Any]:
    """The file as it stands, not checked. Raises SettingsError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read the settings {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings {path} are not TOML: {error}") from error


def mail_settings(values: dict[str, Any], path: Path) -> MailSettings:
    """The table `[mail]` alone. Raises SettingsError."""
    return _checked(MailSettings, values.get("mail", {}), path, ("mail",))


def lint_settings(values: dict[str, Any], path: Path) -> LintSettings:
    """The table `[lint]` alone: to lint, no secret needs to be there. Raises SettingsError."""
    return _checked(LintSettings, values.get("lint", {}), path, ("lint",))


def _checked(model: type[Model], values: object, path: Path | None, parents: tuple[str, ...]) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        where = f"{path}: " if path else ""
        # Not `str(error)`: it repeats the input, and somebody may have written a secret there.
        wrong = [dict(one) | {"loc": (*parents, *one["loc"])} for one in error.errors(include_input=False)]
        raise SettingsError("\n".join(where + _explain(one) for one in wrong)) from None


_WORDS = {
    "string_type": "write a text in quotation marks",
    "tuple_type": 'write a list of texts, such as ["a", "b"]',
    "dict_type": "write a table of names and values",
    "model_type": "write a table of names and values",
    "string_too_short": "a channel has a name, such as email",
}
"""What pydantic says in words of Python, said in words of the settings."""


def _explain(error: dict[str, Any]) -> str:
    place = [str(part) for part in error["loc"] if part not in ("", "[key]")]
    if error["type"] == "extra_forbidden":
        near = get_close_matches(place[-1], _keys(place[:-1]), 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"there is no setting {'.'.join(place)!r}{hint}"
    message = _WORDS.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    return f"{'.'.join(place)}: {message}"


def _keys(parents: list[str]) -> list[str]:
    match parents:
        case ["mail"]:
            model: type[BaseModel] = MailSettings
        case ["mail", "dkim"]:
            model = DkimSettings
        case ["lint"]:
            model = LintSettings
        case ["channels", _]:
            model = ChannelSettings
        case _:
            model = Settings
    return [field.alias or name for name, field in model.model_fields.items()]
