import type { Check, Trial } from '../../../src/verify/check.ts';
import { callOptions, KeyValues, pathOf } from '../../consensus/key-values.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';
import { startClients } from '../../shared/clients.ts';
import { Electorate } from '../../shared/electorate.ts';

const CLIENTS = 6;
const REQUESTS = 20;
const IMPATIENCE_MS = 300;

export const check: Check = {
  id: 'nothing-twice-over-leaders',
  promise: 'Repeated at the next leader, or after all nodes were killed, a request still takes effect once',
  hints: [
    'The leader dies between commit and answer. Who else knows that the request was carried out?',
    'The table of clients is a part of what apply builds from the log, so every node has it, and has it again after a restart.',
  ],
  chapter: 'consensus/15-consensus-system.md#did-it-count',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Electorate(trial, NODES);
    const store = new KeyValues(trial);
    const old = await cluster.leader();
    const mark = trial.unique('client');
    const key = trial.unique('ledger');
    const numbers = new Map<number, number>();
    // Each client sends a request until somebody says that it was done, at one node after the other.
    const clients = startClients(
      trial,
      CLIENTS,
      'requests are done',
      async (client, n) => {
        const request = (numbers.get(client) ?? 0) + 1;
        const node = NODES[n % NODES.length]!;
        const options = callOptions({ client: `${mark}-${client}`, request }, trial.patience(IMPATIENCE_MS));
        const { answer } = await trial
          .node(node)
          .try('POST', pathOf(key), { append: `${client}.${request} ` }, options);
        if (answer)
          trial.expectStatus(answer, [200, 503, 504], `request ${request} of client ${client} at ${node}`);
        if (answer?.status !== 200) return false;
        numbers.set(client, request);
        return true;
      },
      { refusedPauseMs: 10 },
    );
    await clients.more(REQUESTS);
    await trial.faults.kill(old.node);
    const among = without(old.node);
    const next = await cluster.leader({ among, after: old.term, withinMs: 8 * ELECTION_MAX_MS });
    await clients.more(REQUESTS);
    await Promise.all(among.map((node) => trial.faults.kill(node)));
    await Promise.all(NODES.map((node) => trial.faults.restart(node)));
    await clients.more(REQUESTS);
    await clients.stop();
    const { value } = await trial.eventually('the ledger is read', async () => {
      const answer = await store.get('node1', key);
      return answer.status === 200 && answer.body;
    });
    const done = String(value).trim().split(' ');
    for (const [client, last] of numbers) {
      const own = done.filter((entry) => entry.startsWith(`${client}.`));
      const expected = Array.from({ length: last }, (_, n) => `${client}.${n + 1}`);
      // The last one was under way when the clients were stopped: it may have been done.
      const fits =
        own.slice(0, last).join() === expected.join() &&
        own.length <= last + 1 &&
        new Set(own).size === own.length;
      trial.expect(fits, {
        expected: `of client ${client}, requests 1 to ${last} are in the ledger, each once and in order`,
        seen: own.join(' '),
      });
    }
    trial.fact(
      `${done.length} requests, each once, though ${old.node} was killed, ${next.node} led, and then all were killed`,
    );
  },
};
