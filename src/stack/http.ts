import { request } from 'node:http';

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Why no whole answer came. `refused`: nothing listens there, so nothing happened. Otherwise: unknown. */
export class NoAnswer extends Error {
  readonly kind: 'refused' | 'timeout' | 'broken' | 'aborted';

  constructor(kind: NoAnswer['kind'], detail: string) {
    super(detail);
    this.name = 'NoAnswer';
    this.kind = kind;
  }
}

/**
 * One HTTP request on a connection of its own, never repeated: a second attempt must be a decision of the caller,
 * because the first may have been handled.
 * @param url absolute URL
 * @param options timeoutMs bounds the whole exchange, in ms
 * @throws NoAnswer when no whole answer came
 */
export function httpRequest(
  method: string,
  url: string,
  options: {
    body?: string | Buffer | undefined;
    headers?: Record<string, string> | undefined;
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  },
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: options.headers, agent: false, signal: options.signal });
    const timer = setTimeout(() => {
      settle(() => reject(new NoAnswer('timeout', `no answer within ${options.timeoutMs} ms`)));
      outgoing.destroy();
    }, options.timeoutMs);
    let settled = false;
    function settle(how: () => void): void {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      how();
    }
    function fail(error: NodeJS.ErrnoException): void {
      const kind =
        error.name === 'AbortError' ? 'aborted' : error.code === 'ECONNREFUSED' ? 'refused' : 'broken';
      settle(() => reject(new NoAnswer(kind, error.code ?? error.message)));
    }
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', fail);
      incoming.on('close', () => {
        if (!incoming.complete) return fail(Object.assign(new Error('cut off'), { code: 'answer cut off' }));
        const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
        const answer = {
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(headers),
          body: Buffer.concat(chunks),
        };
        settle(() => resolve(answer));
      });
    });
    outgoing.end(options.body);
  });
}
