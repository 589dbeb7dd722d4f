from pathlib import Path

from shared.http_server import HttpAnswer, HttpRequest, Page, Route

# The page to chat with: what is asked for, where it lies, and what it is.
FILES = [
    ("/", "index.html", "text/html"),
    ("/page.css", "page.css", "text/css"),
    ("/page.js", "page.js", "text/javascript"),
    ("/chat-client.js", "chat-client.js", "text/javascript"),
]

# Nothing but the page's own files runs in it; it may talk to chat servers, on other ports too.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self' ws:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def page_routes() -> list[Route]:
    """Serves the page in which people chat."""
    return [_page_route(path, file, type) for path, file, type in FILES]


def _page_route(path: str, file: str, type: str) -> Route:
    async def handle(_: HttpRequest) -> HttpAnswer:
        text = (Path(__file__).parent / "page" / file).read_text("utf-8")
        return HttpAnswer(200, page=Page(type, text), headers=dict(HEADERS))

    return Route("GET", path, handle)
