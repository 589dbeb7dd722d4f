import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { now } from './clock.ts';
import type { LinkConfig } from './config.ts';
import { endToEnd, withHeader } from './headers.ts';
import type { Network } from './network.ts';
import type { WireMessage } from './protocol.ts';
import { lookup } from './resolve.ts';

/**
 * Carries a WebSocket: bytes in both directions, delayed or swallowed as the rules of the direction say. Loss, duplicates
 * and traps do not apply: a message of a WebSocket cannot be lost without breaking its connection.
 */
export function tunnel(
  link: LinkConfig,
  target: URL,
  network: Network,
  request: IncomingMessage,
  caller: Duplex,
  head: Buffer,
): void {
  const { from, to } = link;
  const opening = { from, to, method: request.method ?? '', path: request.url ?? '' };
  const message = network.record.enter(opening, Buffer.alloc(0));
  caller.on('error', () => caller.destroy());
  caller.on('close', () => {
    if (message.outcome === 'waiting') message.outcome = 'abandoned';
  });
  const fate = network.faults.fate(from, to, network.faults.drawLuck(from, to).request);
  void network.pauses.delay(fate.delayMs).then(() => {
    if (network.faults.isCut(from, to)) swallow(network, message, caller);
    else open(target, network, message, request, caller, head);
  });
}

function swallow(network: Network, message: WireMessage, caller: Duplex): void {
  message.faults.push('cut');
  message.outcome = 'request-lost';
  if (caller instanceof Socket) network.fallSilent(caller);
}

function open(
  target: URL,
  network: Network,
  message: WireMessage,
  request: IncomingMessage,
  caller: Duplex,
  head: Buffer,
): void {
  const headers = ['Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? 'websocket'];
  const outgoing = httpRequest({
    host: target.hostname,
    port: target.port || 80,
    method: message.method,
    path: message.path,
    headers: [...withHeader(endToEnd(request.rawHeaders), 'Host', target.host), ...headers],
    agent: false,
    lookup,
  });
  outgoing.on('socket', (socket) => socket.once('connect', () => (message.deliveredAt = now())));
  outgoing.on('error', () => {
    if (message.outcome === 'waiting') message.outcome = 'unreachable';
    caller.destroy();
  });
  outgoing.on('response', (answer) => {
    noteAnswer(message, answer);
    caller.write(rawHead(answer));
    answer.pipe(caller);
  });
  outgoing.on('upgrade', (answer, callee, calleeHead) => {
    noteAnswer(message, answer);
    callee.on('error', () => callee.destroy());
    const { from, to } = message;
    const back = relay(network, message, callee, caller, to, from);
    const forth = relay(network, message, caller, callee, from, to);
    back(Buffer.concat([Buffer.from(rawHead(answer), 'latin1'), calleeHead]));
    if (head.length > 0) forth(head);
  });
  outgoing.end();
}

function noteAnswer(message: WireMessage, answer: IncomingMessage): void {
  message.answeredAt = now();
  message.returnedAt = message.answeredAt;
  message.status = answer.statusCode ?? 0;
  message.outcome = 'answered';
}

function rawHead(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
  const { rawHeaders } = answer;
  const upgraded = answer.statusCode === 101;
  // A refusal is sent on without its framing: the end of the connection ends it.
  const headers = upgraded ? rawHeaders : [...endToEnd(rawHeaders), 'Connection', 'close'];
  for (let index = 0; index < headers.length; index += 2)
    lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/**
 * Sends the bytes of one side on to the other, in order.
 * @returns what sends further bytes the same way
 */
function relay(
  network: Network,
  message: WireMessage,
  source: Duplex,
  sink: Duplex,
  from: string,
  to: string,
): (bytes: Buffer) => void {
  const { faults, pauses } = network;
  let last = Promise.resolve();
  let broken = false;
  const swallowed = () => {
    if (broken || !faults.isCut(from, to)) return broken;
    broken = true;
    message.faults.push('cut');
    // Bytes are missing: when the network is healed the connection cannot go on.
    for (const end of [source, sink]) if (end instanceof Socket) network.fallSilent(end);
    return true;
  };
  const send = (bytes: Buffer) => {
    if (swallowed()) return;
    const delayed = pauses.delay(faults.fate(from, to, faults.drawLuck(from, to).request).delayMs);
    last = last
      .then(() => delayed)
      .then(() => {
        if (swallowed() || sink.destroyed || sink.write(bytes)) return;
        source.pause();
        sink.once('drain', () => source.resume());
      });
  };
  source.on('data', send);
  source.on('close', () => {
    last = last.then(() => {
      if (!swallowed()) sink.destroy();
    });
  });
  return send;
}
