import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages, parse } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

export const check: Check = {
  id: 'echo-comes-back',
  promise: 'A message reaches its peer, and the reply comes back',
  hints: [
    'Before anything goes wrong: one attempt, one reply. Does send hand back what the peer replied?',
    'Look at sendWithRetry: call attempt(message, timeout) and return its reply with the number of attempts.',
  ],
  chapter: 'fundamentals/02-message-passing.md#request-and-reply',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    for (const from of NODES) {
      for (const to of NODES.filter((other) => other !== from)) {
        const data = { mark: trial.unique('echo'), text: 'grüß dich, 世界', list: [1, null, { deep: true }] };
        const { id, reply, attempts } = await messages.deliver(from, to, 'echo', data);
        trial.expectEqual(reply, data, `the reply that ${from} got from ${to}`);
        trial.expect(typeof id === 'string' && id !== '' && Number.isInteger(attempts) && attempts >= 1, {
          expected: 'POST /send answers {"id","reply","attempts"}',
          seen: JSON.stringify({ id, reply, attempts }),
        });
        const entry = (await messages.inbox(to)).find((each) => each.id === id);
        trial.expect(entry !== undefined, {
          expected: `the inbox of ${to} has the message ${id} that ${from} sent`,
          seen: 'it has not',
        });
        const { receivedAt, type, from: sender, data: content } = entry!;
        const told = { type, from: sender, data: content };
        trial.expectEqual(told, { type: 'echo', from, data }, `the entry in the inbox of ${to}`);
        trial.expect(typeof receivedAt === 'number', {
          expected: '"receivedAt" is a number of ms',
          seen: JSON.stringify(receivedAt),
        });
      }
    }
    await messages.requireTraffic('node1', 'node2');
    await expectEnvelope(trial);
    for (const data of [0, false, '']) {
      const { reply } = await messages.deliver('node1', 'node2', 'echo', data);
      trial.expectEqual(reply, data, `the reply to an echo of ${JSON.stringify(data)}`);
    }
    const unknown = await messages.send('node1', 'node9', 'echo', 1, 2_000);
    trial.expectStatus(unknown, 404, 'POST /send to a peer that does not exist');
    trial.expectEqual(unknown.body.error, 'unknown_peer', 'the error');
    trial.fact('each of the three nodes reached both others and got its own words back');
  },
};

async function expectEnvelope(trial: Trial): Promise<void> {
  const [first] = await trial.wire.messages({ from: 'node1', to: 'node2', path: '/message' });
  const { id, type, from, to, data } = parse(first?.body ?? '') ?? {};
  trial.expect(
    typeof id === 'string' && type === 'echo' && from === 'node1' && to === 'node2' && data !== undefined,
    {
      expected: 'node1 posts {"id","type","from","to","data"} to /message of node2',
      seen: first ? `it posted ${first.body}` : 'it posted nothing there',
    },
  );
}
