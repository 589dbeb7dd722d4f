import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { label } from '../../chat/label.ts';
import { calm } from '../../chat/settings.ts';
import { brief } from '../../shared/brief.ts';

export const check: Check = {
  id: 'line-opens',
  promise: 'A line opens at /ws?userId=..., a ping is answered, and who gives no name is sent away',
  hints: [
    'What is the first thing that both sides must agree on before either may speak?',
    'The given server opens the line and calls onPing for each ping: is the pong sent, and does onPing throw?',
  ],
  chapter: 'real-time/08-websockets.md#one-line-both-may-speak',
  services: ['chat1'],
  settings: calm,
  async run(trial: Trial) {
    const health = await trial.node('chat1').call('GET', '/health');
    trial.expectStatus(health, 200, 'GET /health at chat1');
    trial.expect(health.body?.id === 'chat1' && health.body.status === 'ok', {
      expected: 'GET /health at chat1 names its id and the status "ok"',
      seen: brief(health.body),
    });
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const began = performance.now();
    await alice.ping();
    const ms = performance.now() - began;
    for (const path of ['/ws', '/ws?userId=']) await expectSentAway(trial, path);
    await alice.ping();
    trial.fact(`a pong came ${ms.toFixed(0)} ms after the ping; without a name: 1008`);
  },
};

async function expectSentAway(trial: Trial, path: string): Promise<void> {
  const line = await trial.connect('chat1', path, { name: 'nobody', label });
  const expected = `a line that was opened at ${path}, without a name, is closed with 1008`;
  const { code } = await trial.eventually(expected, () => line.ended, { withinMs: 5_000 });
  trial.expect(code === 1008, { expected, seen: `it was closed with ${code}` });
}
