import { gather } from '../gather.ts';
import { wholeNumber } from './entry.ts';
import type { NodeState } from './node-state.ts';
import type { ReplicationLog } from './replication-log.ts';
import type { Fields, Peers } from './rpc.ts';
import { noQuorum } from './unavailable.ts';

/** Asks a majority of the nodes, whoever leads. */
export class Quorum {
  readonly #state: NodeState;
  readonly #log: ReplicationLog;
  readonly #peers: Peers;

  constructor(state: NodeState, log: ReplicationLog, peers: Peers) {
    this.#state = state;
    this.#log = log;
    this.#peers = peers;
  }

  /** The highest index that any node of a majority has in its log. Throws HttpError 503 `no_quorum`. */
  async lastLogIndex(): Promise<number> {
    const { names, majority } = this.#peers;
    const ask = async (peer: string) => {
      const answer = await this.#peers.call(peer, 'LastLogIndex', this.#state.term, {});
      return wholeNumber(answer, 'lastLogIndex');
    };
    const enough = (answers: number) => answers + 1 >= majority;
    const answers = await gather(names, ask, enough);
    if (!enough(answers.size)) throw noQuorum('No majority says how long its log is.');
    return Math.max(this.#log.lastIndex, ...answers.values());
  }

  /** Message `LastLogIndex`: how long this node's log is. */
  async onLastLogIndex(): Promise<Fields> {
    await this.#log.sync();
    return { lastLogIndex: this.#log.lastIndex };
  }
}
