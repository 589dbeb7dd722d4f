import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

const CASES: [method: string, query: string, token: string | undefined][] = [
  ['GET', '?consistency=strongest', undefined],
  ['GET', '?consistency=', undefined],
  ['GET', '?consistency=session', 'yesterday'],
  ['GET', '?consistency=session', '-1'],
  ['PUT', '?ack=two', undefined],
  ['PUT', '?ack=', undefined],
];

export const check: Check = {
  id: 'bad-levels',
  promise: 'A level, an acknowledgement or a token that does not exist is refused with 400',
  hints: [
    'A client asks for "strongest". May the store give it less and not say so?',
    'levels.ts is given: it reads the level, the acknowledgement and the token, and throws HttpError 400.',
  ],
  chapter: 'data-store/07-consistency.md#running-the-example',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    await new Cluster(trial).leader();
    for (const node of NODES) {
      for (const [method, query, token] of CASES) {
        const headers: Record<string, string> = token === undefined ? {} : { 'x-session-token': token };
        const body = method === 'PUT' ? { value: 1 } : undefined;
        const answer = await trial.node(node).call(method, `/bad${query}`, body, { headers });
        const what = `${method} /bad${query} ${token === undefined ? '' : `with the token "${token}" `}at ${node}`;
        trial.expectStatus(answer, 400, what);
        trial.expectEqual(answer.body?.error, 'bad_request', `the error of ${what}`);
      }
    }
    trial.fact(`${CASES.length * NODES.length} requests for what does not exist`);
  },
};
