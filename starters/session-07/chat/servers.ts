import type { Config } from '../shared/config.ts';
import { NoAnswer, RpcClient } from '../shared/rpc-client.ts';
import type { Trace } from '../shared/trace.ts';
import type { ChatMessage, Draft, Presence } from './message.ts';
import type { Excerpt } from './room-log.ts';

/** The other servers: what one asks another for. Each method throws NoAnswer if the other is silent or refuses. */
export class Servers {
  readonly names: readonly string[];
  readonly #nodeId: string;
  readonly #client: RpcClient;
  readonly #timeoutMs: number;

  /** @param timeoutMs how long a server may take to answer */
  constructor(config: Config, trace: Trace, timeoutMs: number) {
    this.names = [...config.peers.keys()];
    this.#nodeId = config.nodeId;
    this.#client = new RpcClient(config, trace);
    this.#timeoutMs = timeoutMs;
  }

  /** Has a message numbered. After NoAnswer it may have been numbered all the same. */
  async publish(to: string, draft: Draft): Promise<ChatMessage> {
    return (await this.#call(to, '/_publish', draft)).message;
  }

  /** Asks for what follows a message in a room, and for everything that is said there from now on. */
  subscribe(to: string, roomId: string, after: number): Promise<Excerpt> {
    return this.#call(to, '/_subscribe', { roomId, server: this.#nodeId, after });
  }

  /** Hands over messages of one room, in order. */
  async deliver(to: string, messages: ChatMessage[]): Promise<void> {
    await this.#call(to, '/_deliver', { messages });
  }

  /** Says who is in which room here. @param version grows: an older word must not overtake a newer one */
  async tellPresence(to: string, version: number, presence: Presence[]): Promise<void> {
    await this.#call(to, '/_presence', { server: this.#nodeId, version, presence });
  }

  async #call(to: string, path: string, body: unknown): Promise<any> {
    const answer = await this.#client.post(to, path, body, this.#timeoutMs);
    if (answer.status === 200) return answer.body;
    throw new NoAnswer(`${to} answered ${answer.status}: ${answer.body?.message}`);
  }
}
