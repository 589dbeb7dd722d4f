import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues, pathOf } from '../../consensus/key-values.ts';
import { NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { startClients } from '../../shared/clients.ts';
import { Electorate } from '../../shared/electorate.ts';

const CLIENTS = 8;
const APPENDS = 60;

export const check: Check = {
  id: 'appends-are-in-order',
  promise:
    'Many clients append at all nodes: what was acknowledged is there once, in the order of each client',
  hints: [
    'Two clients append at the same time. May one of them undo what the other has written?',
    "execute, 'append': the text that the key holds when the command is applied, and the new one behind it; a key that does not exist begins with nothing.",
  ],
  chapter: 'consensus/15-consensus-system.md#a-log-becomes-a-store',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const store = new KeyValues(trial);
    await new Electorate(trial, NODES).leader();
    const key = trial.unique('list');
    const acknowledged = new Map<string, number>();
    const maybe = new Set<string>();
    const clients = startClients(
      trial,
      CLIENTS,
      'appends are acknowledged',
      async (client, n) => {
        const node = NODES[(client + n) % NODES.length]!;
        const token = `${client}.${n}`;
        const { answer } = await trial.node(node).try('POST', pathOf(key), { append: `${token} ` });
        if (answer) trial.expectStatus(answer, [200, 503, 504], `POST ${pathOf(key)} at ${node}`);
        if (answer?.status === 200) acknowledged.set(token, n);
        else if (answer?.status !== 503) maybe.add(token);
        return answer?.status === 200;
      },
      { refusedPauseMs: 20 },
    );
    await clients.more(APPENDS);
    await clients.stop();
    const { value } = await trial.eventually('the list is read', async () => {
      const answer = await store.get('node2', key);
      return answer.status === 200 && answer.body;
    });
    const tokens = String(value).trim().split(' ');
    trial.expect(new Set(tokens).size === tokens.length, {
      expected: 'no append takes effect twice',
      seen: tokens.filter((token, n) => tokens.indexOf(token) !== n).join(' '),
    });
    for (const token of acknowledged.keys()) {
      trial.expect(tokens.includes(token), {
        expected: `${token}, which was acknowledged, is in the list`,
        seen: String(value),
      });
    }
    for (const token of tokens) {
      trial.expect(acknowledged.has(token) || maybe.has(token), {
        expected: 'nothing is in the list that nobody has appended, or that was refused with 503',
        seen: token,
      });
    }
    for (let client = 1; client <= CLIENTS; client++) {
      const own = tokens.filter((token) => token.startsWith(`${client}.`) && acknowledged.has(token));
      const order = own.map((token) => acknowledged.get(token)!);
      trial.expect(
        order.every((n, at) => at === 0 || n > order[at - 1]!),
        {
          expected: `what client ${client} appended one after the other is in the list in that order`,
          seen: own.join(' '),
        },
      );
    }
    trial.fact(`${acknowledged.size} appends of ${CLIENTS} clients, each once and in order`);
  },
};
