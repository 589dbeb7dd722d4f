import { HttpError } from '../shared/http-error.ts';
import type { HttpRequest, Route } from '../shared/http-server.ts';
import { anyField, objectBody, stringField } from '../shared/json-body.ts';
import type { Shell } from './shell.ts';

/** What clients may ask of the leader: to have a command written to the log. */
export function commandRoutes(shell: Shell): Route[] {
  const command = async ({ body }: HttpRequest) => {
    const fields = objectBody(body);
    const committed = await shell.propose({
      key: stringField(fields, 'key'),
      value: anyField(fields, 'value'),
    });
    if (committed === null) throw notLeader(shell.node.id, shell.node.leader);
    const { index, term } = committed;
    return { status: 200, body: { index, term } };
  };
  return [{ method: 'POST', path: '/command', handle: command }];
}

/** 421 `not_leader`: nothing has happened, and this node names the one to ask, if it knows. */
function notLeader(nodeId: string, leader: string | null): HttpError {
  const known = leader === null || leader === nodeId ? null : leader;
  const advice = known === null ? 'and knows of nobody who does' : `${known} does`;
  return new HttpError(421, 'not_leader', `${nodeId} does not lead, ${advice}.`, { leader: known });
}
