import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Config } from './config.ts';
import { HttpError } from './http-error.ts';
import { parseJson } from './json-body.ts';
import { describeRequest, type Trace } from './trace.ts';

export interface HttpRequest {
  method: string;
  /** Path and query as they came. */
  target: string;
  /** Values of the path's `:names`, decoded. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** By name in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** Parsed JSON; undefined if the body was empty. */
  body: unknown;
  /** The body as it came. */
  rawBody: Buffer;
  /** Whether the client has hung up: nobody would hear the answer. */
  clientGone(): boolean;
}

export interface Page {
  type: string;
  text: string;
}

export interface HttpAnswer {
  status: number;
  body?: unknown;
  /** What a browser gets in place of JSON. */
  page?: Page;
  headers?: Record<string, string>;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/task/:id/complete` */
  path: string;
  /** 1 MiB if it is left out. */
  maxBodyBytes?: number;
  handle(request: HttpRequest): Promise<HttpAnswer> | HttpAnswer;
}

/** Takes over the connection of a client that wants to speak another protocol than HTTP from now on. */
export type Upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => void;

const MAX_BODY_BYTES = 1024 * 1024;
/** After a 503: when a client may try again, in s. */
const RETRY_AFTER = '1';
/** How long a stopping server waits for requests that it is still working on. */
const STOP_GRACE_MS = 1500;

/** Serves JSON over HTTP: finds the route, reads the body, turns errors into answers. */
export class HttpServer {
  readonly #config: Config;
  readonly #trace: Trace;
  readonly #routes: Route[];
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  /** @param upgrade left out: only HTTP is spoken */
  constructor(config: Config, trace: Trace, routes: Route[], upgrade?: Upgrade) {
    this.#config = config;
    this.#trace = trace;
    this.#routes = routes;
    if (upgrade) this.#server.on('upgrade', upgrade);
  }

  /** Resolves with the port when the server accepts connections. Rejects if the port is taken. */
  start(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#config.port, this.#config.host, () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Accepts nothing new, lets running requests finish for a moment, then cuts them off. */
  stop(): Promise<void> {
    const cutOff = setTimeout(() => this.#server.closeAllConnections(), STOP_GRACE_MS);
    return new Promise((resolve) => {
      this.#server.close(() => {
        clearTimeout(cutOff);
        resolve();
      });
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: HttpAnswer;
    try {
      answer = await this.#answer(request, response);
    } catch (error) {
      answer = errorAnswer(error, response);
    }
    if (response.destroyed) return;
    const { type, text } = answer.page ?? jsonOf(answer.body);
    if (answer.status === 503) response.setHeader('Retry-After', RETRY_AFTER);
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    if (text !== '') response.setHeader('Content-Type', type);
    if (answer.status !== 204) response.setHeader('Content-Length', Buffer.byteLength(text));
    response.writeHead(answer.status).end(text);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<HttpAnswer> {
    const { url: target = '/', headers } = request;
    const method = request.method ?? '';
    const [path = '/', search = ''] = target.split('?', 2);
    const found = this.#routes.flatMap((route) => {
      const params = matchPath(route.path, path);
      return params ? [{ route, params }] : [];
    });
    const match = found.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method));
    const rawBody = await readBody(request, match?.route.maxBodyBytes ?? MAX_BODY_BYTES);
    if (found.length === 0) throw new HttpError(404, 'not_found', `There is nothing at ${path}.`);
    if (match === undefined) {
      const methods = found.map(({ route }) => (route.method === 'GET' ? 'GET, HEAD' : route.method));
      const allowed = [...new Set(methods)].join(', ');
      response.setHeader('Allow', allowed);
      throw new HttpError(405, 'method_not_allowed', `${path} answers ${allowed}, not ${method}.`);
    }
    const body = rawBody.length === 0 ? undefined : parseJson(rawBody);
    this.#traceArrival(request, path, body);
    const query = new URLSearchParams(search);
    const { params } = match;
    const clientGone = () => response.destroyed;
    return match.route.handle({ method, target, params, query, headers, body, rawBody, clientGone });
  }

  #traceArrival(request: IncomingMessage, path: string, body: unknown): void {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const id = String(request.headers['x-message-id'] ?? '');
    const from = String(request.headers['x-message-from'] ?? 'client');
    const to = this.#config.nodeId;
    this.#trace.message('recv', describeRequest(body, { id, from, to, method: request.method ?? '', path }));
  }
}

function jsonOf(body: unknown): Page {
  const text = body === undefined ? '' : JSON.stringify(body);
  return { type: 'application/json; charset=utf-8', text };
}

/** Reads a whole body. Throws HttpError 413 if it is over the limit. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // What is over the limit is read and dropped: a client that is still sending would not hear the answer.
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > limit) throw new HttpError(413, 'too_large', `The body has more than ${limit} bytes.`);
  return Buffer.concat(chunks);
}

/** The values of the pattern's `:names`, or undefined if the path does not fit. Throws HttpError 400. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const names = pattern.split('/');
  const parts = path.split('/');
  if (names.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? '';
    if (name.startsWith(':') && part !== '') params[name.slice(1)] = decode(part);
    else if (name !== part) return undefined;
  }
  return params;
}

/** Bytes that are not ASCII would be read differently by different languages: they must be percent-encoded. */
function decode(part: string): string {
  try {
    if (!/^[\x21-\x7e]*$/.test(part)) throw new Error('not ASCII');
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, 'bad_request', `The path has a part that is not percent-encoded UTF-8: ${part}`);
  }
}

function errorAnswer(error: unknown, response: ServerResponse): HttpAnswer {
  if (error instanceof HttpError) {
    return {
      status: error.status,
      body: { error: error.code, message: error.message, ...error.details },
    };
  }
  // A body that breaks off has no client left to answer; anything else is a mistake in the node's own code.
  if (!response.destroyed) console.error(error);
  return {
    status: 500,
    body: { error: 'internal', message: error instanceof Error ? error.message : String(error) },
  };
}
