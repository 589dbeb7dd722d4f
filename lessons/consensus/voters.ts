import type { Trial } from '../../src/verify/check.ts';
import { Cluster, parse } from './cluster.ts';
import { FollowerLog } from './follower-log.ts';
import type { AppendEntries, LogEntry, RaftMessage, RequestVote, Status, Taken } from './messages.ts';
import { SUBJECT, without } from './nodes.ts';

const STANDS_WITHIN_MS = 4_000;
const LEADS_WITHIN_MS = 5_000;

/** A message of node1 to a node that the checker plays. */
export interface Received<Data> {
  message: RaftMessage<Data>;
  /** When node1 sent it, epoch ms. */
  sentAt: number;
}

/** What to answer; `term` is the message's if it is left out. undefined is silence. A promise is an answer that comes late. */
type Reply<Data> = { term?: number; data: Data } | undefined;
type Answering<Asked, Data> = (received: Received<Asked>) => Reply<Data> | Promise<Reply<Data>>;

/**
 * The checker in the place of all other nodes, which do not run: it gets what node1 sends them, and answers as the check
 * wants. By default everybody votes for node1 and takes what it sends, as correct followers do.
 */
export class Voters {
  readonly names: readonly string[];
  readonly votes: Received<RequestVote>[] = [];
  readonly appends: Received<AppendEntries>[] = [];
  /** What the peers have taken from node1. */
  readonly logs: ReadonlyMap<string, FollowerLog>;
  onVote: Answering<RequestVote, { voteGranted: boolean }> = () => ({ data: { voteGranted: true } });
  onAppend: Answering<AppendEntries, Taken> = ({ message }) => ({ data: this.take(message) });
  readonly #trial: Trial;
  readonly #cluster: Cluster;

  private constructor(trial: Trial, names: readonly string[]) {
    this.#trial = trial;
    this.#cluster = new Cluster(trial, [SUBJECT]);
    this.names = names;
    this.logs = new Map(names.map((name) => [name, new FollowerLog()]));
  }

  /** @param log what all of them have in their logs already */
  static async play(
    trial: Trial,
    { names = without(SUBJECT) as readonly string[], log = [] as readonly LogEntry[] } = {},
  ): Promise<Voters> {
    const voters = new Voters(trial, names);
    for (const follower of voters.logs.values()) follower.entries.push(...log);
    await Promise.all(
      names.map(async (to) => {
        await trial.wire.trap({ from: SUBJECT, to, path: '/raft', action: 'puppet', times: 0 });
        trial.wire.answerAs(to, ({ body, sentAt }) => {
          const message = parse(body);
          return message && voters.#answer({ message, sentAt });
        });
      }),
    );
    return voters;
  }

  /** As a correct follower takes AppendEntries into its log. */
  take({ to, data }: RaftMessage<AppendEntries>): Taken {
    return this.logs.get(to)!.take(data);
  }

  /** Nobody answers anything any more. */
  fallSilent(): void {
    this.onVote = () => undefined;
    this.onAppend = () => undefined;
  }

  /** Waits until node1 asks for votes in a term later than this one. */
  candidacy(after: number): Promise<Received<RequestVote>> {
    return this.#trial.eventually(
      `${SUBJECT} asks for votes in a term after ${after}`,
      () => this.votes.find(({ message }) => message.term > after),
      { withinMs: STANDS_WITHIN_MS },
    );
  }

  /** Waits until node1 says that it leads. Returns its status. */
  leads(after = 0): Promise<Status> {
    let seen: Status | undefined;
    return this.#trial.eventually(
      `${SUBJECT}, which gets the votes of the others, leads`,
      async () => {
        seen = await this.status();
        return seen.state === 'leader' && seen.currentTerm > after && seen;
      },
      {
        withinMs: LEADS_WITHIN_MS,
        seen: () => (seen ? `it is ${seen.state} in term ${seen.currentTerm}` : 'it is silent'),
      },
    );
  }

  status(): Promise<Status> {
    return this.#cluster.status(SUBJECT);
  }

  log(from = 1): Promise<LogEntry[]> {
    return this.#cluster.log(SUBJECT, from);
  }

  async #reply(received: Received<any>): Promise<Reply<unknown>> {
    if (received.message.type === 'RequestVote') {
      this.votes.push(received);
      return this.onVote(received);
    }
    if (received.message.type === 'AppendEntries') {
      this.appends.push(received);
      return this.onAppend(received);
    }
    // A question that Raft has, but not this course: Pre-Vote, say. Nobody objects.
    return { data: { voteGranted: true, success: true } };
  }

  async #answer(received: Received<any>) {
    const reply = await this.#reply(received);
    if (reply === undefined) return undefined;
    const { type, term, from, to } = received.message;
    const body = { type: `${type}Response`, term: reply.term ?? term, from: to, to: from, data: reply.data };
    return { status: 200, body };
  }
}
