import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues, pathOf } from '../../consensus/key-values.ts';
import { BEGINNING } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { electing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

const READS = 4;
const AHEAD = 5;

export const check: Check = {
  id: 'old-answers-confirm-nothing',
  promise: 'An answer to what a leader asked when it led before confirms no read of now',
  hints: [
    'It led, lost, and leads again. Now comes an answer to a question from the first time. What does it tell about this time?',
    'The given code notes in answeredRound who has answered which round. Rounds begin anew with each term: what counts is the term of the question, not that of the answer.',
  ],
  chapter: 'consensus/15-consensus-system.md#is-this-the-newest',
  services: [SUBJECT],
  settings: {
    ...electing,
    ELECTION_MIN_MS: '400',
    ELECTION_MAX_MS: '500',
    RPC_TIMEOUT_MS: '8000',
    REQUEST_TIMEOUT_MS: '400',
  },
  fresh: true,
  async run(trial: Trial) {
    const store = new KeyValues(trial);
    const voters = await Voters.play(trial);
    const peer = await Peer.meet(trial);
    const key = trial.unique('old');
    const read = () =>
      trial.node(SUBJECT).try('GET', pathOf(key), undefined, { timeoutMs: trial.patience(3_000) });
    await voters.leads();
    await store.write(SUBJECT, key, 'old');
    for (let n = 0; n < READS; n++) await store.expectValue(SUBJECT, key, 'old', 'all others follow');

    // The answers to what is asked for one more read stay on their way, until the others are in a later term.
    const { currentTerm: before } = await voters.status();
    let release = (_term: number) => {};
    const later = new Promise<number>((resolve) => {
      release = resolve;
    });
    const held = new Set<string>();
    let silent = false;
    voters.onAppend = async ({ message }) => {
      if (message.term > before) return silent ? undefined : { data: voters.take(message) };
      held.add(message.to);
      return { term: await later, data: { success: false, matchIndex: 0 } };
    };
    const first = read();
    await trial.eventually('all others are asked', () => held.size === voters.names.length);
    await peer.askForVote(before + AHEAD, BEGINNING, 'node3');
    await first;
    const { currentTerm: now } = await trial.eventually(
      `${SUBJECT} leads once more, and has committed an entry of its own`,
      async () => {
        const status = await voters.status();
        const ready = status.state === 'leader' && status.commitIndex === status.lastLogIndex;
        return ready && status.currentTerm > before && status;
      },
    );
    silent = true;
    const asked = voters.appends.length;
    const second = read();
    await trial.eventually('the read is there', () => voters.appends.length > asked);
    release(now);
    const { answer } = await second;
    trial.expect(answer?.status !== 200, {
      expected: `${SUBJECT}, which leads in term ${now} as far as it knows, does not answer a read: what the others answer now they were asked in term ${before}`,
      seen: `200 ${JSON.stringify(answer?.body)}`,
    });
    trial.fact(
      `answers to questions of term ${before} confirmed no read of term ${now}: ${answer?.status ?? 'none'}`,
    );
  },
};
