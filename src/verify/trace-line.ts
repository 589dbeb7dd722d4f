/** A line of a node's trace, taken apart. */
export interface TraceLine {
  /** Epoch ms, with decimals. */
  ts: number;
  /** send, recv, timeout, state, apply, deliver. */
  event: string;
  msg?: Record<string, unknown>;
  /** The other fields. */
  more: Record<string, unknown>;
}

/** @returns undefined for a line that is no trace */
export function parseTrace(text: string): TraceLine | undefined {
  if (!text.startsWith('{"ts"')) return undefined;
  try {
    const { ts, event, node: _node, msg, ...more } = JSON.parse(text) as Record<string, any>;
    if (!Number.isFinite(ts)) return undefined;
    return { ts, event: String(event), ...(msg && { msg }), more };
  } catch {
    return undefined;
  }
}

/** What a trace line says, in words, without its time. */
export function traceWords({ event, msg, more }: TraceLine): string {
  if (msg) {
    const { type, from, to, summary = '', id = '' } = msg;
    return `${event} ${type} ${from} -> ${to} ${summary} ${id}`.trimEnd();
  }
  return [event, ...Object.entries(more).map(([key, value]) => `${key}=${JSON.stringify(value)}`)].join(' ');
}
