import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyCheckout, replaceIn } from '../support/checkout.ts';

let checkout = '';

beforeAll(async () => {
  checkout = await copyCheckout();
});

afterAll(() => rm(checkout, { recursive: true }));

const build = () =>
  execa(process.execPath, [join(checkout, 'bin/dsc.js'), 'book', '--build'], {
    cwd: checkout,
    reject: false,
    env: { NO_COLOR: '1' },
  });

test('the book is built without a complaint', async () => {
  const { exitCode, stderr } = await build();
  expect(stderr).not.toMatch(/ERROR|WARN|✖/);
  expect(exitCode).toBe(0);
  expect(existsSync(join(checkout, 'dist/book/print.html'))).toBe(true);
});

const CHAPTER = 'book/src/fundamentals/02-message-passing.md';
const DATA = 'lessons/session-01/chapters/02-message-passing.yaml';

describe('it is not built, and file and line are named, with', () => {
  test.each<[string, string, string | RegExp, string, RegExp]>([
    [
      'a region that nobody has',
      CHAPTER,
      '{{#code',
      '{{#code\nno-such-region',
      /02-message-passing\.md:\d+: no solution has a region "ANCHOR: no-such-region"/,
    ],
    [
      'a region without its Python twin',
      'python/solutions/messaging/retry.py',
      /# ANCHOR(_END)?: backoff/g,
      '#',
      /02-message-passing\.md:\d+: the region "backoff" exists in TypeScript only/,
    ],
    [
      'an empty region',
      'solutions/messaging/retry.ts',
      /(\/\/ ANCHOR: backoff\n)[\s\S]*?(\/\/ ANCHOR_END: backoff)/,
      '$1$2',
      /02-message-passing\.md:\d+: the region "backoff" is empty in TypeScript/,
    ],
    [
      'an unclosed region',
      'solutions/messaging/retry.ts',
      '// ANCHOR_END: backoff',
      '//',
      /solutions\/messaging\/retry\.ts:\d+: ANCHOR: backoff is never closed/,
    ],
    [
      'a region that two files have',
      'solutions/messaging/inbox.ts',
      /^/,
      '// ANCHOR: backoff\n// ANCHOR_END: backoff\n',
      /solutions\/messaging\/\w+\.ts:\d+: another file has an ANCHOR: backoff too/,
    ],
    [
      'a second block of code',
      CHAPTER,
      '{{#compose 00-messages}}',
      '{{#code\nbackoff\n}}\n\n{{#compose 00-messages}}',
      /02-message-passing\.md:\d+: a page has one \{\{#code\}\}/,
    ],
    [
      'an unknown Compose file',
      CHAPTER,
      '{{#compose 00-messages}}',
      '{{#compose 99}}',
      /02-message-passing\.md:\d+: there is no compose\/99/,
    ],
    [
      'an unknown transcript',
      CHAPTER,
      /\{\{#transcript [\w-]+\}\}/,
      '{{#transcript nothing}}',
      /02-message-passing\.md:\d+: there is no book\/transcripts\/nothing\.console/,
    ],
    [
      "mdBook's own include",
      CHAPTER,
      '{{#quiz}}',
      '{{#include nothing.md}}',
      /02-message-passing\.md:\d+: there is no directive \{\{#include\}\}/,
    ],
    [
      'a link to nowhere',
      CHAPTER,
      '](01-what-is-ds.md#silence)',
      '](01-what-is-ds.md#noise)',
      /02-message-passing\.md:\d+: 01-what-is-ds\.md#noise: .* no heading/,
    ],
    [
      'a link to a page that is not there',
      CHAPTER,
      '](03-queue-system.md)',
      '](30-queue-system.md)',
      /02-message-passing\.md:\d+: 30-queue-system\.md: there is no page/,
    ],
    [
      'a diagram that cannot be read',
      CHAPTER,
      '    participant A as node1',
      '    participant A as node1\n    A->>>B hello',
      /02-message-passing\.md:\d+: Parse error/,
    ],
    [
      'a diagram that nobody describes',
      CHAPTER,
      /accDescr: .*/,
      '',
      /02-message-passing\.md:\d+: a diagram needs/,
    ],
    [
      'a coloured diagram',
      CHAPTER,
      '    participant A as node1',
      '    participant A as node1\n    rect rgb(255, 0, 0)\n    end',
      /02-message-passing\.md:\d+: no colours/,
    ],
    [
      'a question without a reason',
      DATA,
      /\n {8}why: .*/,
      '',
      /chapters\/02-message-passing\.yaml:\d+: "why" is missing/,
    ],
    [
      'an objective that is not asked for',
      DATA,
      'objectives:\n',
      'objectives:\n  new: do more\n',
      /chapters\/02-message-passing\.yaml:\d+: no question asks for the objective "new"/,
    ],
    [
      'a prediction that its transcript does not prove',
      DATA,
      /shows: .*/,
      'shows: "something else"',
      /chapters\/02-message-passing\.yaml:\d+: no output in .* shows something else/,
    ],
    [
      'a session that is not ninety minutes',
      DATA,
      /concept: \d+/,
      'concept: 1',
      /chapters\/.*\.yaml:\d+: concept takes \d+ min in session 1/,
    ],
    [
      'an annotated line that has changed',
      DATA,
      /typescript: .*/,
      'typescript: "no such line"',
      /chapters\/02-message-passing\.yaml:\d+: "no such line" is to be in one line/,
    ],
    [
      'output that nobody checks',
      CHAPTER,
      '$ dsc hint',
      '$ dsc hint\nThink!',
      /02-message-passing\.md:\d+: output that nobody checks/,
    ],
  ])('%s', async (_, file, from, to, message) => {
    const undo = await replaceIn(join(checkout, file), from, to);
    try {
      const { exitCode, stderr } = await build();
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(1);
    } finally {
      await undo();
    }
  });
});
