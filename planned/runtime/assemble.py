"""From settings and a graph to a running engine: stores, sources and channels opened, and put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from types import TracebackType

from planned.channels.base import Channel
from planned.channels.table import ChannelError, open_channel
from planned.check.graph import Graph
from planned.engine.decision import Decision
from planned.runtime.clock import Clock, SystemClock, instant_of
from planned.runtime.deliver import Deliverer
from planned.runtime.log import Log
from planned.runtime.loop import Cluster, Loop
from planned.runtime.post import Addresses, unsigned
from planned.runtime.rates import rate_of
from planned.runtime.settings import DkimSettings, MailSettings, Settings, SettingsError
from planned.runtime.unsubscribe import Links
from planned.runtime.watch import ClockWatch, onward
from planned.runtime.work import Setup, Work
from planned.sources.base import Source, UnknownSourceError, open_source
from planned.sources.table import SOURCES
from planned.store.base import StoreError
from planned.store.delivery import Rate, Terms
from planned.store.opening import open_store


def setup_of(settings: Settings, channels: Mapping[str, Channel]) -> Setup:
    """What the settings say about deciding; with these channels by name. Raises SettingsError."""
    mail = settings.mail
    return Setup(
        default_zone=settings.timezone,
        learner_roles=frozenset(settings.learner_roles),
        tutor_roles=settings.tutor_roles,
        since=instant_of(settings.since) if settings.since is not None else None,
        addresses=Addresses(
            noreply=mail.address or "noreply@localhost",
            noreply_name=mail.name,
            contacts=settings.contacts,
            test=settings.test_address,
            bounces=mail.bounces,
            links=_links(mail),
            sign=_sign(mail.dkim) if mail.dkim is not None else unsigned,
        ),
        channels=frozenset(channels),
        by_id=frozenset(name for name, channel in channels.items() if getattr(channel, "by_id", False)),
        mails=frozenset(name for name, channel in channels.items() if getattr(channel, "mails", False)),
        people_in_memory=settings.people_in_memory,
        lost_after=settings.lost_after_seconds,
    )


def _links(mail: MailSettings) -> Links | None:
    if mail.unsubscribe_url is None or mail.unsubscribe_secret is None:
        return None
    return Links(mail.unsubscribe_url, mail.unsubscribe_secret.get_secret_value())


def _sign(dkim: DkimSettings) -> Callable[[bytes, int], bytes]:
    """Its library is loaded, and has to be there, only where mails are signed."""
    try:
        signing = import_module("planned.channels.dkim")
    except ModuleNotFoundError as error:
        raise SettingsError("mail.dkim needs a library: pip install 'planned[dkim]'") from error
    try:
        sign: Callable[[bytes, int], bytes] = signing.Signer(
            dkim.domain, dkim.selector, dkim.key.get_secret_value()
        ).sign
    except signing.KeyUnfitError as error:
        raise SettingsError(f"mail.dkim: {error}") from None
    return sign


def terms_of(settings: Settings) -> dict[str, Terms]:
    """What the settings say about how much goes out, and whether twice is worse than never."""
    total = _rate(settings.delivery_limit)
    return {
        name: Terms(
            limit=_rate(one.limit),
            domain_limit=_rate(one.domain_limit),
            total=total,
            at_most_once=one.at_most_once,
        )
        for name, one in settings.channels.items()
    }


def _rate(text: str | None) -> Rate | None:
    return None if text is None else rate_of(text)


def channels_used(graph: Graph) -> set[str]:
    """The names of the channels through which the rules send."""
    steps = [step for rule in graph.rules for step in rule.steps]
    return {step.send.channel for step in steps} | {notice.channel for step in steps for notice in step.notices}


class Engine:
    """An engine with all that it opens, and closes at its end. Raises StoreError, SettingsError, OSError."""

    def __init__(
        self,
        graph: Graph,
        settings: Settings,
        log: Log,
        clock: Clock | None = None,
        on_decisions: Callable[[Sequence[Decision]], None] | None = None,
        *,
        once: bool = False,
    ) -> None:
        clock = ClockWatch(clock or SystemClock())
        channels = _channels(settings)
        _refuse_missing(channels_used(graph), channels, settings)
        sources = _sources(settings)
        with ExitStack() as opened:
            for source in sources:
                opened.callback(source.close)
            store = open_store(settings.store, engine=settings.engine)
            opened.callback(store.close)
            self.store = store
            work = Work(graph, store, clock, setup_of(settings, channels), log)
            self.loop = Loop(
                store=store,
                work=work,
                sources=sources,
                deliverer=Deliverer(store, channels, onward(clock), log, terms=terms_of(settings)),
                clock=clock,
                log=log,
                poll_seconds=settings.poll_seconds,
                lost_after=settings.lost_after_seconds,
                on_decisions=on_decisions,
                cluster=cluster_of(settings.store, work, log) if work.shared is not None and not once else None,
            )
            self._opened = opened.pop_all()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()


def cluster_of(address: str, work: Work, log: Log) -> Callable[[Callable[[int], None]], Cluster]:
    """DBOS, loaded only where a store is shared: it is large, and its package is there only with PostgreSQL's."""
    try:
        made = import_module("planned.runtime.cluster").Cluster
    except ImportError as error:
        raise StoreError("a PostgreSQL store needs more packages: pip install 'planned[postgres]'") from error
    assert work.shared is not None
    found: Callable[[Callable[[int], None]], Cluster] = partial(made, address, work.shared.engine, work.digest, log)
    return found


def _channels(settings: Settings) -> dict[str, Channel]:
    made = {}
    for name, one in settings.channels.items():
        password = one.password.get_secret_value() if one.password is not None else None
        try:
            made[name] = open_channel(
                one.to,
                one.user,
                password,
                connect_timeout=one.connect_seconds,
                answer_timeout=one.answer_seconds,
                final_timeout=one.final_seconds,
            )
        except ChannelError as error:
            raise SettingsError(f"channel {name}: {error}") from None
    return made


def _refuse_missing(used: set[str], channels: Mapping[str, Channel], settings: Settings) -> None:
    missing = sorted(used - channels.keys())
    if missing:
        raise SettingsError(
            f"the rules send by {', '.join(missing)}, and no such channel is set: write --channel"
            f" {missing[0]}=smtp://HOST:PORT (or console, maildir:DIR), or [channels] in planned.toml"
        )
    if settings.mail.address is None and any(one.to.startswith("smtp") for one in settings.channels.values()):
        raise SettingsError("mails need an address that they come from: write --from NAME@HOST, or [mail] from = …")


def _sources(settings: Settings) -> list[Source]:
    made: list[Source] = []
    for spec in settings.sources:
        try:
            if not spec.partition(":")[2]:
                raise UnknownSourceError(spec)
            made.append(open_source(spec, SOURCES))
        except OSError as error:
            raise SettingsError(f"cannot open the source {spec}: {error.filename}: {error.strerror}") from None
        except UnknownSourceError:
            known = " or ".join(f"{name}:PATH" for name in sorted(SOURCES))
            raise SettingsError(f"{spec!r} is no source: write {known}") from None
    if len({source.name for source in made}) < len(made):
        raise SettingsError("the same source is given twice")
    return made
