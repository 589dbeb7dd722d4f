from shared.http_error import HttpError


def unavailable(message: str) -> HttpError:
    """The answer to what cannot be done now: 503 `no_quorum`. It promises that nothing has happened."""
    return HttpError(503, "no_quorum", message)
