import type { WireMessage } from '../stack/wire/protocol.ts';

/** A point on the space-time diagram of a check. */
export interface TimelineRow {
  /** ms since the check began. */
  at: number;
  kind: 'message' | 'lost' | 'answer' | 'fault' | 'note';
  /** Participants of an arrow; a fault or note has at most `from`. */
  from?: string;
  to?: string;
  label: string;
}

/** Nodes as lines, messages as arrows, faults and the moment it went wrong. */
export interface Timeline {
  participants: string[];
  rows: TimelineRow[];
  /** Rows left out before the first one shown. */
  earlier: number;
}

/** A call of the checker itself. */
export interface ClientCall {
  at: number;
  node: string;
  method: string;
  path: string;
  body?: unknown;
  /** Set when it ended. */
  endedAt?: number;
  outcome?: string;
}

/** The name of the checker's own line in a diagram. */
export const CLIENT = 'client';

const MOST_ROWS = 24;

/**
 * Puts together what is known of a check: the checker's calls, the wire's record, the faults, the nodes' trace.
 * @param began epoch ms at which the check began
 * @param routine what goes on all the time: rows whose label contains one of these are left out
 */
export function buildTimeline(
  began: number,
  nodes: readonly string[],
  calls: readonly ClientCall[],
  messages: readonly WireMessage[],
  events: readonly TimelineRow[],
  routine: readonly string[] = [],
): Timeline {
  const isRoutine = ({ label }: TimelineRow) => routine.some((words) => label.includes(words));
  // A question and its answer go together.
  const exchanges = [
    ...events.map((event) => [event]),
    ...calls.map((call) => callRows(call, began)),
    ...messages.map((message) => messageRows(message, began)),
  ];
  const rows = exchanges.filter(([first]) => !isRoutine(first!)).flat();
  rows.sort((a, b) => a.at - b.at);
  const shown = rows.slice(-MOST_ROWS);
  const seen = new Set(shown.flatMap((row) => [row.from ?? [], row.to ?? []].flat()));
  // Clients that have a name, as those of a chat, stand beside each other before the nodes.
  const named = [...seen].filter((name) => name !== CLIENT && !nodes.includes(name)).sort();
  return {
    participants: [CLIENT, ...named, ...nodes].filter((name) => seen.has(name)),
    rows: shown,
    earlier: rows.length - shown.length,
  };
}

function callRows(call: ClientCall, began: number): TimelineRow[] {
  const asked: TimelineRow = {
    at: call.at - began,
    kind: 'message',
    from: CLIENT,
    to: call.node,
    label: `${call.method} ${call.path}${brief(call.body)}`,
  };
  if (call.endedAt === undefined) return [asked];
  const kind = call.outcome?.startsWith('no answer') ? 'lost' : 'answer';
  return [asked, { at: call.endedAt - began, kind, from: call.node, to: CLIENT, label: call.outcome ?? '' }];
}

function messageRows(message: WireMessage, began: number): TimelineRow[] {
  const { from, to } = message;
  const faults = message.faults.length > 0 ? ` (${message.faults.join(', ')})` : '';
  const lost = message.deliveredAt === null && message.outcome !== 'waiting';
  const request: TimelineRow = {
    at: message.sentAt - began,
    kind: lost ? 'lost' : 'message',
    from,
    to,
    label: `${message.method} ${message.path}${brief(message.body)}${faults}`,
  };
  if (message.outcome === 'answer-lost') {
    const at = (message.answeredAt ?? message.deliveredAt ?? message.sentAt) - began;
    return [request, { at, kind: 'lost', from: to, to: from, label: `answer ${message.status ?? ''} lost` }];
  }
  if (message.answeredAt === null) return [request];
  const late = message.returnedAt === null;
  const label = `${message.status}${late ? ' too late, nobody waits for it' : brief(message.answer ?? '')}`;
  const at = (message.returnedAt ?? message.answeredAt) - began;
  return [request, { at, kind: late ? 'lost' : 'answer', from: to, to: from, label }];
}

const LONGEST_VALUE = 40;

/** A body in a few words: the fields that the lanes do not show already, long ids cut short. */
export function brief(body: unknown): string {
  const value = typeof body === 'string' ? parsed(body) : body;
  if (value === undefined || value === null || value === '') return '';
  if (typeof value !== 'object' || Array.isArray(value)) return ` ${briefValue(value)}`;
  const fields = Object.entries(value).filter(([name]) => name !== 'from' && name !== 'to');
  return ` ${fields.map(([name, field]) => `${name}=${briefValue(field)}`).join(' ')}`;
}

function briefValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text)) return text.slice(0, 8);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
