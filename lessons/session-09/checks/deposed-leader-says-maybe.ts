import type { Check, Trial } from '../../../src/verify/check.ts';
import { position } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { electing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';
import { brief } from '../../shared/brief.ts';

const AHEAD = 5;

export const check: Check = {
  id: 'deposed-leader-says-maybe',
  promise:
    'A leader that is replaced tells its waiting clients "maybe" (504), also if another entry is committed there',
  hints: [
    "The client's command was entry 7. Then another leader came, and entry 7 is committed, but is it the same one?",
    'An entry is named by index and term together. Who waited for index 7 of term 3 has got nothing when 7 of term 8 is applied.',
  ],
  chapter: 'consensus/14-log-replication.md#what-may-go-wrong',
  services: [SUBJECT],
  settings: { ...electing, ELECTION_MIN_MS: '900', ELECTION_MAX_MS: '1000', REQUEST_TIMEOUT_MS: '3000' },
  fresh: true,
  async run(trial: Trial) {
    const voters = await Voters.play(trial);
    const peer = await Peer.meet(trial);
    await trial.eventually(`${SUBJECT} leads and has committed its first entry`, async () => {
      const { state, commitIndex, lastLogIndex } = await voters.status();
      return state === 'leader' && commitIndex === lastLogIndex;
    });
    const base = (await voters.log()).at(-1)!;
    voters.fallSilent();
    const key = trial.unique('waiting');
    const waiting = trial
      .node(SUBJECT)
      .try('POST', '/command', { key, value: 1 }, { timeoutMs: trial.patience(8_000) });
    let refused = false;
    void waiting.then(({ answer }) => {
      refused = answer !== undefined && answer.status !== 504;
    });
    await trial.eventually(`${SUBJECT} writes the command into its log`, async () => {
      const log = await voters.log(base.index + 1);
      return refused || log.some((entry) => entry.command?.key === key);
    });
    if (refused) {
      const next = 'Run it again when the machine is less busy.';
      trial.inconclusive(`${SUBJECT} had stepped down before it could write the command into its log.`, next);
    }
    const term = (await peer.status()).currentTerm + AHEAD;
    const [other] = peer.entries(base.index, [term], trial.unique('other')) as [any];
    const sent = { term, from: 'node3', leaderCommit: other.index };
    const { success } = await peer.append(position(base), [other], sent);
    trial.expectEqual(
      success,
      true,
      `the success of ${SUBJECT} with entry ${other.index} of the leader of term ${term}`,
    );
    const { answer, silence } = await waiting;
    trial.expect(answer?.status === 504, {
      expected: `the client whose command was entry ${other.index}, which another entry has replaced, is told 504`,
      seen: answer ? `${answer.status} ${brief(answer.body)}` : `no answer (${silence?.kind})`,
    });
    trial.fact(`its entry was replaced by one of term ${term}; the client was told 504`);
  },
};
