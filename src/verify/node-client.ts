import { httpRequest, NoAnswer } from '../stack/http.ts';
import type { Answer, CallOptions, NodeClient, Silence } from './check.ts';
import { brief, type ClientCall } from './timeline.ts';
import { PromiseBroken, TooLate } from './verdict.ts';

/** A node as a client sees it. Every call is one request on one connection and is kept for the timeline. */
export class RecordingClient implements NodeClient {
  readonly name: string;
  readonly url: string;
  readonly #calls: ClientCall[];
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal;

  /**
   * @param calls where each call is recorded
   * @param timeoutMs for calls that name none, ms
   */
  constructor(name: string, url: string, calls: ClientCall[], timeoutMs: number, signal: AbortSignal) {
    this.name = name;
    this.url = url;
    this.#calls = calls;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
  }

  async call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer> {
    const { answer, silence } = await this.try(method, path, body, options);
    if (answer) return answer;
    const Broken = silence.kind === 'timeout' ? TooLate : PromiseBroken;
    throw new Broken({
      expected: `${this.name} answers ${method} ${path}`,
      seen: describeSilence(silence),
      evidence: body === undefined ? [] : [`request: ${JSON.stringify(body)}`],
    });
  }

  async try(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<{ answer: Answer; silence?: never } | { answer?: never; silence: Silence }> {
    const call: ClientCall = { at: Date.now(), node: this.name, method, path, body };
    this.#calls.push(call);
    const began = performance.now();
    try {
      const {
        status,
        headers,
        body: bytes,
      } = await httpRequest(method, this.url + path, {
        body: options.raw ?? (body === undefined ? undefined : JSON.stringify(body)),
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...options.headers },
        timeoutMs: options.timeoutMs ?? this.#timeoutMs,
        signal: this.#signal,
      });
      const answer = { status, headers, body: parse(bytes), ms: performance.now() - began };
      this.#end(call, `${status}${brief(answer.body)}`);
      return { answer };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.kind === 'aborted') throw this.#signal.reason;
      const silence: Silence = { kind: error.kind, ms: performance.now() - began };
      this.#end(call, `no answer: ${describeSilence(silence)}`);
      return { silence };
    }
  }

  #end(call: ClientCall, outcome: string): void {
    call.endedAt = Date.now();
    call.outcome = outcome;
  }
}

export function describeSilence({ kind, ms }: Silence): string {
  if (kind === 'refused') return 'the connection was refused: nothing listens there';
  if (kind === 'timeout') return `no answer within ${Math.round(ms)} ms`;
  return 'the connection broke before the whole answer came';
}

function parse(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
