import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Config } from '../shared/config.ts';
import { HttpError } from '../shared/http-error.ts';
import { describeRequest, type Trace } from '../shared/trace.ts';
import type { HttpAnswer } from './http-server.ts';

/** Passes a client's request on to the node that is to serve it. */
export class Forwarder {
  readonly #config: Config;
  readonly #trace: Trace;
  readonly #timeoutMs: number;

  constructor(config: Config, trace: Trace, timeoutMs: number) {
    this.#config = config;
    this.#trace = trace;
    this.#timeoutMs = timeoutMs;
  }

  // ANCHOR: forward
  /**
   * Forwards a request and returns the answer as it is. The header X-Forwarded-By keeps it from being forwarded again.
   *
   * @param to a node named in PEERS
   * @param body as it came
   * @throws HttpError 504 `timeout` if no answer came: what was asked for may have been done
   */
  async forward(to: string, method: string, path: string, body: Buffer): Promise<HttpAnswer> {
    const from = this.#config.nodeId;
    const id = randomUUID();
    const headers = { 'x-forwarded-by': from, 'x-message-id': id, 'x-message-from': from };
    const message = describeRequest(undefined, { id, from, to, method, path });
    this.#trace.message('send', message);
    try {
      const url = this.#config.peers.get(to) ?? '';
      return await exchange(url, method, path, headers, body, this.#timeoutMs);
    } catch (error) {
      this.#trace.message('timeout', { ...message, summary: (error as Error).message });
      throw new HttpError(504, 'timeout', `${to} has not answered. It may have done what was asked for.`);
    }
  }
  // ANCHOR_END: forward
}

/** One request on a connection of its own. Rejects if the connection fails or the time is over. */
function exchange(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
  timeoutMs: number,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method,
      path,
      agent: false,
      headers: { ...headers, 'content-length': body.length },
      signal: AbortSignal.timeout(timeoutMs),
    });
    request.on('error', reject);
    request.on('response', async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
      } catch (error) {
        reject(error);
      }
    });
    request.end(body);
  });
}
