import { isDeepStrictEqual } from 'node:util';
import type { Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { LoggingElectorate } from '../shared/electorate.ts';
import type { LogEntry, RaftMessage, Status } from './messages.ts';
import { NODES } from './nodes.ts';

const COMMITTED_WITHIN_MS = 10_000;

/** Nodes that speak Raft with each other. Whatever it sees of them it holds against the promise. */
export class Cluster extends LoggingElectorate<LogEntry> {
  /** By index: an entry that a node said was committed, and which node. */
  readonly #committed = new Map<number, { entry: LogEntry; node: string }>();

  constructor(trial: Trial, nodes: readonly string[] = NODES) {
    super(trial, nodes, '/log');
  }

  /** What a node that runs says of its state. One leader a term at most, or the promise is broken. */
  async status(node: string): Promise<Status> {
    const answer = await this.trial.node(node).call('GET', '/status');
    this.trial.expectStatus(answer, 200, `GET /status at ${node}`);
    const status: Status = answer.body;
    const numbers = ['currentTerm', 'commitIndex', 'lastApplied', 'lastLogIndex', 'lastLogTerm'] as const;
    const complete =
      status?.id === node &&
      ['leader', 'follower', 'candidate'].includes(status.state) &&
      numbers.every((name) => Number.isInteger(status[name]) && status[name] >= 0) &&
      [status.votedFor, status.leader].every((name) => name === null || typeof name === 'string');
    this.trial.expect(complete, {
      expected: `GET /status at ${node} gives id, state, votedFor, leader, and as whole numbers ${numbers.join(', ')}`,
      seen: brief(answer.body),
    });
    this.trial.expect(status.lastApplied <= status.commitIndex && status.commitIndex <= status.lastLogIndex, {
      expected: `${node} has applied no more than is committed, and committed no more than it has`,
      seen: `lastApplied ${status.lastApplied}, commitIndex ${status.commitIndex}, lastLogIndex ${status.lastLogIndex}`,
    });
    if (status.state === 'leader') this.sawLeader(node, status.currentTerm);
    return status;
  }

  /** Sends a message as if another node had. The answer has the same form. */
  async raft<Data>(message: RaftMessage): Promise<RaftMessage<Data>> {
    const { type, term, from, to } = message;
    const what = `${type} of term ${term} from ${from} to ${to}`;
    const answer = await this.trial.node(to).call('POST', '/raft', message);
    this.trial.expectStatus(answer, 200, what);
    const { type: answered, term: theirs, data } = answer.body ?? {};
    const isAnswer = answered === `${type}Response` && Number.isInteger(theirs) && typeof data === 'object';
    this.trial.expect(isAnswer && data !== null, {
      expected: `${what} is answered with {"type": "${type}Response", "term", "from", "to", "data"}`,
      seen: brief(answer.body),
    });
    return answer.body;
  }

  /** Whoever has sent AppendEntries was the only one to do so in its term: as the wire saw it, since the check began. */
  async expectOneLeaderATerm(): Promise<void> {
    for (const { body } of await this.trial.wire.messages({ path: '/raft' })) {
      const message = parse(body);
      if (message?.type === 'AppendEntries') this.sawLeader(message.from, message.term);
    }
  }

  /**
   * Notes what these nodes say is committed. What one node has committed at an index no other may ever have committed
   * differently, now or later.
   */
  async expectCommittedIsFinal(nodes: readonly string[] = this.nodes): Promise<void> {
    for (const node of nodes) {
      // The log is read after commitIndex: committed entries cannot have changed in between.
      const { commitIndex } = await this.status(node);
      const log = await this.log(node);
      for (const entry of log.slice(0, commitIndex)) {
        const known = this.#committed.get(entry.index);
        this.trial.expect(known === undefined || isDeepStrictEqual(known.entry, entry), () => ({
          expected: `entry ${entry.index}, which is committed, is the same on every node for ever`,
          seen: `${known!.node} had ${brief(known!.entry)}, ${node} has ${brief(entry)}`,
        }));
        this.#committed.set(entry.index, known ?? { entry, node });
      }
    }
  }

  /** Waits until all these nodes have committed and applied everything up to an index. */
  async applied(index: number, nodes: readonly string[] = this.nodes): Promise<void> {
    let seen = '';
    await this.trial.eventually(
      `${nodes.join(', ')} have applied entry ${index}`,
      async () => {
        const all = await Promise.all(nodes.map((node) => this.status(node)));
        seen = all
          .map(
            ({ id, commitIndex, lastApplied }) =>
              `${id}: commitIndex ${commitIndex}, lastApplied ${lastApplied}`,
          )
          .join('; ');
        return all.every(({ lastApplied }) => lastApplied >= index);
      },
      { withinMs: COMMITTED_WITHIN_MS, seen: () => seen },
    );
  }
}

/** A message that the wire noted: undefined where it was too long to be kept whole. */
export function parse(body: string): RaftMessage | undefined {
  try {
    return JSON.parse(body) as RaftMessage;
  } catch {
    return undefined;
  }
}
