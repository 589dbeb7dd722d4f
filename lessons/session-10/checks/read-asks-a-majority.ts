import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues, pathOf } from '../../consensus/key-values.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

const WAITS_MS = 100;

export const check: Check = {
  id: 'read-asks-a-majority',
  promise: 'A read is answered when a majority has said, after it came, that this leader still leads',
  hints: [
    'A follower has answered a heartbeat, and voted for somebody else since. What is its answer worth to a read that comes now?',
    'linearizableRead begins a new round and remembers it with the read. confirmReads counts the peers that have answered this round or a later one, and no others.',
  ],
  chapter: 'consensus/15-consensus-system.md#is-this-the-newest',
  services: [SUBJECT],
  settings: {
    ...electing,
    ELECTION_MIN_MS: '500',
    ELECTION_MAX_MS: '600',
    RPC_TIMEOUT_MS: '8000',
    REQUEST_TIMEOUT_MS: '400',
  },
  fresh: true,
  async run(trial: Trial) {
    const store = new KeyValues(trial);
    const voters = await Voters.play(trial);
    const key = trial.unique('old');
    await voters.leads();
    await store.write(SUBJECT, key, 'old');
    await store.expectValue(SUBJECT, key, 'old', 'all others follow');

    // All have got a heartbeat; their answers are on the way. What is sent from now on is not answered.
    let release = () => {};
    const later = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = new Set<string>();
    let asked = false;
    let answered = 0;
    voters.onAppend = async ({ message }) => {
      if (asked) return undefined;
      held.add(message.to);
      const data = voters.take(message);
      await later;
      answered += 1;
      return { data };
    };
    await trial.eventually('all others get a heartbeat', () => held.size === voters.names.length);
    const { currentTerm } = await voters.status();
    asked = true;
    const reading = trial
      .node(SUBJECT)
      .try('GET', pathOf(key), undefined, { timeoutMs: trial.patience(3_000) });
    await trial.elapse(WAITS_MS);
    release();
    await trial.eventually('answers to heartbeats from before the read arrive', () => answered >= held.size);
    const { answer, silence } = await reading;
    trial.expect(answer?.status !== 200, {
      expected: `${SUBJECT}, which leads in term ${currentTerm} as far as it knows, does not answer a read: nobody has said anything since the read came, and another may have been elected`,
      seen: `200 ${JSON.stringify(answer?.body)}`,
    });
    trial.expect(silence === undefined, {
      expected: 'a read that cannot be confirmed is answered with 503 or 504 before long',
      seen: `no answer (${silence?.kind})`,
    });
    voters.onAppend = ({ message }) => ({ data: voters.take(message) });
    await store.expectValue(SUBJECT, key, 'old', 'all others follow again');
    trial.fact(`answers to heartbeats from before the read proved nothing: ${answer?.status}`);
  },
};
