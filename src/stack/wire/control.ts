import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Wire } from './link.ts';
import type { DirectedRule, Trap } from './protocol.ts';
import type { PuppetAnswer } from './puppets.ts';

interface Reply {
  status: number;
  body?: unknown;
}

const LONGEST_WAIT_MS = 30_000;

/** The HTTP API of protocol.ts. Without the token it tells nothing but that it is there. */
export function createControl(token: string, wire: Wire): Server {
  return createServer(async (incoming, outgoing) => {
    const reply = await handle(incoming, token, wire).catch((error: Error) => ({
      status: 400,
      body: { error: 'bad_request', message: error.message },
    }));
    outgoing.writeHead(reply.status, { 'content-type': 'application/json' });
    outgoing.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
  });
}

async function handle(incoming: IncomingMessage, token: string, wire: Wire): Promise<Reply> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://wire');
  const [, area = '', id, verb] = pathname.split('/');
  const what = `${incoming.method} ${[area, id !== undefined && ':id', verb].filter(Boolean).join('/')}`;
  if (what === 'GET health') return { status: 200, body: { status: 'ok' } };
  if (!isAllowed(incoming.headers.authorization, token))
    return { status: 401, body: { error: 'unauthorized' } };
  switch (what) {
    case 'GET rules':
      return { status: 200, body: { rules: wire.plan.rules() } };
    case 'PUT rules':
      wire.plan.setRule(await readRule(incoming));
      return { status: 204 };
    case 'DELETE rules':
      wire.plan.clear();
      wire.puppets.clear();
      for (const breakOff of [...wire.silenced]) breakOff();
      return { status: 204 };
    case 'POST traps':
      return { status: 201, body: { id: wire.plan.setTrap((await readJson(incoming)) as Trap).id } };
    case 'GET traps/:id':
      return trapReply(wire, Number(id));
    case 'DELETE traps/:id':
      wire.plan.removeTrap(Number(id));
      return { status: 204 };
    case 'POST traps/:id/release':
      wire.plan.release(Number(id));
      return { status: 204 };
    case 'GET puppet': {
      const waitMs = Math.min(LONGEST_WAIT_MS, Number(searchParams.get('waitMs') ?? 0));
      const message = await wire.puppets.next(searchParams.get('to') ?? '', waitMs);
      return message ? { status: 200, body: message } : { status: 204 };
    }
    case 'POST puppet/:id':
      return {
        status: wire.puppets.answer(Number(id), (await readJson(incoming)) as PuppetAnswer) ? 204 : 404,
      };
    case 'GET messages':
      return { status: 200, body: { messages: wire.log.after(Number(searchParams.get('after') ?? 0)) } };
    case 'PUT seed':
      wire.plan.seed(Number(((await readJson(incoming)) as { seed: number }).seed));
      return { status: 204 };
    default:
      return { status: 404, body: { error: 'not_found' } };
  }
}

function trapReply(wire: Wire, id: number): Reply {
  const set = wire.plan.trap(id);
  return set
    ? { status: 200, body: { trap: set.trap, caught: set.caught } }
    : { status: 404, body: { error: 'not_found' } };
}

async function readRule(incoming: IncomingMessage): Promise<DirectedRule> {
  const rule = (await readJson(incoming)) as DirectedRule;
  if (typeof rule?.from === 'string' && typeof rule.to === 'string') return rule;
  throw new Error('a rule needs "from" and "to"');
}

function isAllowed(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
