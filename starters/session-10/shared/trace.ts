/** What a trace says about a message between two nodes. */
export interface TracedMessage {
  id: string;
  type: string;
  from: string;
  to: string;
  summary?: string;
}

export type TraceEvent = 'send' | 'recv' | 'timeout' | 'state' | 'apply' | 'deliver';

/**
 * Writes what a node does to stdout, one JSON object a line. Timelines are drawn from it;
 * nothing else depends on it.
 */
export class Trace {
  readonly #node: string;

  constructor(node: string) {
    this.#node = node;
  }

  message(event: 'send' | 'recv' | 'timeout', message: TracedMessage): void {
    this.#write(event, { msg: message });
  }

  event(event: TraceEvent, fields: Record<string, unknown>): void {
    this.#write(event, fields);
  }

  #write(event: TraceEvent, fields: Record<string, unknown>): void {
    // Two messages often fall into one millisecond, so the time has three decimals.
    const ts = Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
    process.stdout.write(`${JSON.stringify({ ts, node: this.#node, event, ...fields })}\n`);
  }
}

/**
 * Describes an HTTP request between two nodes. A body that is an envelope speaks for itself;
 * any other request is known by its headers and its path.
 */
export function describeRequest(
  body: unknown,
  request: { id: string; from: string; to: string; method: string; path: string },
): TracedMessage {
  const { id, type, from, to } = (body ?? {}) as Record<string, unknown>;
  if (typeof id === 'string' && typeof type === 'string' && typeof from === 'string' && to === request.to) {
    return { id, type, from, to: request.to };
  }
  return { id: request.id, type: `${request.method} ${request.path}`, from: request.from, to: request.to };
}
