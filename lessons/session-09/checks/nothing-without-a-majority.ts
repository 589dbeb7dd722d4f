import type { Check, Trial } from '../../../src/verify/check.ts';
import { tryCommand } from '../../consensus/commands.ts';
import type { LogEntry } from '../../consensus/messages.ts';
import { divided, SUBJECT } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';
import { brief } from '../../shared/brief.ts';

export const check: Check = {
  id: 'nothing-without-a-majority',
  promise: 'A leader commits and acknowledges an entry when a majority has it, and not a moment before',
  hints: [
    'Three nodes. The leader has the entry. Who else must have said so?',
    'Count the peers whose matchIndex has reached the index, and the leader itself. A refusal is no success, and to have sent is not to have been answered.',
  ],
  chapter: 'consensus/14-log-replication.md#when-is-an-entry-committed',
  services: [SUBJECT],
  settings: { ...electing, ELECTION_MIN_MS: '900', ELECTION_MAX_MS: '1000', RPC_TIMEOUT_MS: '200' },
  fresh: true,
  stands:
    'It decides in half a second what majority-is-enough has to be lucky to see: that nothing is committed too early.',
  async run(trial: Trial) {
    const voters = await Voters.play(trial);
    await trial.eventually(`${SUBJECT} leads and has committed its first entry`, async () => {
      const { state, commitIndex } = await voters.status();
      return state === 'leader' && commitIndex >= 1;
    });
    const { lastLogIndex: before } = await voters.status();
    // Nobody has taken what comes behind: not to answer is not to have it.
    voters.onAppend = ({ message }) => {
      const { prevLogIndex, entries } = message.data;
      return prevLogIndex + entries.length <= before ? { data: voters.take(message) } : undefined;
    };
    const waiting = tryCommand(trial, SUBJECT, trial.unique('c'), 'alone');
    let acknowledged = false;
    void waiting.then((answer) => {
      acknowledged = answer?.status === 200;
    });
    await trial.holds(
      'nothing is committed that the leader alone has',
      async () => {
        const { commitIndex } = await voters.status();
        if (commitIndex <= before && !acknowledged) return undefined;
        return {
          expected: `${SUBJECT}, which alone has what comes after entry ${before}, commits and acknowledges nothing of it`,
          seen: acknowledged ? 'it answered 200' : `its commitIndex is ${commitIndex}`,
        };
      },
      { forMs: 600 },
    );
    // So many say that they have it that with the leader they are just a majority.
    const { needed } = divided(SUBJECT);
    voters.onAppend = ({ message }) =>
      needed.includes(message.to) ? { data: voters.take(message) } : undefined;
    const answer = await waiting;
    await trial.eventually(`${SUBJECT} commits what ${needed.join(' and ')} has taken`, async () => {
      const { commitIndex } = await voters.status();
      return commitIndex > before;
    });
    if (answer?.status === 200) await expectKept(trial, voters, answer.body);
    trial.fact(
      `nothing was committed while nobody answered; when ${needed.join(' and ')} did, the client got ${answer?.status ?? 'nothing'}`,
    );
  },
};

/** A leader counts itself, too: then its own entry must be on its own disk. */
async function expectKept(trial: Trial, voters: Voters, { index, term }: LogEntry): Promise<void> {
  await trial.faults.kill(SUBJECT);
  await trial.faults.restart(SUBJECT);
  const [kept] = await voters.log(index);
  trial.expect(kept?.term === term, {
    expected: `entry ${index} of term ${term}, which ${SUBJECT} has acknowledged as the leader and counted itself for, is in its log after it was killed`,
    seen: kept === undefined ? 'its log ends before' : brief(kept),
  });
}
