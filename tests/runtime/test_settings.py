"""Settings: what is wrong is said in words, secrets are only named, an unknown key gets the nearest one."""

from __future__ import annotations

from pathlib import Path

import pytest

from planned.channels.table import ChannelError, open_channel
from planned.check.graph import Graph
from planned.runtime.assemble import Engine, terms_of
from planned.runtime.clock import SECOND
from planned.runtime.log import Log
from planned.runtime.settings import Settings, SettingsError, load_settings
from planned.store.delivery import Rate, Terms

GOOD = """
rules = ["rules"]
store = "sqlite:///var/planned.sqlite"
sources = ["jsonl:events.jsonl"]
timezone = "Europe/Paris"
learner_roles = ["student", "auditor"]
test_address = "tests@univ.example"
since = "2026-09-01T00:00:00+02:00"

[mail]
from = "noreply@univ.example"
name = "Université"

[channels]
console = "console"

[channels.email]
to = "smtp://mail.univ.example:587"
user = "planned"
password = "env:PLANNED_TEST_PASSWORD"

[contacts]
scolarite = "scolarite@univ.example"
"""


def load(tmp_path: Path, text: str, **overrides: object) -> Settings:
    path = tmp_path / "planned.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, overrides)


def test_a_whole_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNED_TEST_PASSWORD", "s3cret")
    settings = load(tmp_path, GOOD)
    assert settings.mail.address == "noreply@univ.example"
    assert settings.learner_roles == ("student", "auditor")
    assert settings.channels["console"].to == "console"
    password = settings.channels["email"].password
    assert password is not None
    assert password.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in str(settings.model_dump())


def test_the_command_line_outranks_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, 'timezone = "Europe/Paris"', timezone="America/Montreal", store=None)
    assert settings.timezone == "America/Montreal"
    assert settings.store == Settings().store


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    settings = load(tmp_path, f'[channels.email]\nto = "console"\npassword = "file:{tmp_path}/secret"')
    password = settings.channels["email"].password
    assert password is not None
    assert password.get_secret_value() == "from a file"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('timezon = "UTC"', "there is no setting 'timezon'; did you mean 'timezone'?"),
        ('[mail]\nfro = "a@b"', "there is no setting 'mail.fro'; did you mean 'from'?"),
        ('[channels.email]\nto = "console"\npasword = "x"', "did you mean 'password'?"),
        ("zzzz = 1", "there is no setting 'zzzz'"),
        ('timezone = "Europe/Pariss"', "'Europe/Pariss' is no time zone; did you mean Europe/Paris?"),
        ('timezone = "../../etc/passwd"', "is no time zone"),
        ('timezone = "europe/paris"', "did you mean Europe/Paris?"),
        (
            '[channels.email]\nto = "console"\npassword = "env:PLANNED_NO_SUCH"',
            "the environment has no PLANNED_NO_SUCH",
        ),
        ('[channels.email]\nto = "console"\npassword = "file:/no/such"', "cannot read the file /no/such"),
        ('test_address = "nobody"', "'nobody' is no address: write name@host"),
        ('[contacts]\nscolarite = "a@b, c@d"', "is no address"),
        ('since = "2026-09-01"', "since: '2026-09-01' is no time with an offset from UTC: write 2026"),
        ('since = "yesterday"', "'yesterday' is no time with an offset from UTC: write 2026"),
        ("store = 3", "store: write a text in quotation marks"),
        ("sources = 3", 'sources: write a list of texts, such as ["a", "b"]'),
        ("mail = 4", "mail: write a table of names and values"),
        ('channels = "console"', "channels: write a table of names and values"),
        ('[channels]\n"" = "console"', "channels: a channel has a name, such as email"),
        ("poll_seconds = 0", "poll_seconds: Input should be greater than 0"),
        ("= 3", "are not TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    assert said in str(caught.value)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, 'timezone = "X"\nstor = 1\ntest_address = "y"')
    assert len(str(caught.value).splitlines()) == 3


def test_a_secret_that_is_written_out_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, '[channels.email]\nto = "console"\npassword = "hunter2"')
    assert "env:NAME or file:PATH" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read the settings"):
        load_settings(tmp_path / "absent.toml", {})


@pytest.mark.parametrize(
    "spec", ["", "email", "maildir:", "console:x", "smtp:", "smtp://", "smtp://host:port", "smtp://h/x", "http://h"]
)
def test_what_is_no_channel_is_said(spec: str) -> None:
    with pytest.raises(ChannelError, match="write"):
        open_channel(spec)


def test_a_password_in_a_channels_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ChannelError) as caught:
        open_channel("smtp://user:hunter2@mail.example.org:587")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("spec", ["jsonl", "jsonl:", "json:x", "events.jsonl", ""])
def test_what_is_no_source_is_said(spec: str) -> None:
    with pytest.raises(SettingsError, match="is no source: write jsonl:PATH"):
        Engine(Graph(), Settings(sources=(spec,), store="memory:"), Log())


def test_a_source_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot open the source .*: No such file"):
        Engine(Graph(), Settings(sources=(f"moodle-export:{tmp_path}",), store="memory:"), Log())


def test_limits_are_read_in_words_and_at_most_once_by_choice(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        'delivery_limit = "1000 per hour"\n[channels.email]\nto = "console"\nlimit = " 100 per minute"\n'
        'domain_limit = "2 per second"\nat_most_once = true\n[channels.sms]\nto = "console"\n',
    )
    hour = 3600 * SECOND
    assert terms_of(settings) == {
        "email": Terms(
            limit=Rate(100, 60 * SECOND),
            domain_limit=Rate(2, SECOND),
            total=Rate(1000, hour),
            at_most_once=True,
        ),
        "sms": Terms(total=Rate(1000, hour)),
    }


@pytest.mark.parametrize("text", ["", "100", "0 per minute", "-1 per day", "1.5 per day", "100 per week", "many"])
def test_what_is_no_limit_is_said_with_what_to_write(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"channels\.email\.limit: .*write it as 100 per minute"):
        load(tmp_path, f'[channels.email]\nto = "console"\nlimit = "{text}"\n')
