import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { colourLevel } from '../../src/cli/context.ts';
import { exitCodeOf, renderError } from '../../src/cli/output/error.ts';
import { renderTable } from '../../src/cli/output/table.ts';
import { UserError } from '../../src/course/user-error.ts';

const plain = new Chalk({ level: 0 });
const taken = new UserError('Port 8081 is in use.', {
  code: 'port-taken',
  why: 'Another one has it.',
  fix: 'dsc stop',
});

test('an error says what, why and what to do, without a stack', () => {
  expect(renderError(taken, { json: false, verbose: false, paint: plain })).toBe(
    '✖ Port 8081 is in use.\n  Why: Another one has it.\n  Fix: dsc stop',
  );
  expect(exitCodeOf(taken)).toBe(3);
});

test('with --verbose the stack and its causes follow', () => {
  const error = new UserError('It broke.', { code: 'broke', cause: new RangeError('too far') });
  expect(renderError(error, { json: false, verbose: true, paint: plain })).toMatch(
    /It broke\..*Caused by: RangeError: too far/s,
  );
});

test('with --json an error is one line of JSON', () => {
  expect(JSON.parse(renderError(taken, { json: true, verbose: false, paint: plain }))).toEqual({
    error: { code: 'port-taken', what: 'Port 8081 is in use.', why: 'Another one has it.', fix: 'dsc stop' },
  });
});

test('what nobody foresaw is called a bug of dsc and ends with 4', () => {
  const error = new TypeError('x is not a function');
  expect(renderError(error, { json: false, verbose: false, paint: plain })).toContain(
    'TypeError: x is not a function',
  );
  expect(exitCodeOf(error)).toBe(4);
});

test('columns line up whatever is coloured', () => {
  const paint = new Chalk({ level: 1 });
  const [first, second] = renderTable([
    [paint.red('a'), 'x'],
    ['long', 'y'],
  ]);
  expect(first).toBe(`${paint.red('a')}     x`);
  expect(second).toBe('long  y');
});

test.each<[string, NodeJS.ProcessEnv, boolean | undefined, number]>([
  ['a terminal', {}, true, 1],
  ['a pipe', {}, undefined, 0],
  ['NO_COLOR', { NO_COLOR: '1' }, true, 0],
  ['an empty NO_COLOR', { NO_COLOR: '' }, true, 1],
  ['a dumb terminal', { TERM: 'dumb' }, true, 0],
  ['FORCE_COLOR on a pipe', { FORCE_COLOR: '1' }, undefined, 1],
  ['FORCE_COLOR=0 on a terminal', { FORCE_COLOR: '0' }, true, 0],
])('colour with %s', (_name, env, isTTY, level) => {
  expect(colourLevel(env, isTTY)).toBe(level);
});
