import type { Check, Trial } from '../../../src/verify/check.ts';
import { Client } from '../../store/client.ts';
import { Peer, SUBJECT } from '../../store/peer.ts';
import { quiet } from '../../store/settings.ts';

export const check: Check = {
  id: 'only-committed-is-read',
  promise: 'Even eventual gives only what is committed, never what may be taken away again',
  hints: [
    'An entry is in the log of this node. Is it sure to stay there?',
    'Read from this.#keyValues, not from the log. What a leader says is committed counts only as far as the own log is known to be like its.',
  ],
  chapter: 'data-store/07-consistency.md#the-ladder',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const client = new Client(trial);
    const { term, end } = peer;
    const mark = trial.unique('e');
    const [one, two] = peer.entries(end.index, [term, term], mark) as [any, any];
    const eventual = { level: 'eventual' } as const;
    const sees = async (key: string, status: number, when: string) =>
      trial.expectStatus(
        await client.get(SUBJECT, key, eventual),
        status,
        `GET of ${key} at node1, ${when},`,
      );

    await peer.replicate(end, [one, two]);
    await sees(one.key, 404, 'when it is in the log and nobody has said that it is committed');
    await peer.heartbeat(term, { commitIndex: one.index });
    await sees(one.key, 200, 'when the leader has said that it is committed');
    await sees(two.key, 404, 'which comes behind what is committed');
    // Another leader has another entry at that place, and a majority has it. node1 has not got it yet.
    await peer.heartbeat(term + 1, { from: 'node3', commitIndex: two.index });
    await sees(two.key, 404, `when the leader of term ${term + 1} has committed another entry ${two.index}`);
    trial.fact(`an entry was read when it was committed, and one that was not was never read`);
  },
};
