import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serveBook } from '../../src/book/serve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function served(): Promise<{ port: number; get(path: string, host?: string): Promise<number> }> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.html'), '<p>a</p>');
  const server = await serveBook(folder, 0);
  onTestFinished(() => server.close());
  const port = Number(new URL(server.url).port);
  const get = (path: string, host = `127.0.0.1:${port}`) =>
    new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode!);
      })
        .on('error', reject)
        .end();
    });
  return { port, get };
}

test('the book is served on loopback, and nothing outside its folder', async () => {
  const { get } = await served();
  expect(await get('/a.html')).toBe(200);
  expect(await get('/b.html')).toBe(404);
  expect(await get('/../../etc/passwd')).toBe(404);
  expect(await get('/%2e%2e/%2e%2e/etc/passwd')).toBe(404);
});

test('a foreign page cannot read it through a name of its own', async () => {
  const { get } = await served();
  expect(await get('/a.html', 'evil.example')).toBe(403);
  expect(await get('/a.html', 'localhost:1')).toBe(200);
});

test('a port that is taken is said to be', async () => {
  const { port } = await served();
  await expect(serveBook('/', port)).rejects.toMatchObject({ code: 'port-taken' });
});
