import { writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serveBook } from '../../src/book/serve.ts';
import type { CheckResult } from '../../src/verify/verdict.ts';
import { MadeUpCluster } from '../support/made-up-cluster.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Served {
  cluster: MadeUpCluster;
  token: string;
  origin: string;
  ask(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<Answer>;
  open(path: string): Promise<IncomingMessage>;
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

const ACT = { 'content-type': 'application/json' };
const KILL = JSON.stringify({ do: 'kill', args: ['node2'] });

/** A book with one page, and a cluster that is made up. */
async function served(): Promise<Served> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.html'), '<html><head><title>a</title></head><body>a</body></html>');
  const cluster = new MadeUpCluster();
  const server = await serveBook(folder, 0, cluster);
  onTestFinished(() => server.close());
  const port = Number(new URL(server.url).port);
  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const host = `127.0.0.1:${port}`;
      request({ host: '127.0.0.1', port, method, path, headers: { host, ...headers } }, resolve)
        .on('error', reject)
        .end(body);
    });
  const ask = async (method: string, path: string, headers?: Record<string, string>, body?: string) => {
    const answer = await send(method, path, headers, body);
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk;
    return { status: answer.statusCode!, headers: answer.headers, text };
  };
  const page = await ask('GET', '/a.html');
  const [, token] = /name="dsc-live" content="([\w-]+)"/.exec(page.text)!;
  return { cluster, token: token!, origin: server.url, ask, open: (path) => send('GET', path) };
}

test('a page of the book acts on the cluster, and learns what was done or why not', async () => {
  const { ask, token, origin, cluster } = await served();
  const headers = { ...ACT, origin, 'sec-fetch-site': 'same-origin' };
  const killed = await ask('POST', `/live/act?token=${token}`, headers, KILL);
  expect(killed).toMatchObject({ status: 200, text: '{"did":"node2 was killed."}' });
  expect(cluster.acts).toEqual([{ do: 'kill', args: ['node2'] }]);
  const refused = await ask('POST', `/live/act?token=${token}`, headers, '{"do":"explode"}');
  expect(refused.status).toBe(409);
  expect(JSON.parse(refused.text)).toEqual({ error: 'No such fault.', why: 'So it is.' });
});

test('without the token nothing is told and nothing done', async () => {
  const { ask, token, cluster } = await served();
  for (const wrong of ['', '?token=', '?token=guess', `?token=${token}x`]) {
    expect((await ask('POST', `/live/act${wrong}`, ACT, KILL)).status).toBe(403);
    for (const path of ['/live/events', '/live/runs', '/live/runs/one'])
      expect((await ask('GET', `${path}${wrong}`)).status).toBe(403);
  }
  expect(cluster.acts).toEqual([]);
});

test('another origin is refused even with the token, and so is a name that is not of this machine', async () => {
  const { ask, token, cluster, origin } = await served();
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    // Another server of this machine, such as a learner's node.
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: 'evil.example' },
    { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
    { host: '127.0.0.1.evil.example' },
  ];
  for (const headers of foreign) {
    const act = await ask('POST', `/live/act?token=${token}`, { ...ACT, ...headers }, KILL);
    expect({ headers, status: act.status }).toEqual({ headers, status: 403 });
    expect((await ask('GET', `/live/events?token=${token}`, headers)).status).toBe(403);
    expect((await ask('GET', '/live/panel.js', headers)).status).toBe(403);
    expect(act.headers['access-control-allow-origin']).toBeUndefined();
  }
  // What a form of another page can send, had it the token.
  const form = await ask('POST', `/live/act?token=${token}`, { origin, 'content-type': 'text/plain' }, KILL);
  expect(form.status).toBe(415);
  expect(cluster.acts).toEqual([]);
});

test('no other page may frame the book, nor load what is under /live/', async () => {
  const { ask } = await served();
  const page = await ask('GET', '/a.html');
  expect(page.headers['content-security-policy']).toContain("frame-ancestors 'self'");
  expect(page.headers['cache-control']).toBe('no-store');
  const panel = await ask('GET', '/live/panel.js');
  expect(panel).toMatchObject({ status: 200 });
  expect(panel.headers['cross-origin-resource-policy']).toBe('same-origin');
});

test('what makes no sense is refused', async () => {
  const { ask, token, cluster } = await served();
  const act = (body: string) => ask('POST', `/live/act?token=${token}`, ACT, body);
  for (const body of [
    '',
    '{',
    'null',
    '{}',
    '{"do":1}',
    '{"do":"kill","args":[1]}',
    '{"do":"kill","args":"x"}',
  ])
    expect({ body, status: (await act(body)).status }).toEqual({ body, status: 400 });
  expect((await act(`{"do":"${'x'.repeat(5_000)}"}`)).status).toBe(413);
  expect((await ask('GET', `/live/act?token=${token}`)).status).toBe(405);
  expect((await ask('GET', `/live/runs/two?token=${token}`)).status).toBe(404);
  expect((await ask('GET', `/live/runs/..%2f..%2fdsc.json?token=${token}`)).status).toBe(404);
  expect((await ask('GET', '/live/..%2f..%2fpackage.json')).status).toBe(403);
  cluster.recording = { check: {} as CheckResult, steps: [], events: [] };
  const recorded = await ask('GET', `/live/runs/one?token=${token}&check=a`);
  expect(JSON.parse(recorded.text)).toEqual(cluster.recording);
});

test('a browser that reads too slowly is sent the newest events, and how many it missed', async () => {
  const { open, token, cluster } = await served();
  const stream = await open(`/live/events?token=${token}`);
  stream.pause();
  const EVENTS = 60_000;
  for (let at = 1; at <= EVENTS; at++) {
    cluster.tell({ type: 'note', kind: 'note', at, text: 'x'.repeat(500) });
    if (at % 1_000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  let [text, told, dropped, last] = ['', 0, 0, 0];
  for await (const chunk of stream.setEncoding('utf8')) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop()!;
    for (const part of parts) {
      const batch = JSON.parse(part.slice('data: '.length));
      told += batch.events.length;
      dropped += batch.dropped;
      last = batch.events.at(-1).at;
    }
    if (last === EVENTS) break;
  }
  expect(told + dropped).toBe(EVENTS);
  expect(dropped).toBeGreaterThan(EVENTS / 4);
  stream.destroy();
  await expect.poll(() => cluster.watching).toBe(0);
}, 30_000);
