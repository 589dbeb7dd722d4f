import type { Check, Trial } from '../../../src/verify/check.ts';
import { tryCommand } from '../../consensus/commands.ts';
import { position, type Taken } from '../../consensus/messages.ts';
import { divided, SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { standing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

const COMMANDS = 3;
const AHEAD = 5;

export const check: Check = {
  id: 'old-answers-count-for-nothing',
  promise: 'An answer of an earlier term says nothing about the logs of this one',
  hints: [
    'A follower took entries; then another leader replaced them; then the first leader leads again, and the old answer arrives. Is it still true?',
    'onAppendEntriesResponse: drop what is not of currentTerm, before anything else.',
  ],
  chapter: 'consensus/14-log-replication.md#old-messages',
  services: [SUBJECT],
  // Time enough for a message between two elections.
  settings: { ...standing, ELECTION_MIN_MS: '800', ELECTION_MAX_MS: '900' },
  fresh: true,
  async run(trial: Trial) {
    const voters = await Voters.play(trial);
    const peer = await Peer.meet(trial);
    const first = await trial.eventually(`${SUBJECT} leads and has committed its first entry`, async () => {
      const status = await voters.status();
      return status.state === 'leader' && status.commitIndex === status.lastLogIndex && status;
    });
    const base = (await voters.log()).at(-1)!;
    const reach = first.lastLogIndex + COMMANDS;

    // With these it would be a majority: they take what they are sent in this term, and their answers are long on their
    // way. The others are silent.
    const { needed } = divided(SUBJECT);
    let release = () => {};
    const later = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = new Set<string>();
    // Some leaders send nothing to who has not answered the last heartbeat: it is answered when there is something to send.
    const beaten = new Set<string>();
    let written = () => {};
    const commanded = new Promise<void>((resolve) => {
      written = resolve;
    });
    voters.onVote = () => undefined;
    voters.onAppend = async ({ message }) => {
      if (!needed.includes(message.to) || message.term > first.currentTerm) return undefined;
      const data: Taken = voters.take(message);
      if (data.matchIndex <= base.index) {
        beaten.add(message.to);
        await commanded;
        return { data };
      }
      if (data.success && data.matchIndex >= reach) held.add(message.to);
      await later;
      return { data };
    };
    await trial.eventually(
      `${needed.join(' and ')} get a heartbeat, or ${SUBJECT} leads no longer`,
      async () => beaten.size === needed.length || (await voters.status()).state !== 'leader',
    );
    for (let n = 0; n < COMMANDS; n++) void tryCommand(trial, SUBJECT, trial.unique('c'), n).catch(() => {});
    await trial.eventually(`${SUBJECT} writes the commands into its log, or leads no longer`, async () => {
      const { state, lastLogIndex } = await voters.status();
      return lastLogIndex >= reach || state !== 'leader';
    });
    written();
    await trial.eventually(
      `${needed.join(' and ')} take the commands, or ${SUBJECT} leads no longer`,
      async () => {
        const { state, currentTerm } = await voters.status();
        return held.size === needed.length || state !== 'leader' || currentTerm !== first.currentTerm;
      },
    );
    if (held.size < needed.length) {
      trial.inconclusive(
        `${SUBJECT} had stepped down before it could send what this is about.`,
        'Run it again when the machine is less busy.',
      );
    }

    // Another leader replaces all of it.
    const elsewhere = (await peer.status()).currentTerm + AHEAD;
    const [other] = peer.entries(base.index, [elsewhere], trial.unique('other')) as [any];
    const replaced = await peer.append(position(base), [other], {
      term: elsewhere,
      from: 'node3',
      leaderCommit: base.index,
    });
    trial.expectEqual(
      replaced.success,
      true,
      `the success of ${SUBJECT} with entry ${other.index} of the leader of term ${elsewhere}`,
    );

    // And then node1 leads once more. Nobody has anything of its new term.
    voters.onVote = ({ message }) => ({ data: { voteGranted: message.term > elsewhere } });
    voters.onAppend = () => undefined;
    const { currentTerm } = await voters.leads(elsewhere);
    release();
    await trial.holds(
      'old answers commit nothing',
      async () => {
        const { commitIndex } = await voters.status();
        const told = Math.max(
          0,
          ...voters.appends
            .filter(({ message }) => message.term > elsewhere)
            .map(({ message }) => message.data.leaderCommit),
        );
        if (Math.max(commitIndex, told) <= base.index) return undefined;
        return {
          expected: `${SUBJECT}, which nobody has answered in term ${currentTerm}, commits nothing behind entry ${base.index}`,
          seen: `its commitIndex is ${commitIndex}: an answer of term ${first.currentTerm}, which came late, said that ${needed.join(' and ')} has entry ${reach}`,
        };
      },
      { forMs: 400 },
    );
    trial.fact(`an answer of term ${first.currentTerm} came in term ${currentTerm}, and committed nothing`);
  },
};
