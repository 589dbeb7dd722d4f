import type { MessagesView } from '../view.ts';
import type { Look, Probe } from './probe.ts';

interface Handled {
  type: string;
  from: string;
  data?: { n?: number };
}

/** A node forgets older messages: then the counter cannot be told. */
const INBOX_SIZE = 10_000;

/** What each node has handled. */
export class MessagesProbe implements Probe {
  readonly askGivenCodeOnly = true;

  async look({ nodes, asker }: Look): Promise<MessagesView> {
    const rows = nodes.map(async ({ name, answers }) => {
      const inbox = answers ? await asker.ask<Handled[]>(name, '/inbox') : undefined;
      if (!Array.isArray(inbox)) return { name };
      const last = inbox.at(-1);
      return {
        name,
        handled: inbox.length,
        ...(inbox.length < INBOX_SIZE && { counter: counterOf(inbox) }),
        ...(last && { last: `${last.type} from ${last.from}` }),
      };
    });
    return { kind: 'messages', nodes: await Promise.all(rows) };
  }
}

function counterOf(inbox: readonly Handled[]): number {
  return inbox.reduce((sum, { type, data }) => (type === 'add' ? sum + (data?.n ?? 0) : sum), 0);
}
