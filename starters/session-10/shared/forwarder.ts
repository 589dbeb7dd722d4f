import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Config } from './config.ts';
import { HttpError } from './http-error.ts';
import type { HttpAnswer, HttpRequest } from './http-server.ts';
import { describeRequest, type Trace } from './trace.ts';

/** Headers of a request and of its answer that are passed on too: by name in lower case. */
const PASSED_ON = ['x-session-token', 'x-client-id', 'x-request-id'];

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

  /**
   * Forwards a request as it came and returns the answer as it is. The header X-Forwarded-By keeps it from being
   * forwarded again.
   *
   * @param to a node named in PEERS
   * @throws HttpError 504 `timeout` if no answer came: what was asked for may have been done
   */
  async forward(to: string, request: HttpRequest): Promise<HttpAnswer> {
    const from = this.#config.nodeId;
    const id = randomUUID();
    const { method, target } = request;
    const message = describeRequest(undefined, { id, from, to, method, path: target });
    this.#trace.message('send', message);
    try {
      const url = this.#config.peers.get(to) ?? '';
      const headers = { 'x-forwarded-by': from, 'x-message-id': id, 'x-message-from': from };
      return await exchange(url, request, headers, this.#timeoutMs);
    } catch (error) {
      this.#trace.message('timeout', { ...message, summary: (error as Error).message });
      throw new HttpError(504, 'timeout', `${to} has not answered. It may have done what was asked for.`);
    }
  }
}

/** One request on a connection of its own. Rejects if the connection fails or the time is over. */
function exchange(
  url: string,
  { method, target, headers, rawBody }: HttpRequest,
  own: Record<string, string>,
  timeoutMs: number,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method,
      path: target,
      agent: false,
      headers: { ...passedOn(headers), ...own, 'content-length': rawBody.length },
      signal: AbortSignal.timeout(timeoutMs),
    });
    request.on('error', reject);
    request.on('response', async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const body = text === '' ? undefined : JSON.parse(text);
        resolve({ status: response.statusCode ?? 0, body, headers: passedOn(response.headers) });
      } catch (error) {
        reject(error);
      }
    });
    request.end(rawBody);
  });
}

function passedOn(headers: HttpRequest['headers']): Record<string, string> {
  const found = PASSED_ON.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, String(headers[name])]],
  );
  return Object.fromEntries(found);
}
