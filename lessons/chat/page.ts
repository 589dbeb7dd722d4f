import type { Trial } from '../../src/verify/check.ts';

/** The chat page at this server is HTML, and everything that it loads from there comes too. */
export async function expectPage(trial: Trial, node: string): Promise<void> {
  const page = await trial.node(node).call('GET', '/');
  trial.expectStatus(page, 200, `GET / at ${node}`);
  const type = page.headers['content-type'] ?? 'nothing';
  trial.expect(type.startsWith('text/html') && /<html/i.test(String(page.body)), {
    expected: `GET / at ${node} is a page of HTML`,
    seen: `content-type ${type}, ${String(page.body).slice(0, 80)}`,
  });
  for (const [, path] of String(page.body).matchAll(/(?:src|href)="([^"#:]+)"/g)) {
    const part = await trial.node(node).call('GET', new URL(path!, 'http://chat/').pathname);
    trial.expectStatus(part, 200, `GET ${path}, which the page loads from ${node},`);
  }
}
