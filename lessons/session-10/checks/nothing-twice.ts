import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues } from '../../consensus/key-values.ts';
import { NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { brief } from '../../shared/brief.ts';
import { Electorate } from '../../shared/electorate.ts';

const COPIES = 10;

export const check: Check = {
  id: 'nothing-twice',
  promise:
    'A request that is repeated with its number takes effect once, and gets the same answer; an older one is refused',
  hints: [
    'The client got no answer and asks again, at another node. How can that one know that it was done already?',
    'apply remembers the last requestId and outcome of each client. The same again: the same outcome, and nothing happens. Smaller: stale_request.',
  ],
  chapter: 'consensus/15-consensus-system.md#did-it-count',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const store = new KeyValues(trial);
    await new Electorate(trial, NODES).leader();
    const key = trial.unique('cheque');
    const client = trial.unique('client');
    const asNumber = (request: number) => ({ numbered: { client, request } });
    /** Sends it until it is decided: that is what the number is for. */
    const sent = (what: string, send: (n: number) => ReturnType<KeyValues['append']>) => {
      let n = 0;
      return trial.eventually(`${what} is decided`, async () => {
        const answer = await send(n++);
        return answer.status < 500 && answer;
      });
    };
    const first = await sent('request 1', () => store.append('node1', key, 'a', asNumber(1)));
    trial.expectStatus(first, 200, `POST /kv/${key} at node1 as request 1 of ${client}`);
    for (const node of NODES) {
      const what = `request 1 of ${client} once more, at ${node},`;
      const again = await sent(what, () => store.append(node, key, 'a', asNumber(1)));
      trial.expectStatus(again, 200, what);
      trial.expectEqual(
        { value: again.body?.value, version: again.body?.version },
        { value: first.body?.value, version: first.body?.version },
        `value and version in the answer to ${what}`,
      );
    }
    await store.expectValue('node2', key, 'a', 'request 1 has appended it, and was sent to all');
    const copies = await Promise.all(
      Array.from({ length: COPIES }, (_, n) => store.append(NODES[n % NODES.length]!, key, 'b', asNumber(2))),
    );
    for (const copy of copies)
      trial.expectStatus(copy, [200, 503, 504], 'one of ten copies of request 2 at once');
    await sent('request 2', (n) => store.append(NODES[n % NODES.length]!, key, 'b', asNumber(2)));
    await store.expectValue(
      'node3',
      key,
      'ab',
      `request 2 was sent ${COPIES + 1} times, most of them at once`,
    );

    // A lock that is taken already, by this very request.
    const lock = trial.unique('lock');
    const taken = await sent('request 3', () =>
      store.compareAndSet('node1', lock, null, client, asNumber(3)),
    );
    trial.expectStatus(taken, 200, `request 3 of ${client}, which takes ${lock},`);
    const repeated = await sent('request 3', () =>
      store.compareAndSet('node2', lock, null, client, asNumber(3)),
    );
    trial.expectStatus(repeated, 200, `request 3 of ${client}, which took ${lock}, once more,`);

    // And one that was refused, and would succeed now: the answer was given, and stays.
    const refused = await sent('request 4', () =>
      store.compareAndSet('node3', lock, 'nobody', client, asNumber(4)),
    );
    trial.expectStatus(refused, 409, `request 4 of ${client}, which expects that ${lock} holds "nobody",`);
    await store.write('node1', lock, 'nobody');
    const insisted = await sent('request 4', () =>
      store.compareAndSet('node1', lock, 'nobody', client, asNumber(4)),
    );
    trial.expectStatus(
      insisted,
      409,
      `request 4 of ${client} once more, which was answered with 409, and would fit by now,`,
    );
    trial.expectEqual(insisted.body?.error, 'mismatch', `the error of request 4 of ${client} once more`);

    const old = await sent('request 2', () => store.append('node3', key, 'b', asNumber(2)));
    trial.expect(old.status === 409 && old.body?.error === 'stale_request', {
      expected: `request 2 of ${client}, which has had request 4 answered, is answered with 409 stale_request`,
      seen: `${old.status} ${brief(old.body)}`,
    });
    await store.expectValue('node1', key, 'ab', 'an older request was refused');
    const last = await sent('request 4', () =>
      store.compareAndSet('node2', lock, 'nobody', client, asNumber(4)),
    );
    trial.expectStatus(last, 409, `request 4 of ${client} once more, after an older one was refused,`);
    // A put and a delete are no exception: to do them once more undoes what others have written since.
    const page = trial.unique('page');
    const writes = [
      { what: 'request 5, a put', send: (node: string) => store.put(node, page, client, asNumber(5)) },
      { what: 'request 6, a delete', send: (node: string) => store.remove(node, page, asNumber(6)) },
    ];
    for (const { what, send } of writes) {
      trial.expectStatus(await sent(what, () => send('node1')), 200, `${what} of ${client}`);
      await store.write('node2', page, 'written since');
      trial.expectStatus(await sent(what, () => send('node3')), 200, `${what} of ${client}, once more,`);
      const why = `another client has written it since ${what} of ${client}, which came twice`;
      await store.expectValue('node1', page, 'written since', why);
    }
    // Other clients have their own numbers; and who has none, has none.
    for (const node of ['node2', 'node1']) {
      await sent('request 0 of another', () =>
        store.append(node, key, 'c', { numbered: { client: `${client}-2`, request: 0 } }),
      );
    }
    trial.expectStatus(
      await sent('a request without number', () => store.append('node2', key, 'd')),
      200,
      'POST without a number',
    );
    await store.expectValue(
      'node1',
      key,
      'abcd',
      'two others have appended to it, one of them by a request 0 that was sent twice',
    );
    trial.fact(`seven requests were sent ${NODES.length + COPIES + 13} times, and took effect once each`);
  },
};
