import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import { packagePath } from '../../course/package-root.ts';
import { UserError } from '../../course/user-error.ts';
import { EventFeed } from './event-feed.ts';
import type { LiveAction, LiveCluster } from './live-cluster.ts';

const LONGEST_BODY_BYTES = 4_096;

/** Refused: who asks may not, or what is asked makes no sense. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * What the panel beside the book asks for, under `/live/`:
 *
 *   GET  /live/<file>                    the panel itself
 *   GET  /live/events?token=             what happens, as server-sent events
 *   GET  /live/runs?token=               the recorded runs
 *   GET  /live/runs/<id>?token=&check=   a check of one: { check, steps, events }
 *   POST /live/act?token=                { do, args }: a fault or `verify`; answers { did }, or { error, why, fix }
 *
 * Everything but the panel's own files needs the token, which is made anew for each run of the server and stands in the
 * pages that it serves: only this book's pages can read it. A request that another page sent is refused all the same.
 */
export class PanelRoutes {
  readonly #cluster: LiveCluster;
  readonly #token = randomBytes(24).toString('base64url');
  readonly #files = sirv(packagePath('book', 'live'), { dev: true });

  constructor(cluster: LiveCluster) {
    this.#cluster = cluster;
  }

  /** The page with the panel in it. */
  bringAlive(page: string): string {
    const parts = [
      `<meta name="dsc-live" content="${this.#token}">`,
      '<link rel="stylesheet" href="/live/panel.css">',
      '<script type="module" src="/live/panel.js"></script>',
    ];
    return page.replace('</head>', () => `${parts.join('\n')}\n</head>`);
  }

  /** @returns false when the request is for something else */
  async answer(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<boolean> {
    if (!pathname.startsWith('/live/')) return false;
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    try {
      expectOwnPage(request);
      if (/^\/live\/[\w-]+\.(js|css)$/.test(pathname)) {
        request.url = pathname.slice('/live'.length);
        this.#files(request, response);
      } else {
        this.#expectToken(request);
        await this.#route(request, response, pathname);
      }
    } catch (error) {
      if (error instanceof Refusal) json(response, error.status, { error: error.message });
      else if (error instanceof UserError)
        json(response, 409, { error: error.message, why: error.why, fix: error.fix });
      else throw error;
    }
    return true;
  }

  async #route(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    const [, id] = /^\/live\/runs\/([\w.-]+)$/.exec(pathname) ?? [];
    const method = pathname === '/live/act' ? 'POST' : 'GET';
    if (request.method !== method) throw new Refusal(405, `This is for ${method}.`);
    if (pathname === '/live/act') {
      json(response, 200, { did: await this.#cluster.act(await readAction(request)) });
    } else if (pathname === '/live/events') {
      this.#feed(response);
    } else if (pathname === '/live/runs') {
      json(response, 200, { runs: await this.#cluster.runs() });
    } else {
      const check = new URL(request.url ?? '/', 'http://book').searchParams.get('check') ?? undefined;
      const recorded = id === undefined ? undefined : await this.#cluster.recorded(id, check);
      if (!recorded) throw new Refusal(404, 'There is no such run, or no such check in it.');
      json(response, 200, recorded);
    }
  }

  #feed(response: ServerResponse): void {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const feed = new EventFeed(response);
    this.#cluster.watch((event) => feed.tell(event), gone.signal);
  }

  /** Compares digests, so that neither the time nor the length tells anything about the token. */
  #expectToken(request: IncomingMessage): void {
    const { searchParams } = new URL(request.url ?? '/', 'http://book');
    const digest = (text: string) => createHash('sha256').update(text).digest();
    if (!timingSafeEqual(digest(searchParams.get('token') ?? ''), digest(this.#token))) {
      throw new Refusal(
        403,
        'The token is missing, or of an earlier run of the server: load the page again.',
      );
    }
  }
}

/** Browsers say which page sent a request. A program that is no browser does not, and needs the token all the same. */
function expectOwnPage({ headers }: IncomingMessage): void {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  const foreign =
    (origin !== undefined && origin !== `http://${host}`) || (site !== undefined && site !== 'same-origin');
  if (foreign) throw new Refusal(403, 'Another page may not ask for this.');
}

async function readAction(request: IncomingMessage): Promise<LiveAction> {
  // A type that a form of another page cannot send.
  if (request.headers['content-type'] !== 'application/json')
    throw new Refusal(415, 'Send application/json.');
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > LONGEST_BODY_BYTES) throw new Refusal(413, 'Too long.');
  }
  const action = parse(text) as Partial<LiveAction> | null;
  const { do: what, args = [] } = action ?? {};
  const strings = Array.isArray(args) && args.every((arg) => typeof arg === 'string');
  if (typeof what !== 'string' || !strings)
    throw new Refusal(400, 'Send { "do": "kill", "args": ["node2"] }.');
  return { do: what, args };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
