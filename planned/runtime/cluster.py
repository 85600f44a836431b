"""Work for several engines on one store, handed out by DBOS Transact; the sole importer of dbos.

Due messages are decided in *buckets*: a workflow for each shard in which something is due. DBOS sees to it that some
engine runs it; what is decided, and that it is decided once, is held by the store alone, whoever runs a bucket and
however often. So nothing is lost with DBOS's own tables either: whatever stays due is handed out again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from dbos import DBOS, DBOSConfig, EnqueueOptions, WorkflowSerializationFormat

from planned.engine.event import Instant
from planned.runtime.clock import SECOND, datetime_of
from planned.runtime.log import Log

PROTOCOL = 1
"""Raised when a bucket comes to mean something else than in the versions of planned before."""
QUEUE = "decide"
SCHEMA = "planned_dbos"
POLL = 0.2
"""Seconds between two looks of an engine into the queue."""
OVERDUE = 2 * SECOND
"""What is still due after so long is handed out once more: the store failed its bucket, or it has come after it."""
ASTRAY = 2 * SECOND
"""A bucket that an engine is said to hold for so long, and does not, is handed out again."""
KEEP = 3600 * SECOND
"""Finished workflows are kept that long."""
BUCKETS = 4
"""So many an engine takes at a time. It decides for one after the other: with fewer it would often wait for the next
look, with more they would hinder each other, and at the end of a rush one engine would have what others wait for."""
AT_ONCE = 500
FAREWELL = 10
"""Seconds that a bucket under way has to end when the engine is told to stop."""


class Cluster:
    """What DBOS does for one engine. `decide` decides all that is due in a shard, and never raises.

    `version` names what this engine decides by: DBOS gives work only to engines of the version that asked for it, so
    that in a rolling change each bucket is for an engine that knows the rules in force.
    """

    def __init__(self, address: str, engine: str, version: str, log: Log, decide: Callable[[int], None]) -> None:
        self._engine = engine
        self._version = f"{PROTOCOL}-{version}"
        self._log = log
        self._at_work: set[str] = set()
        self._handed_out: dict[int, str] = {}
        self._listener = _Listener(log)
        logging.getLogger("dbos").addHandler(self._listener)
        self._decide = decide
        self._config: DBOSConfig = {
            "name": "planned",
            "system_database_url": address,
            "dbos_system_schema": SCHEMA,
            "sys_db_pool_size": 4,
            "application_version": self._version,
            "executor_id": engine,
            "log_level": "WARNING",
            "console_log_level": "CRITICAL",
            "use_listen_notify": False,
            "max_executor_threads": 8,
        }

    def start(self) -> None:
        """Take part: from now on buckets are run here, beginning with those that an earlier life of ours left.

        Where the database fails amid this it can be begun anew.
        """
        dbos = DBOS(config=self._config)
        try:
            DBOS.workflow(name=QUEUE, serialization_type=WorkflowSerializationFormat.PORTABLE)(self._bucket_of())
            DBOS.launch()
            # It would sleep, up to a minute and a half, and this engine with it, long after the database is back. We
            # try again ourselves: what fails stays due, and a bucket that was not put away is regained.
            dbos._sys_db._retry_connection_errors = False
            DBOS.register_queue(
                QUEUE, worker_concurrency=BUCKETS, polling_interval_sec=POLL, on_conflict="always_update"
            )
        except BaseException:
            DBOS.destroy(destroy_registry=True)
            raise

    def _bucket_of(self) -> Callable[[int], None]:
        def bucket(shard: int) -> None:
            id_ = str(DBOS.workflow_id)
            self._at_work.add(id_)
            try:
                self._decide(shard)
            finally:
                self._at_work.discard(id_)

        return bucket

    def hand_out(self, dues: Mapping[int, Instant], now: Instant) -> None:
        """Have the shards decided in which something is due; one that waits already is not asked for twice."""
        buckets = {shard: f"{self._version}:{shard}:{due}:{(now - due) // OVERDUE}" for shard, due in dues.items()}
        wanted = [shard for shard, due in dues.items() if due <= now and self._handed_out.get(shard) != buckets[shard]]
        under_way = self._under_way() if wanted else set()
        for shard in wanted:
            if shard not in under_way:
                options: EnqueueOptions = {
                    "workflow_name": QUEUE,
                    "queue_name": QUEUE,
                    "workflow_id": buckets[shard],
                    "app_version": self._version,
                    "deduplication_id": f"{self._version}:{shard}",
                    "duplication_policy": "return-existing",
                    "serialization_type": WorkflowSerializationFormat.PORTABLE,
                }
                DBOS.enqueue_workflow_with_options(options, shard)
            self._handed_out[shard] = buckets[shard]

    def _under_way(self) -> set[int]:
        """The shards that wait in the queue, or are at work."""
        found = DBOS.list_workflows(
            status=["ENQUEUED", "PENDING"], app_version=self._version, load_input=False, load_output=False
        )
        return {int(one.workflow_id.removeprefix(f"{self._version}:").partition(":")[0]) for one in found}

    def regain(self, now: Instant) -> None:
        """Hand out again what we are said to hold and do not: the connection broke when it was taken, or at its end.

        As long as it stands there as ours its shard is not handed out to anybody.
        """
        held = DBOS.list_workflows(
            status="PENDING", executor_id=self._engine, load_input=False, load_output=False, limit=AT_ONCE
        )
        before = (now - ASTRAY) // 1_000
        astray = [one.workflow_id for one in held if (one.updated_at or 0) < before]
        if astray := [id_ for id_ in astray if id_ not in self._at_work]:
            DBOS.resume_workflows(astray, queue_name=QUEUE)
            self._log.say("regained", buckets=len(astray))

    def tidy(self, living: set[str], now: Instant) -> None:
        """Let others go on with what engines held that are gone; forget what has long been finished."""
        held = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False, limit=AT_ONCE)
        left = [one.workflow_id for one in held if one.executor_id not in living]
        if left:
            DBOS.resume_workflows(left, queue_name=QUEUE)
            self._log.say("resumed", buckets=len(left))
        finished = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
            completed_before=datetime_of(now - KEEP).isoformat(),
            load_input=False,
            load_output=False,
            limit=AT_ONCE,
        )
        if finished:
            DBOS.delete_workflows([one.workflow_id for one in finished])

    def stop(self) -> None:
        """Take part no more; a bucket under way is finished, or left to the others."""
        DBOS.destroy(workflow_completion_timeout_sec=FAREWELL)
        logging.getLogger("dbos").removeHandler(self._listener)


class _Listener(logging.Handler):
    """Has warnings of DBOS in our own log: where they come from, not their text, which may have addresses in it."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        values: dict[str, Any] = {"level": record.levelname.lower(), "at": f"{record.filename}:{record.lineno}"}
        self._log.say("dbos", **values)
