import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Config } from './config.ts';
import { describeRequest, type Trace } from './trace.ts';

export interface PeerAnswer {
  status: number;
  /** Parsed JSON, or undefined where the answer has no body. */
  body: any;
}

/** No whole answer came in time. The peer may have carried out the request, or may never have seen it. */
export class NoAnswer extends Error {}

/** Calls other nodes: one request, one answer or NoAnswer. It never tries twice. */
export class RpcClient {
  readonly #config: Config;
  readonly #trace: Trace;

  constructor(config: Config, trace: Trace) {
    this.#config = config;
    this.#trace = trace;
  }

  /**
   * Posts JSON to a peer and waits for its answer, whatever the status.
   *
   * @param to a peer named in PEERS
   * @param timeoutMs from now until the last byte of the answer
   * @throws NoAnswer if the connection fails or the time is over
   */
  async post(to: string, path: string, body: unknown, timeoutMs: number): Promise<PeerAnswer> {
    const url = this.#config.peers.get(to);
    if (url === undefined) throw new Error(`${to} is not in PEERS`);
    const from = this.#config.nodeId;
    const id = randomUUID();
    const message = describeRequest(body, { id, from, to, method: 'POST', path });
    this.#trace.message('send', message);
    try {
      return await exchange(url + path, { 'x-message-id': id, 'x-message-from': from }, body, timeoutMs);
    } catch (error) {
      this.#trace.message('timeout', { ...message, summary: (error as Error).message });
      throw error;
    }
  }
}

/** Each call has a connection of its own, so that an old one to a node that has restarted is never used. */
function exchange(
  url: string,
  headers: Record<string, string>,
  body: unknown,
  timeoutMs: number,
): Promise<PeerAnswer> {
  const bytes = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-type': 'application/json', 'content-length': bytes.length },
    });
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new NoAnswer(reason));
      request.destroy();
    };
    const timer = setTimeout(
      () => fail(`no answer within ${Math.round(timeoutMs)} ms`),
      Math.max(1, timeoutMs),
    );
    request.on('error', (error) => fail(error.message));
    request.on('response', async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const answer = { status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) };
        clearTimeout(timer);
        resolve(answer);
      } catch (error) {
        fail(`the answer broke off or is not JSON: ${(error as Error).message}`);
      }
    });
    request.end(bytes);
  });
}
