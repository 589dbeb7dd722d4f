import type { WireMessage } from '../stack/wire/protocol.ts';
import { brief } from '../verify/timeline.ts';
import type { MessageEvent } from './events.ts';

/** Parts of a JSON object that begin it and are no objects themselves: what is left to read where its end was cut off. */
const PLAIN_FIELD = /"(\w+)":("(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|null)/g;

/** A leader that says only that it is there: to a check it may matter, to who looks on it does not. */
const HEARTBEAT = /"entries":\s*\[\]|"type":\s*"Heartbeat"/;

/** Servers that compare what they have, again and again. */
const COMPARING = /^\/(_presence|_subscribe|_replica\/(sums|stamps))/;

/** A worker that asks for work and gets none, or waits for it. */
function isVainLease({ path, status }: WireMessage): boolean {
  return path === '/lease' && status !== 200;
}

/**
 * A message as it is told of, in the words of a check's timeline.
 * @param routine what goes on all the time: whose label contains one of these
 */
export function messageEvent(message: WireMessage, routine: readonly string[]): MessageEvent {
  const { seq, from, to, method, path, sentAt, deliveredAt, answeredAt, returnedAt } = message;
  const label = `${method} ${path}${brief(whole(message.body))}`;
  return {
    type: 'message',
    at: sentAt,
    seq,
    from,
    to,
    method,
    path,
    label,
    sentAt,
    deliveredAt,
    answeredAt,
    returnedAt,
    status: message.status,
    outcome: message.outcome,
    faults: message.faults,
    routine: goesOnAllTheTime(message) || routine.some((words) => label.includes(words)),
  };
}

function goesOnAllTheTime(message: WireMessage): boolean {
  return HEARTBEAT.test(message.body) || COMPARING.test(message.path) || isVainLease(message);
}

/** A body whose end was cut off is not JSON any more: of its fields those that can be read still. */
function whole(body: string): unknown {
  if (!body.startsWith('{') || body.endsWith('}')) return body;
  const fields = [...body.matchAll(PLAIN_FIELD)].map(([, name, value]) => `"${name}":${value}`);
  return fields.length === 0 ? body : `{${fields.join(',')}}`;
}
