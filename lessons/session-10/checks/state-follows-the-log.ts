import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues } from '../../consensus/key-values.ts';
import { BEGINNING, type Command } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

/** Between what is committed and what is applied, ms. */
const APPLIED_WITHIN_MS = 1_500;

export const check: Check = {
  id: 'state-follows-the-log',
  promise:
    'A copy is what comes of the committed entries, in order, each once: no more, and the same after SIGKILL',
  hints: [
    'The log is on disk, and the copy is not. What makes the copy after a restart, and from which entry on?',
    'apply each committed entry, once, from the first one on. Nothing else may change the copy, and nothing else may tell apply what to do.',
  ],
  chapter: 'consensus/15-consensus-system.md#a-log-becomes-a-store',
  services: [SUBJECT],
  settings: quiet,
  fresh: true,
  async run(trial: Trial) {
    const store = new KeyValues(trial);
    const peer = await Peer.meet(trial);
    const { term } = peer;
    const key = trial.unique('k');
    const gone = trial.unique('gone');
    const numbered = { clientId: 'c', requestId: 1 };
    /** A command, and what the keys hold when it has been applied. */
    const story: [Command, unknown, unknown][] = [
      [null, undefined, undefined],
      [{ key, value: 'put without op' }, 'put without op', undefined],
      [{ op: 'put', key, value: 'a' }, 'a', undefined],
      [{ op: 'cas', key: gone, expected: 'x', value: 'wrong' }, 'a', undefined],
      [{ op: 'cas', key: gone, expected: null, value: 'new' }, 'a', 'new'],
      [{ op: 'append', key, value: 'b', ...numbered }, 'ab', 'new'],
      [{ op: 'append', key, value: 'b', ...numbered }, 'ab', 'new'],
      [{ op: 'append', key, value: 'c', ...numbered, requestId: 2 }, 'abc', 'new'],
      [{ op: 'append', key, value: 'b', ...numbered }, 'abc', 'new'],
      [{ op: 'delete', key: gone }, 'abc', undefined],
      [{ op: 'append', key, value: 'c', ...numbered, requestId: 2 }, 'abc', undefined],
      [{ op: 'cas', key, expected: 'abc', value: 'd' }, 'd', undefined],
      [{ op: 'append', key: gone, value: 'e' }, 'd', 'e'],
    ];
    const entries = story.map(([command], n) => ({ index: n + 1, term, command }));
    const last = entries.at(-1)!;
    const expectCopy = async (applied: number, when: string) => {
      const [, one, two] = applied === 0 ? [] : story[applied - 1]!;
      const words = (values: unknown[]) =>
        values.map((value) => JSON.stringify(value) ?? 'nothing').join(' and ');
      let seen: unknown[] = [];
      await trial.eventually(
        `when ${applied} of ${entries.length} entries are committed ${when}, ${key} and ${gone} hold ${words([one, two])}`,
        async () => {
          seen = [await store.local(SUBJECT, key), await store.local(SUBJECT, gone)];
          return words(seen) === words([one, two]);
        },
        {
          withinMs: APPLIED_WITHIN_MS,
          seen: () =>
            `${words(seen)}${applied > 0 ? `; the last command was ${JSON.stringify(story[applied - 1]![0])}` : ''}`,
        },
      );
    };
    // Nobody ever says that this one is committed.
    const draft = { index: last.index + 1, term, command: { op: 'put', key, value: 'never committed' } };
    const { success } = await peer.append(BEGINNING, [...entries, draft]);
    trial.expectEqual(success, true, `the success of ${SUBJECT} with ${entries.length + 1} entries`);
    await expectCopy(0, 'as yet');
    for (let n = 1; n <= entries.length; n++) {
      await peer.append({ index: last.index, term }, [], { leaderCommit: n });
      await expectCopy(n, 'one by one');
    }
    await trial.faults.kill(SUBJECT);
    await trial.faults.restart(SUBJECT);
    await peer.append({ index: last.index, term }, [], { leaderCommit: last.index });
    await expectCopy(last.index, 'all at once, after a restart');
    trial.fact(`${entries.length} commands, one by one and all at once after a restart, gave the same`);
  },
};
