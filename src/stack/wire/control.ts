import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readBody } from './deliver.ts';
import type { Network } from './network.ts';
import { BadRequest, readGlance, readPuppetAnswer, readRule, readSeed, readTrap } from './requests.ts';

const LONGEST_WAIT_MS = 30_000;

/** What a control call is answered with; no body means 204 unless another status is given. */
interface Reply {
  status?: number;
  body?: unknown;
}

/** A control call whose path and token were found right. */
interface Call {
  network: Network;
  /** The number in the path, where the path has one. */
  number: number;
  query: URLSearchParams;
  body: unknown;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}

type Handler = (call: Call) => Reply | Promise<Reply>;

const NOT_FOUND: Reply = {
  status: 404,
  body: { error: 'not_found', message: 'There is no such thing here.' },
};

const ROUTES: Record<string, Record<string, Handler>> = {
  '/rules': {
    GET: ({ network }) => ({ body: { rules: network.faults.rules } }),
    PUT: ({ network, body }) => {
      network.faults.setRule(readRule(body));
      return {};
    },
    DELETE: ({ network }) => {
      network.heal();
      return {};
    },
  },
  '/traps': {
    POST: ({ network, body }) => ({
      status: 201,
      body: { id: network.faults.setTrap(readTrap(body)).id },
    }),
  },
  '/traps/:number': {
    GET: ({ network, number }) => {
      const set = network.faults.trap(number);
      return set ? { body: { trap: set.trap, caught: set.caught } } : NOT_FOUND;
    },
    DELETE: ({ network, number }) => {
      network.faults.removeTrap(number);
      network.pauses.release(number);
      return {};
    },
  },
  '/traps/:number/release': {
    POST: ({ network, number }) => {
      if (!network.faults.trap(number)) return NOT_FOUND;
      network.pauses.release(number);
      return {};
    },
  },
  '/puppet': {
    GET: async ({ network, query, signal }) => {
      const waitMs = Math.min(Number(query.get('waitMs')) || 0, LONGEST_WAIT_MS);
      const message = await network.puppets.next(query.get('to') ?? '', waitMs, signal);
      return message ? { body: message } : {};
    },
  },
  '/puppet/:number': {
    POST: ({ network, number, body }) =>
      network.puppets.answer(number, readPuppetAnswer(body)) ? {} : NOT_FOUND,
  },
  '/messages': {
    GET: ({ network, query }) => {
      const after = Number(query.get('after')) || 0;
      const glance = readGlance(query);
      const { record } = network;
      return { body: { messages: glance ? record.glance(after, glance) : record.after(after) } };
    },
  },
  '/seed': {
    PUT: ({ network, body }) => {
      network.faults.restart(readSeed(body));
      return {};
    },
  },
};

/**
 * The control API of protocol.ts.
 * @param token what callers must send as bearer token
 * @returns a server that does not listen yet
 */
export function createControl(network: Network, token: string): Server {
  return createServer((request, response) => {
    response.on('error', () => response.destroy());
    answer(network, token, request, response).then(
      (reply) => send(response, reply),
      (error) => send(response, failure(error)),
    );
  });
}

async function answer(
  network: Network,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://wire');
  if (url.pathname === '/health' && request.method === 'GET') return { body: { status: 'ok' } };
  if (!isAuthorized(request, token)) {
    return { status: 401, body: { error: 'unauthorized', message: 'The token is missing or wrong.' } };
  }
  const handlers = ROUTES[url.pathname.replace(/\/\d+(?=\/|$)/, '/:number')];
  if (!handlers) return NOT_FOUND;
  const handler = handlers[request.method ?? ''];
  if (!handler) {
    return { status: 405, body: { error: 'method_not_allowed', message: Object.keys(handlers).join(', ') } };
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const text = (await readBody(request)).toString();
  const number = Number(/\/(\d+)/.exec(url.pathname)?.[1]);
  return handler({ network, number, query: url.searchParams, body: parse(text), signal: gone.signal });
}

/** Compares digests, so that neither the time nor the length tells anything about the token. */
function isAuthorized(request: IncomingMessage, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`));
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest('the body is not JSON');
  }
}

function failure(error: unknown): Reply {
  if (error instanceof BadRequest) {
    return { status: 400, body: { error: 'bad_request', message: error.message } };
  }
  return { status: 500, body: { error: 'internal', message: String(error) } };
}

function send(response: ServerResponse, { status, body }: Reply): void {
  if (response.destroyed) return;
  if (body === undefined) {
    response.writeHead(status ?? 204).end();
    return;
  }
  response.writeHead(status ?? 200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
