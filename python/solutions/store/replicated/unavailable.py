from shared.http_error import HttpError


def no_leader(message: str) -> HttpError:
    """503 `no_leader`: nobody is known to lead at present. It promises that nothing has happened."""
    return HttpError(503, "no_leader", message)


def no_quorum(message: str) -> HttpError:
    """503 `no_quorum`: too few nodes can be reached. It promises that nothing has happened."""
    return HttpError(503, "no_quorum", message)
