"""The tables of a durable store, numbered and the same for SQLite and PostgreSQL; the two differ in how columns are
written.
"""

from __future__ import annotations

from collections.abc import Mapping

from planned.store.base import StoreError

_MIGRATIONS = (
    """
    CREATE TABLE events (
        seq {serial}, id {text} NOT NULL UNIQUE, learner {text}, course {text},
        time {integer} NOT NULL, received {integer} NOT NULL, digest {bytes} NOT NULL, body {text} NOT NULL
    ){strict};
    CREATE INDEX events_of_learner ON events (learner, time) WHERE learner IS NOT NULL;
    CREATE INDEX events_for_all ON events (course, time) WHERE learner IS NULL;
    CREATE TABLE quarantine (
        seq {number}, source {text} NOT NULL, received {integer} NOT NULL,
        reason {text} NOT NULL, body {text} NOT NULL
    ){strict};
    CREATE TABLE people (
        id {text} PRIMARY KEY, next_due {integer}, horizon {integer} NOT NULL, body {text} NOT NULL
    ){strict};
    CREATE INDEX people_due ON people (next_due) WHERE next_due IS NOT NULL;
    CREATE TABLE courses (id {text} PRIMARY KEY, body {text} NOT NULL){strict};
    CREATE TABLE members (
        seq {number}, course {text} NOT NULL, person {text} NOT NULL, UNIQUE (course, person)
    ){strict};
    CREATE TABLE decisions (
        seq {number}, rule {text} NOT NULL, course {text} NOT NULL, learner {text} NOT NULL,
        occurrence {integer} NOT NULL, step {integer} NOT NULL, repeat {integer} NOT NULL, notice {integer} NOT NULL,
        at {integer} NOT NULL, outcome {text} NOT NULL, body {text} NOT NULL,
        UNIQUE (learner, rule, course, occurrence, step, repeat, notice)
    ){strict};
    CREATE TABLE outbox (
        id {number}, decision {integer} NOT NULL REFERENCES decisions,
        recipient {text} NOT NULL, channel {text} NOT NULL,
        state {text} NOT NULL CHECK (state IN ('ready', 'sending', 'sent', 'failed', 'dead')),
        message_id {text} NOT NULL, body {text} NOT NULL, attempts {integer} NOT NULL, next_attempt {integer} NOT NULL,
        created {integer} NOT NULL, why {text} NOT NULL,
        UNIQUE (decision, recipient)
    ){strict};
    CREATE INDEX outbox_open ON outbox (next_attempt) WHERE state IN ('ready', 'sending');
    CREATE TABLE progress (applied {integer} NOT NULL){strict};
    INSERT INTO progress VALUES (0);
    CREATE TABLE cursors (source {text} PRIMARY KEY, cursor {text} NOT NULL){strict};
    CREATE TABLE deployments (
        rule {text} PRIMARY KEY, first {integer} NOT NULL, revision {text} NOT NULL
    ){strict};
    """,
    """
    CREATE TABLE suppressions (
        address {text} NOT NULL, topic {text} NOT NULL, reason {text} NOT NULL, at {integer} NOT NULL,
        PRIMARY KEY (address, topic, reason)
    ){strict};
    """,
    """
    CREATE TABLE standing (halted {integer}, zones {text}){strict};
    INSERT INTO standing VALUES (NULL, NULL);
    CREATE TABLE clocks (
        machine {text} PRIMARY KEY, ahead {integer}, trusted {integer} NOT NULL, doubted {integer}
    ){strict};
    """,
    """
    ALTER TABLE people ADD COLUMN version {integer} NOT NULL DEFAULT 1;
    ALTER TABLE people ADD COLUMN shard {integer} NOT NULL DEFAULT 0;
    CREATE INDEX people_due_in_shard ON people (shard, next_due) WHERE next_due IS NOT NULL;
    ALTER TABLE courses ADD COLUMN version {integer} NOT NULL DEFAULT 1;
    CREATE TABLE editions (
        number {integer} PRIMARY KEY, digest {text} NOT NULL, ready {integer} NOT NULL
    ){strict};
    CREATE TABLE engines (name {text} PRIMARY KEY, seen {integer} NOT NULL){strict};
    ALTER TABLE outbox ADD COLUMN owner {text} NOT NULL DEFAULT '';
    CREATE INDEX outbox_owned ON outbox (owner) WHERE state = 'sending';
    """,
    """
    {outbox_2}
    UPDATE outbox SET domain = {domain};
    CREATE INDEX outbox_open ON outbox (channel, domain, next_attempt, id)
        WHERE state IN ('ready', 'sending', 'deferred');
    CREATE INDEX outbox_next ON outbox (next_attempt) WHERE state IN ('ready', 'sending', 'deferred');
    CREATE TABLE throughput (
        channel {text} NOT NULL, domain {text} NOT NULL, slot {integer} NOT NULL, count {integer} NOT NULL,
        PRIMARY KEY (channel, domain, slot)
    ){strict};
    CREATE TABLE holds (
        channel {text} NOT NULL, domain {text} NOT NULL, since {integer} NOT NULL, until {integer} NOT NULL,
        why {text} NOT NULL,
        PRIMARY KEY (channel, domain)
    ){strict};
    """,
    """
    CREATE INDEX outbox_by_message ON outbox (message_id);
    CREATE INDEX outbox_by_address ON outbox (address);
    """,
)
"""Each brings the schema one version on; the list is only ever added to, and the store counts how many it has.

An engine of an older version may still be at work beside: what is added has a default, and nothing that it writes goes.
"""

SHARDED = 4
"""The version from which on people have shards: those of an older store are told theirs when it is brought on."""

VERSION = len(_MIGRATIONS)

SQLITE = {
    "serial": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "number": "INTEGER PRIMARY KEY",
    "integer": "INTEGER",
    "text": "TEXT",
    "bytes": "BLOB",
    "strict": " STRICT",
    "outbox_2": """
    CREATE TABLE outbox_2 (
        id INTEGER PRIMARY KEY, decision INTEGER NOT NULL REFERENCES decisions,
        recipient TEXT NOT NULL, address TEXT NOT NULL, domain TEXT NOT NULL, topic TEXT NOT NULL,
        channel TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('ready', 'sending', 'deferred', 'sent', 'failed', 'dead')),
        message_id TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL, fence INTEGER NOT NULL,
        next_attempt INTEGER NOT NULL, created INTEGER NOT NULL, tried INTEGER NOT NULL, claimed INTEGER NOT NULL,
        why TEXT NOT NULL, owner TEXT NOT NULL DEFAULT '',
        UNIQUE (decision, recipient)
    ) STRICT;
    INSERT INTO outbox_2
    SELECT o.id, o.decision, o.recipient,
        CASE o.body WHEN '' THEN '' ELSE coalesce(lower(json_extract(o.body, '$.to')), '') END, '',
        coalesce(json_extract(d.body, '$.topic'), ''), o.channel,
        CASE WHEN o.state = 'ready' AND o.attempts > 0 THEN 'deferred' ELSE o.state END,
        o.message_id, o.body, o.attempts, o.attempts, o.next_attempt, o.created,
        CASE o.attempts WHEN 0 THEN 0 ELSE o.created END, CASE o.attempts WHEN 0 THEN 0 ELSE o.created END,
        o.why, o.owner
    FROM outbox o JOIN decisions d ON d.seq = o.decision;
    DROP TABLE outbox;
    ALTER TABLE outbox_2 RENAME TO outbox;
    CREATE INDEX outbox_owned ON outbox (owner) WHERE state = 'sending';
    """,
    # SQLite can add no state to a list of them: the table is made anew. Elsewhere an older engine may be at work.
    "domain": "CASE WHEN instr(address, '@') THEN substr(address, instr(address, '@') + 1) ELSE '' END",
}
POSTGRES = {
    "serial": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "number": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "integer": "BIGINT",
    # The order of ids is that of their characters, whatever the language of the database.
    "text": 'TEXT COLLATE "C"',
    "bytes": "BYTEA",
    "strict": "",
    "outbox_2": """
    ALTER TABLE outbox
        ADD COLUMN address TEXT COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN domain TEXT COLLATE "C" NOT NULL DEFAULT '',
        ADD COLUMN topic TEXT COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN fence BIGINT NOT NULL DEFAULT 0,
        ADD COLUMN tried BIGINT NOT NULL DEFAULT 0, ADD COLUMN claimed BIGINT NOT NULL DEFAULT 0,
        DROP CONSTRAINT outbox_state_check,
        ADD CONSTRAINT outbox_state_check
            CHECK (state IN ('ready', 'sending', 'deferred', 'sent', 'failed', 'dead'));
    UPDATE outbox SET
        address = CASE outbox.body WHEN '' THEN '' ELSE coalesce(lower(outbox.body::json ->> 'to'), '') END,
        topic = coalesce(d.body::json ->> 'topic', ''), fence = attempts,
        state = CASE WHEN state = 'ready' AND attempts > 0 THEN 'deferred' ELSE state END,
        tried = CASE attempts WHEN 0 THEN 0 ELSE created END, claimed = CASE attempts WHEN 0 THEN 0 ELSE created END
    FROM decisions d WHERE d.seq = outbox.decision;
    DROP INDEX outbox_open;
    """,
    "domain": "split_part(address, '@', 2)",
}


def migrations(columns: Mapping[str, str]) -> tuple[str, ...]:
    """All of them as a database understands them. `serial` numbers are never given twice."""
    return tuple(one.format_map(columns) for one in _MIGRATIONS)


def refuse_newer(store: object, found: int) -> None:
    """Raises `StoreError` if the schema found is one that this version does not know."""
    if found > VERSION:
        raise StoreError(
            f"the store {store} was made by a newer version of planned (its schema is {found}, this one knows"
            f" {VERSION}): update planned, or use another store"
        )


def refuse_other(store: object, found: int) -> None:
    """Raises `StoreError` if the schema found is not that of this version: who only looks in brings nothing on."""
    refuse_newer(store, found)
    if found < VERSION:
        raise StoreError(f"the store {store} was made by an older version of planned: start `planned run` on it first")
