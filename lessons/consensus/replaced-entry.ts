import type { NodeClient, Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { position } from './messages.ts';
import { SUBJECT } from './nodes.ts';
import { Peer } from './peer.ts';
import { electing } from './settings.ts';
import { Voters } from './voters.ts';

const AHEAD = 5;

/** Time enough between two elections for what happens to one entry. */
export const unhurried = {
  ...electing,
  ELECTION_MIN_MS: '600',
  ELECTION_MAX_MS: '700',
  REQUEST_TIMEOUT_MS: '3000',
} as const;

/**
 * A client's command is an entry of node1, which leads; then another leader's entry takes its place and is committed.
 * The client must be told that nobody knows (504).
 *
 * @param send asks node1 for the command, whose key is given
 */
export async function expectMaybeWhenReplaced(
  trial: Trial,
  send: (node: NodeClient, key: string, timeoutMs: number) => ReturnType<NodeClient['try']>,
): Promise<void> {
  const voters = await Voters.play(trial);
  const peer = await Peer.meet(trial);
  await trial.eventually(`${SUBJECT} leads and has committed its first entry`, async () => {
    const { state, commitIndex, lastLogIndex } = await voters.status();
    return state === 'leader' && commitIndex === lastLogIndex;
  });
  const base = (await voters.log()).at(-1)!;
  voters.fallSilent();
  const key = trial.unique('waiting');
  const waiting = send(trial.node(SUBJECT), key, trial.patience(8_000));
  let refused = false;
  void waiting.then(({ answer }) => {
    refused = answer !== undefined && answer.status !== 504;
  });
  const written = await trial.eventually(`${SUBJECT} writes the command into its log`, async () => {
    const log = await voters.log(base.index + 1);
    return log.some((entry) => entry.command?.key === key) ? 'yes' : refused && 'no';
  });
  if (written === 'no') {
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
}
