import type { Check, Trial } from '../../../src/verify/check.ts';
import { expectPage } from '../../chat/page.ts';
import { calm } from '../../chat/settings.ts';

export const check: Check = {
  id: 'page-is-served',
  promise: 'GET / is a page to chat with in a browser',
  hints: [
    'What does a browser ask for before there can be a WebSocket?',
    'The page and its route are given; a browser gets it at http://localhost:4001/.',
  ],
  chapter: 'real-time/08-websockets.md#running-the-example',
  services: ['chat1'],
  settings: calm,
  stands: 'The page is given; the check tells a learner who changes it what broke.',
  async run(trial: Trial) {
    await expectPage(trial, 'chat1');
    trial.fact('the page and all that it loads came');
  },
};
