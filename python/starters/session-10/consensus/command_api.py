from consensus.shell import Shell
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, Route
from shared.json_body import any_field, object_body, string_field


def command_routes(shell: Shell) -> list[Route]:
    """What clients may ask of the leader: to have a command written to the log."""

    async def command(request: HttpRequest) -> HttpAnswer:
        fields = object_body(request.body)
        committed = await shell.propose(
            {"key": string_field(fields, "key"), "value": any_field(fields, "value")}
        )
        if committed is None:
            raise _not_leader(shell.node.id, shell.node.leader)
        return HttpAnswer(200, {"index": committed.index, "term": committed.term})

    return [Route("POST", "/command", command)]


def _not_leader(node_id: str, leader: str | None) -> HttpError:
    """421 `not_leader`: nothing has happened, and this node names the one to ask, if it knows."""
    known = None if leader == node_id else leader
    advice = "and knows of nobody who does" if known is None else f"{known} does"
    return HttpError(421, "not_leader", f"{node_id} does not lead, {advice}.", {"leader": known})
