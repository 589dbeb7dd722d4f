import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues } from '../../consensus/key-values.ts';
import { BEGINNING } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { standing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

const REFUSES_AFTER_MS = 30;
/** Time enough for a read to arrive. */
const ASKED_MS = 100;

export const check: Check = {
  id: 'new-leader-looks-first',
  promise: 'A new leader answers reads only when it knows what the one before has promised',
  hints: [
    'The old leader has acknowledged a write and died before it could tell that it is committed. What does the new one know?',
    'It has the entry in its log, not in its copy. A read must wait until the first entry of the own term is committed and applied: firstIndexOfTerm.',
  ],
  chapter: 'consensus/15-consensus-system.md#is-this-the-newest',
  services: [SUBJECT],
  settings: { ...standing, MAX_ENTRIES_PER_APPEND: '1' },
  fresh: true,
  async run(trial: Trial) {
    const store = new KeyValues(trial);
    const peer = await Peer.meet(trial);
    const key = trial.unique('promised');
    // The leader of the term before has committed both, and has told of the first only.
    const old = [
      { index: 1, term: 1, command: { op: 'put', key, value: 'before' } },
      { index: 2, term: 1, command: { op: 'put', key, value: 'acknowledged' } },
    ];
    const { success } = await peer.append(BEGINNING, old, { term: peer.term, leaderCommit: 1 });
    trial.expectEqual(success, true, `the success of ${SUBJECT} with the first two entries`);
    const voters = await Voters.play(trial, { log: old });
    // They follow, but can write nothing of their own to disk at present.
    voters.onAppend = async ({ message }) => {
      const { prevLogIndex, entries } = message.data;
      if (prevLogIndex + entries.length <= old.length) return { data: voters.take(message) };
      // A leader may ask again at once: not faster than this.
      await trial.elapse(REFUSES_AFTER_MS);
      return { data: { success: false, matchIndex: 0 } };
    };
    await voters.leads();
    const read = async (ms: number, when: string) => {
      const timeoutMs = trial.patience(ms);
      const { answer } = await trial.node(SUBJECT).try('GET', `/kv/${key}`, undefined, { timeoutMs });
      const { status, body } = answer ?? {};
      const isStale =
        status !== undefined && status !== 503 && status !== 504 && body?.value !== 'acknowledged';
      trial.expect(!isStale, {
        expected: `${SUBJECT}, which leads ${when}, gives "acknowledged", or no answer`,
        seen: `${status} ${JSON.stringify(body)}`,
      });
      return status;
    };
    const blind = await read(400, 'and has nothing of its own term committed');
    // And one that waits when its first entry is committed: it is answered when that is applied, too.
    const waiting = read(3_000, 'and has just committed the first entry of its own term');
    waiting.catch(() => {});
    await trial.elapse(ASKED_MS);
    voters.onAppend = ({ message }) => ({ data: voters.take(message) });
    await waiting;
    await store.expectValue(SUBJECT, key, 'acknowledged', 'its first entry can be committed now');
    trial.fact(
      `${SUBJECT} answered ${blind ?? 'nothing'} until its own first entry was committed, and then the value`,
    );
  },
};
