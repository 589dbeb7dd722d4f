from typing import Any


class HttpError(Exception):
    """An answer other than success, thrown by a handler and sent by the server as
    `{"error": code, "message": message, ...details}`.

    A 4xx or 503 promises that nothing happened. A 504 promises nothing: the request may have been carried out.
    """

    def __init__(self, status: int, code: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details or {}
