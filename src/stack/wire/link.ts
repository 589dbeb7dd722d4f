import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { FaultPlan, SetTrap } from './faults.ts';
import type { WireMessage } from './protocol.ts';
import type { Puppets } from './puppets.ts';
import { excerpt, type MessageLog, now } from './record.ts';

export interface LinkConfig {
  from: string;
  to: string;
  /** URL of the callee. */
  target: string;
  listenHost: string;
  listenPort: number;
}

/** What all links share. */
export interface Wire {
  plan: FaultPlan;
  log: MessageLog;
  puppets: Puppets;
  /** Connections left in silence by a cut or a loss; healing breaks them, so that callers notice. */
  silenced: Set<() => void>;
}

interface Exchange {
  message: WireMessage;
  body: Buffer;
  headers: IncomingHttpHeaders;
  outgoing: ServerResponse;
  trap: SetTrap | undefined;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Larger bodies break the connection, bytes. The nodes' own limit is 1 MiB. */
const LARGEST_BODY = 8 * 1024 * 1024;
/** A callee that stands still may yet handle what it was sent: so long the request stays open, ms. */
const CALLEE_WITHIN_MS = 60_000;
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The server that stands for `to` in the eyes of `from`. Each request is one message, its answer another. */
export function createLink(link: LinkConfig, wire: Wire): Server {
  const server = createServer({ maxHeaderSize: 64 * 1024, requestTimeout: 0 }, (incoming, outgoing) => {
    carry(link, wire, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

async function carry(
  link: LinkConfig,
  wire: Wire,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { from, to } = link;
  const message = wire.log.begin({ from, to, method: incoming.method ?? '', path: incoming.url ?? '/' });
  outgoing.on('close', () => {
    if (!outgoing.writableFinished && message.outcome === 'waiting') message.outcome = 'abandoned';
  });
  const body = await readBody(incoming);
  message.body = excerpt(body);
  const trap = wire.plan.spring({ seq: message.seq, from, to, path: message.path, body });
  const exchange: Exchange = { message, body, headers: incoming.headers, outgoing, trap };
  if (trap?.trap.action === 'reset') {
    message.outcome = 'reset';
    message.faults.push('connection reset');
    outgoing.destroy();
    return;
  }
  if (await isLost(wire, exchange, 'request')) {
    message.outcome = 'request-lost';
    leaveInSilence(wire, outgoing);
    return;
  }
  const answer =
    trap?.trap.action === 'puppet' ? await askPuppet(wire, exchange) : await deliver(link, wire, exchange);
  if (!answer) {
    if (message.outcome === 'waiting') message.outcome = 'unreachable';
    outgoing.destroy();
    return;
  }
  message.status = answer.status;
  message.answer = excerpt(answer.body);
  message.answeredAt = now();
  if (await isLost(wire, exchange, 'answer')) {
    message.outcome = 'answer-lost';
    leaveInSilence(wire, outgoing);
    return;
  }
  giveBack(message, answer, outgoing);
}

/** Applies rules and traps to a request or an answer: delays it, holds it, and says whether it is lost on its way. */
async function isLost(wire: Wire, { message, trap }: Exchange, part: 'request' | 'answer'): Promise<boolean> {
  const [from, to] = part === 'request' ? [message.from, message.to] : [message.to, message.from];
  const rule = wire.plan.rule(from, to);
  if (trap?.trap.action === `lose-${part}` || wire.plan.chance(rule.loss)) {
    message.faults.push(`${part} lost`);
    return true;
  }
  const delayMs = wire.plan.delay(rule);
  if (delayMs > 0) {
    message.faults.push(`${part} delayed ${Math.round(delayMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
  if (trap?.trap.action === `hold-${part}`) {
    message.faults.push(`${part} held`);
    await new Promise<void>((resolve) => trap.held.add(resolve));
  }
  // Looked at last: what is still under way when the cut comes does not arrive either.
  const cut = wire.plan.rule(from, to).cut === true;
  if (cut) message.faults.push(`${part} cut off`);
  return cut;
}

/** Hands the request to the callee, twice where a fault says so. @returns undefined when it cannot be reached */
async function deliver(link: LinkConfig, wire: Wire, exchange: Exchange): Promise<Answer | undefined> {
  const { message, trap } = exchange;
  const twice =
    trap?.trap.action === 'duplicate' || wire.plan.chance(wire.plan.rule(link.from, link.to).duplicate);
  message.deliveredAt = now();
  const first = forward(link, exchange);
  if (!twice) return first;
  message.faults.push('delivered twice');
  // Both at once: the harder case for a callee that has to notice.
  const second = forward(link, exchange);
  return (await Promise.race([first, second])) ?? (await first) ?? (await second);
}

async function askPuppet(wire: Wire, { message }: Exchange): Promise<Answer | undefined> {
  message.deliveredAt = now();
  message.faults.push('answered by dsc');
  const answer = await wire.puppets.ask(message);
  if (!answer) return undefined;
  const body = Buffer.from(JSON.stringify(answer.body));
  return { status: answer.status, headers: { 'content-type': 'application/json' }, body };
}

/** One request on a connection of its own, never repeated. */
function forward(link: LinkConfig, { message, body, headers }: Exchange): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const target = new URL(link.target);
    const outward = request({
      host: target.hostname,
      port: target.port,
      method: message.method,
      path: message.path,
      headers: { ...endToEnd(headers), host: target.host, 'content-length': body.length },
      agent: false,
      timeout: CALLEE_WITHIN_MS,
    });
    outward.on('timeout', () => outward.destroy());
    outward.on('error', () => resolve(undefined));
    outward.on('response', (response) => {
      readBody(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
        () => resolve(undefined),
      );
    });
    outward.end(body);
  });
}

function giveBack(message: WireMessage, answer: Answer, outgoing: ServerResponse): void {
  if (outgoing.destroyed) return;
  message.outcome = 'answered';
  outgoing.writeHead(answer.status, { ...endToEnd(answer.headers), 'content-length': answer.body.length });
  outgoing.end(answer.body);
}

/** The caller hears nothing until it gives up, or until healing breaks the connection. */
function leaveInSilence(wire: Wire, outgoing: ServerResponse): void {
  const breakOff = () => outgoing.destroy();
  wire.silenced.add(breakOff);
  outgoing.on('close', () => wire.silenced.delete(breakOff));
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

/** @throws Error when it is cut off or larger than LARGEST_BODY */
async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_BODY) throw new Error('body too large');
    chunks.push(chunk);
  }
  if (!stream.complete) throw new Error('body cut off');
  return Buffer.concat(chunks);
}
