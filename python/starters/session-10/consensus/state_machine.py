from dataclasses import dataclass
from typing import Any, Literal

from consensus.messages import Command, LogEntry
from consensus.same_value import same_value


@dataclass(slots=True)
class Held:
    """What a key holds."""

    value: Any
    """None if there is no such key."""
    exists: bool
    version: int
    """Index of the log entry that wrote it; 0 if there is no such key."""


@dataclass(slots=True)
class Outcome:
    """What came of a command: the key as it is afterwards, or as it stood in the way."""

    result: Literal["done", "mismatch", "stale_request"]
    held: Held


NOTHING = Held(value=None, exists=False, version=0)


class StateMachine:
    """Keys and values: what comes of applying the log from its beginning. Every node applies the same entries in the
    same order, so whatever happens here may depend on nothing else: no clock, no chance, no number of the node. It is
    not on disk: after a restart the log is applied once more.
    """

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        # For each client its last request and what came of it. This is replicated with the rest: a new leader knows it.
        self._sessions: dict[str, tuple[int, Outcome]] = {}

    def get(self, key: str) -> Held:
        return self._held.get(key, NOTHING)

    def apply(self, entry: LogEntry) -> Outcome | None:
        """Applies a committed entry. A request that a client repeats takes effect once, and gets the same answer again.
        (Raft paper, section 8; Ongaro's thesis, section 6.3)

        Returns:
            None for an entry that changes nothing.
        """
        command = entry.command
        if command is None:
            return None
        # TODO(session 10): 1. Without clientId and requestId: execute the command.
        # 2. The client's last request once more: the same outcome, and nothing happens. 3. An older one: the result
        #    is "stale_request", and nothing happens. 4. A new one: execute it, and remember it with its outcome.
        raise NotImplementedError("not implemented: apply-once")

    def execute(self, command: Command, version: int) -> Outcome:
        """Carries a command out. `version` is the index of its entry."""
        # TODO(session 10): put and delete write whatever stands there. cas writes only if the key holds what is
        # expected; expected None means that it must not exist. append adds to a text; a key that does not exist
        # begins with the empty one. What does not fit changes nothing: the result is "mismatch", with what the key
        # holds.
        raise NotImplementedError("not implemented: execute")

    def _write(self, key: str, held: Held) -> Outcome:
        if held.exists:
            self._held[key] = held
        else:
            self._held.pop(key, None)
        return Outcome("done", held)
