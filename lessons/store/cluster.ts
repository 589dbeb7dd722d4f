import type { Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { LoggingElectorate, type NumberedEntry } from '../shared/electorate.ts';
import { NODES } from './nodes.ts';

/** An entry of a node's replication log. */
export interface LogEntry extends NumberedEntry {
  key: string | null;
  value: unknown;
  deleted?: boolean;
}

/** The nodes of the store, which replicate one log and elect its leader. */
export class Cluster extends LoggingElectorate<LogEntry> {
  constructor(trial: Trial) {
    super(trial, NODES, '/_log');
  }

  /** Sends a message as if another node had, and returns the answer's term and data. */
  async rpc(
    to: string,
    type: string,
    term: number,
    from: string,
    data: Record<string, unknown>,
  ): Promise<{ term: number; data: any }> {
    const what = `${type} of term ${term} from ${from} to ${to}`;
    const answer = await this.trial.node(to).call('POST', '/_rpc', { type, term, from, to, data });
    this.trial.expectStatus(answer, 200, what);
    const { type: answered, term: theirs, data: body } = answer.body ?? {};
    const isAnswer = answered === `${type}Response` && Number.isInteger(theirs) && typeof body === 'object';
    this.trial.expect(isAnswer, {
      expected: `${what} is answered with {"type": "${type}Response", "term", "from", "to", "data"}`,
      seen: brief(answer.body),
    });
    return { term: theirs, data: body };
  }
}
