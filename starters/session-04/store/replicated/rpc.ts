import type { Config } from '../../shared/config.ts';
import { HttpError } from '../../shared/http-error.ts';
import { anyField, objectBody, stringField } from '../../shared/json-body.ts';
import { NoAnswer, type RpcClient } from '../../shared/rpc-client.ts';
import { wholeNumber } from './entry.ts';

export type Fields = Record<string, unknown>;

/** What one node says to another: `POST /_rpc`. The answer has the same form, and its type ends in `Response`. */
export interface RpcMessage {
  type: string;
  /** The sender's term. */
  term: number;
  from: string;
  to: string;
  data: Fields;
}

/** The other nodes. */
export class Peers {
  readonly names: readonly string[];
  /** How many nodes are more than half of all: of three, two. */
  readonly majority: number;
  readonly #nodeId: string;
  readonly #client: RpcClient;
  readonly #timeoutMs: number;
  readonly #seeTerm: (term: number) => void;

  /**
   * @param timeoutMs how long a node may take to answer
   * @param seeTerm told of the term in every answer
   */
  constructor(config: Config, client: RpcClient, timeoutMs: number, seeTerm: (term: number) => void) {
    this.names = [...config.peers.keys()];
    this.majority = Math.floor((this.names.length + 1) / 2) + 1;
    this.#nodeId = config.nodeId;
    this.#client = client;
    this.#timeoutMs = timeoutMs;
    this.#seeTerm = seeTerm;
  }

  /**
   * Asks another node and waits for its answer.
   *
   * @param term of this node, when it decided to ask
   * @throws NoAnswer if none came in time, or the other node refused to read the message
   */
  async call(to: string, type: string, term: number, data: Fields): Promise<Fields> {
    const message: RpcMessage = { type, term, from: this.#nodeId, to, data };
    const { status, body } = await this.#client.post(to, '/_rpc', message, this.#timeoutMs);
    if (status !== 200) throw new NoAnswer(`${to} answered ${status}`);
    try {
      const answer = parseRpc(body, to, this.#nodeId);
      this.#seeTerm(answer.term);
      return answer.data;
    } catch (error) {
      if (error instanceof HttpError) throw new NoAnswer(`${to} gave a malformed answer: ${error.message}`);
      throw error;
    }
  }
}

/** Reads a message that must come from `from`, or from one of several nodes, and be for `to`. Throws HttpError 400. */
export function parseRpc(body: unknown, from: string | readonly string[], to: string): RpcMessage {
  const fields = objectBody(body);
  const message = {
    type: stringField(fields, 'type'),
    term: wholeNumber(fields, 'term'),
    from: stringField(fields, 'from'),
    to: stringField(fields, 'to'),
    data: objectBody(anyField(fields, 'data')),
  };
  if (message.to !== to) {
    throw new HttpError(400, 'wrong_node', `This message is for "${message.to}", and this is ${to}.`);
  }
  if (![from].flat().includes(message.from)) {
    throw new HttpError(400, 'bad_request', `"from" is "${message.from}", which is not in PEERS.`);
  }
  return message;
}
