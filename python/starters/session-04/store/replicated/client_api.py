from collections.abc import Callable
from dataclasses import dataclass

from shared.forwarder import Forwarder
from shared.http_server import HttpAnswer, HttpRequest, Route
from store.key_value import parse_key, parse_value

from store.replicated.entry import Change
from store.replicated.key_values import Held, KeyValues
from store.replicated.leadership import Leadership

from store.replicated.node_state import NodeState

from store.replicated.unavailable import no_leader, no_quorum
from store.replicated.write import write


@dataclass(slots=True)
class Store:
    """What the clients' API needs of its node."""

    state: NodeState
    key_values: KeyValues
    forwarder: Forwarder
    leadership: Callable[[], Leadership | None]
    """None while the node does not lead."""


def client_routes(store: Store) -> list[Route]:
    """What clients may ask for at any node: `PUT`, `GET` and `DELETE` of a key."""
    node_id = store.state.node_id

    async def forward(request: HttpRequest) -> HttpAnswer:
        """Has the leader answer: once, so that a request cannot go round in circles."""
        leader = store.state.leader
        by = request.headers.get("x-forwarded-by")
        if by is not None:
            raise no_leader(f"{by} takes {node_id} for the leader, and it cannot answer.")
        if leader is None or leader == node_id:
            raise no_leader(f"{node_id} knows of no leader that could answer now.")
        return await store.forwarder.forward(leader, request)

    async def apply(request: HttpRequest, key: str, change: Change) -> HttpAnswer:
        leadership = store.leadership()
        if leadership is None:
            return await forward(request)

        async def is_safe(index: int) -> bool:
            return await leadership.is_on_majority(index)

        entry = await write(leadership, key, change, is_safe)
        body = {"key": key, "value": change.value, "version": entry.index, "servedBy": node_id}
        if change.deleted:
            del body["value"]
        return HttpAnswer(200, body)

    async def get(request: HttpRequest) -> HttpAnswer:
        key = parse_key(request.params["key"])
        leadership = store.leadership()
        if leadership is None:
            return await forward(request)
        if not await leadership.is_ready():
            raise no_quorum("This leader does not know yet what earlier ones promised.")
        return found(key, store.key_values.get(key))

    def found(key: str, held: Held) -> HttpAnswer:
        if held.exists:
            body = {"key": key, "value": held.value, "version": held.version, "servedBy": node_id}
            return HttpAnswer(200, body)
        missing = {
            "error": "no_such_key",
            "message": f'There is no key "{key}".',
            "key": key,
            "version": held.version,
            "servedBy": node_id,
        }
        return HttpAnswer(404, missing)

    async def put(request: HttpRequest) -> HttpAnswer:
        key = parse_key(request.params["key"])
        return await apply(request, key, Change(parse_value(request.body), deleted=False))

    async def remove(request: HttpRequest) -> HttpAnswer:
        key = parse_key(request.params["key"])
        return await apply(request, key, Change(None, deleted=True))

    return [Route("GET", "/:key", get), Route("PUT", "/:key", put), Route("DELETE", "/:key", remove)]
