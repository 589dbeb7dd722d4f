import type { Config } from '../../shared/config.ts';
import { HttpError } from '../../shared/http-error.ts';
import { RpcClient } from '../../shared/rpc-client.ts';
import type { Trace } from '../../shared/trace.ts';
import { Election } from './election.ts';
import { wholeNumber } from './entry.ts';
import { Follower } from './follower.ts';
import type { Journal, Remembered } from './journal.ts';
import { KeyValues } from './key-values.ts';
import { Leadership } from './leadership.ts';
import { NodeState } from './node-state.ts';
// @since 5
import { Quorum } from './quorum.ts';
// @end
import { ReplicationLog } from './replication-log.ts';
import { type Fields, Peers, type RpcMessage } from './rpc.ts';
import type { ReplicationSettings } from './settings.ts';
import { noLeader } from './unavailable.ts';

/** Does what a message asks for and returns the answer's data. Throws HttpError. */
type Receive = (term: number, from: string, data: Fields) => Promise<Fields> | Fields;

/** One copy of the data: its log, its keys and values, and its part in choosing and following a leader. */
export class Replica {
  readonly state: NodeState;
  readonly log: ReplicationLog;
  readonly keyValues: KeyValues;
  // @since 5
  readonly follower: Follower;
  readonly quorum: Quorum;
  // @end
  readonly #election: Election;
  readonly #receivers: ReadonlyMap<string, Receive>;
  #leadership: Leadership | undefined;

  /** @param remembered what the journal says */
  constructor(
    config: Config,
    settings: ReplicationSettings,
    trace: Trace,
    journal: Journal,
    remembered: Remembered,
  ) {
    const { nodeId } = config;
    const state = new NodeState(nodeId, journal, remembered);
    const log = new ReplicationLog(journal, remembered.entries);
    const keyValues = new KeyValues(log, journal);
    keyValues.commit(Math.min(remembered.commitIndex, log.lastIndex));
    const client = new RpcClient(config, trace);
    const peers = new Peers(config, client, settings.rpcTimeoutMs, (term) => election.observeTerm(term));
    const elected = () => {
      const loseMajority = () => election.becomeFollower(null);
      this.#leadership = new Leadership(nodeId, state.term, log, keyValues, peers, settings, loseMajority);
      void this.#leadership.begin();
    };
    const deposed = () => {
      this.#leadership?.end();
      this.#leadership = undefined;
    };
    const election = new Election(state, log, peers, settings, { elected, deposed }, trace);
    const follower = new Follower(state, log, keyValues, election, peers);
    this.state = state;
    this.log = log;
    this.keyValues = keyValues;
    // @since 5
    this.follower = follower;
    this.quorum = new Quorum(state, log, peers);
    // @end
    this.#election = election;
    this.#receivers = new Map<string, Receive>([
      ['RequestVote', (term, from, data) => election.onRequestVote(term, from, data)],
      ['Heartbeat', (term, from, data) => follower.onHeartbeat(term, from, data)],
      ['Replicate', (term, from, data) => follower.onReplicate(term, from, data)],
      ['Sync', (_term, _from, data) => this.#onSync(data)],
      // @since 5
      ['LastLogIndex', () => this.quorum.onLastLogIndex()],
      // @end
    ]);
  }

  /** What this node does as leader: undefined while it is none. */
  get leadership(): Leadership | undefined {
    return this.#leadership;
  }

  start(): void {
    this.#election.start();
  }

  stop(): void {
    this.#election.stop();
    this.#leadership?.end();
  }

  /** Takes in a message from another node and returns the answer. Throws HttpError. */
  async receive({ type, term, from, to, data }: RpcMessage): Promise<RpcMessage> {
    const receive = this.#receivers.get(type);
    if (receive === undefined) throw new HttpError(400, 'bad_request', `There is no message "${type}".`);
    this.#election.observeTerm(term);
    const answer = await receive(term, from, data);
    return { type: `${type}Response`, term: this.state.term, from: to, to: from, data: answer };
  }

  /** Message `Sync`: a follower asks for what it lacks. */
  #onSync(data: Fields): Fields {
    const from = wholeNumber(data, 'from');
    if (this.#leadership === undefined) throw noLeader(`${this.state.nodeId} does not lead.`);
    return { entries: this.log.batchFrom(from), commitIndex: this.keyValues.commitIndex };
  }
}
