import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any, Literal

TraceEvent = Literal["send", "recv", "timeout", "state", "apply", "deliver"]


@dataclass(slots=True)
class TracedMessage:
    """What a trace says about a message between two nodes."""

    id: str
    type: str
    from_: str
    to: str
    summary: str | None = None


class Trace:
    """Writes what a node does to stdout, one JSON object a line. Timelines are drawn from it;
    nothing else depends on it.
    """

    def __init__(self, node: str) -> None:
        self._node = node

    def message(self, event: Literal["send", "recv", "timeout"], message: TracedMessage) -> None:
        fields = {name.rstrip("_"): value for name, value in asdict(message).items() if value is not None}
        self._write(event, {"msg": fields})

    def event(self, event: TraceEvent, fields: dict[str, Any]) -> None:
        self._write(event, fields)

    def _write(self, event: TraceEvent, fields: dict[str, Any]) -> None:
        # Two messages often fall into one millisecond, so the time has three decimals.
        ts = round(time.time() * 1000, 3)
        line = json.dumps({"ts": ts, "node": self._node, "event": event, **fields}, separators=(",", ":"))
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def describe_request(
    body: Any, *, request_id: str, from_: str, to: str, method: str, path: str
) -> TracedMessage:
    """Describes an HTTP request between two nodes. A body that is an envelope speaks for itself;
    any other request is known by its headers and its path.
    """
    match body:
        case {"id": str(id), "type": str(type), "from": str(sender), "to": str(receiver)} if receiver == to:
            return TracedMessage(id, type, sender, to)
    return TracedMessage(request_id, f"{method} {path}", from_, to)
