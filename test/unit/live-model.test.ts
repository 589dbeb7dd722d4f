import { expect, test } from 'vitest';
// The browser's own module: plain JavaScript.
// @ts-expect-error it has no types
import { MOST_LINES, MOST_MARKS, MOST_MESSAGES, Model } from '../../book/live/model.js';
import { madeUpEvents, madeUpMessage } from '../support/made-up-events.ts';

const NAMES = ['node1', 'node2', 'node3'];

function node(name: string, more: object = {}) {
  return { name, url: '', language: 'typescript', status: 'running', answers: true, more: [], ...more };
}

function told(...events: object[]): { model: any; said: string[] } {
  const said: string[] = [];
  const model = new Model((text: string) => said.push(text));
  for (const event of events) model.take(event);
  return { model, said };
}

const cluster = (session: number) => ({
  type: 'cluster',
  at: 0,
  cluster: { session, project: `p${session}`, services: NAMES },
});

test('a death, a return and a new leader are said once', () => {
  const nodes = (...list: object[]) => ({ type: 'nodes', at: 1, nodes: list });
  const [follower, leader, dead] = [
    { role: 'follower', term: 1 },
    { role: 'leader', term: 2 },
    { status: 'exited' },
  ];
  const { said } = told(
    cluster(8),
    nodes(node('node1', follower), node('node2', follower)),
    nodes(node('node1', follower), node('node2', leader)),
    nodes(node('node1', dead), node('node2', leader)),
    nodes(node('node1', dead), node('node2', leader)),
    nodes(node('node1', follower), node('node2', leader)),
  );
  expect(said).toEqual(['3 nodes are running', 'node2 leads in term 2', 'node1 is dead', 'node1 runs']);
});

test('a fault that a check notes is said once, and so is its end', () => {
  const faults = (...what: string[]) => ({
    type: 'faults',
    at: 1,
    faults: what.map((text) => ({ at: 1, what: text })),
  });
  const { said } = told(
    cluster(8),
    { type: 'note', at: 1, kind: 'fault', text: 'node3 isolated' },
    faults('node3 isolated'),
    faults('node3 isolated', 'node1 killed'),
    faults('node1 killed'),
  );
  expect(said.slice(1)).toEqual(['node3 isolated', 'undone: node3 isolated']);
});

test('a message that is told again is the same message', () => {
  const message: any = madeUpMessage(NAMES, 1, 10);
  const { model } = told({ ...message, outcome: 'waiting' }, madeUpMessage(NAMES, 2, 11), message);
  expect(model.messages.map(({ seq, outcome }: any) => [seq, outcome])).toEqual([
    [2, 'answered'],
    [3, 'answered'],
  ]);
});

test('nothing that is kept grows without end', () => {
  const { model } = told(cluster(8));
  for (let at = 0; at < 20_000; at++) {
    model.take(madeUpMessage(NAMES, at, at));
    model.take({ type: 'log', at, node: 'node1', text: `${at}` });
    model.take({ type: 'note', at, kind: 'note', text: `${at}` });
  }
  expect(model.messages.length).toBeLessThanOrEqual(MOST_MESSAGES);
  expect(model.lines.length).toBeLessThanOrEqual(MOST_LINES);
  expect(model.marks.length).toBeLessThanOrEqual(MOST_MARKS);
  expect(model.messages.at(-1).seq).toBe(20_000);
});

test('another session begins with nothing of the one before', () => {
  const { model } = told(...madeUpEvents('raft', 1_000), cluster(2));
  const { nodes, system, messages, marks, lines } = model;
  expect({ nodes, system, messages, marks, lines }).toEqual({
    nodes: [],
    system: null,
    messages: [],
    marks: [],
    lines: [],
  });
});
