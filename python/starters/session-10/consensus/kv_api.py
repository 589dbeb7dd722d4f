from dataclasses import asdict
from typing import Any

from consensus.kv_request import parse_appended, parse_client, parse_key, parse_local, parse_value
from consensus.messages import Command
from consensus.shell import Shell
from consensus.state_machine import Held, Outcome
from shared.forwarder import Forwarder
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, Route
from shared.json_body import any_field, object_body


def kv_routes(shell: Shell, forwarder: Forwarder) -> list[Route]:
    """What clients may ask of the key-value store, at any node."""
    node, state_machine = shell.node, shell.state_machine

    async def forward(request: HttpRequest) -> HttpAnswer:
        """Has the leader answer: once, so that a request cannot go round in circles."""
        by = request.headers.get("x-forwarded-by")
        if by is not None:
            raise _no_leader(f"{by} takes {node.id} for the leader, and it is not.")
        leader = node.leader
        if leader is None or leader == node.id:
            raise _no_leader(f"{node.id} knows of no leader at present.")
        return await forwarder.forward(leader, request)

    async def change(request: HttpRequest, command: Command) -> HttpAnswer:
        committed = await shell.propose({**command, **parse_client(request.headers)})
        if committed is None:
            return await forward(request)
        return outcome_answer(command["key"], committed.outcome)

    def outcome_answer(key: str, outcome: Outcome) -> HttpAnswer:
        if outcome.result == "done":
            return found(key, outcome.held)
        messages = {
            "mismatch": f'"{key}" holds something else.',
            "stale_request": "This client has made a later request already.",
        }
        current = asdict(outcome.held) if outcome.result == "mismatch" else {}
        message = messages[outcome.result]
        return HttpAnswer(409, {"error": outcome.result, "message": message, "key": key, **current})

    def found(key: str, held: Held) -> HttpAnswer:
        value = {"value": held.value} if held.exists else {}
        body: dict[str, Any] = {"key": key, **value, "version": held.version, "servedBy": node.id}
        return HttpAnswer(200, body)

    async def get(request: HttpRequest) -> HttpAnswer:
        key = parse_key(request.params["key"])
        if not parse_local(request.query):
            led = node.state == "leader"
            if not await shell.confirm_read():
                if not led:
                    return await forward(request)
                raise _no_quorum(f"No majority confirms in time that {node.id} leads.")
        held = state_machine.get(key)
        if held.exists:
            return found(key, held)
        missing = {
            "error": "no_such_key",
            "message": f'There is no key "{key}".',
            "key": key,
            "version": 0,
            "servedBy": node.id,
        }
        return HttpAnswer(404, missing)

    async def put(request: HttpRequest) -> HttpAnswer:
        key = parse_key(request.params["key"])
        body = object_body(request.body)
        value = parse_value(body, "value")
        if "expected" not in body:
            return await change(request, {"op": "put", "key": key, "value": value})
        expected = any_field(body, "expected")
        return await change(request, {"op": "cas", "key": key, "value": value, "expected": expected})

    async def remove(request: HttpRequest) -> HttpAnswer:
        return await change(request, {"op": "delete", "key": parse_key(request.params["key"])})

    async def append(request: HttpRequest) -> HttpAnswer:
        key = parse_key(request.params["key"])
        return await change(request, {"op": "append", "key": key, "value": parse_appended(request.body)})

    return [
        Route("GET", "/kv/:key", get),
        Route("PUT", "/kv/:key", put),
        Route("DELETE", "/kv/:key", remove),
        Route("POST", "/kv/:key", append),
    ]


def _no_leader(message: str) -> HttpError:
    """503 `no_leader`: nobody is known to lead at present. It promises that nothing has happened."""
    return HttpError(503, "no_leader", message)


def _no_quorum(message: str) -> HttpError:
    """503 `no_quorum`: too few nodes can be reached. It promises that nothing has happened."""
    return HttpError(503, "no_quorum", message)
