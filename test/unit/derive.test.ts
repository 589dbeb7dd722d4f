import { describe, expect, it } from 'vitest';
import { anchorNames, derive, exerciseIds, snippet } from '../../src/course/derive.ts';

const SOURCE = `import { b } from './b.ts';

// ANCHOR: double
/** Twice the number. */
export function double(n: number): number {
  // @exercise 2 double
  return n * b;
  // ~ // TODO(session 2): multiply.
  // ~
  // ~ throw new Error('not implemented: double');
  // @end
}
// ANCHOR_END: double

// @since 3
export function half(n: number): number {
  // @exercise 3 half
  return n / b;
  // ~ throw new Error('not implemented: half');
  // @end
}
// @end

// @until 3
// ~ export const last = true;
// @end
`;

const starter = (session: number) => derive(SOURCE, { session, kind: 'starter' }, 'a.ts');
const snapshot = (session: number) => derive(SOURCE, { session, kind: 'snapshot' }, 'a.ts');

/** What deriving these lines complains about. */
function complaint(...lines: string[]): string {
  try {
    derive(lines.join('\n'), { session: 1, kind: 'starter' }, 'dir/a.ts');
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

describe('derive', () => {
  it('puts the stub in place of the exercise of the session', () => {
    expect(starter(2)).toBe(`import { b } from './b.ts';

/** Twice the number. */
export function double(n: number): number {
  // TODO(session 2): multiply.

  throw new Error('not implemented: double');
}

export const last = true;
`);
  });

  it('keeps the solution in the snapshot of the session', () => {
    expect(snapshot(2)).toContain('return n * b;');
    expect(snapshot(2)).not.toContain('not implemented');
  });

  it('has the exercises of earlier sessions done and those of later ones not', () => {
    expect(starter(1)).toContain('not implemented: double');
    expect(snapshot(1)).toContain('not implemented: double');
    expect(starter(3)).toContain('return n * b;');
    expect(starter(3)).toContain('not implemented: half');
  });

  it('shows @since from its session on and @until before it', () => {
    expect(snapshot(2)).not.toContain('half');
    expect(snapshot(2)).toContain('last');
    expect(snapshot(3)).toContain('return n / b;');
    expect(snapshot(3)).not.toContain('last');
  });

  it('leaves no marker', () => {
    for (const text of [starter(1), starter(2), snapshot(3)]) expect(text).not.toMatch(/@|~|ANCHOR/);
  });

  it('keeps the indentation and the blank lines of Python', () => {
    const source = [
      '# ANCHOR: one',
      'def one() -> int:',
      '    # @exercise 1 one',
      '    return 1',
      '    # ~ raise NotImplementedError("not implemented: one")',
      '    # @end',
      '',
      '',
      '# ANCHOR_END: one',
      '',
      '',
      'def two() -> int:',
      '    return 2',
      '',
    ].join('\n');
    const text = derive(source, { session: 1, kind: 'starter' }, 'a.py');
    expect(text).toBe(
      'def one() -> int:\n    raise NotImplementedError("not implemented: one")\n\n\ndef two() -> int:\n    return 2\n',
    );
  });

  it('leaves code alone that only looks like a marker', () => {
    const source = "const a = ['// @end'];\n// @ts-expect-error no types\n// see ANCHOR below\n";
    expect(derive(source, { session: 1, kind: 'starter' }, 'a.ts')).toBe(source);
  });

  it.each([
    [['// @exercise 1 one', 'a();'], 'dir/a.ts:1: @exercise is never closed'],
    [['a();', '// @end'], 'dir/a.ts:2: @end without a region'],
    [['// ~ a();'], 'dir/a.ts:1: "~" outside a region'],
    [['// @since x', '// @end'], 'dir/a.ts:1: @since needs a session number, not "x"'],
    [['// @exercise 0 one', '// @end'], 'dir/a.ts:1: @exercise needs a session number, not "0"'],
    [['// @exercise one', '// @end'], 'dir/a.ts:1: @exercise needs a session number, not "one"'],
    [['// @exercise 1', '// @end'], 'dir/a.ts:1: it must read "@exercise 1 the-id"'],
    [['// @exercise 1 One', '// @end'], 'dir/a.ts:1: it must read "@exercise 1 the-id"'],
    [['// @since 2 one', '// @end'], 'dir/a.ts:1: it must read "@since 2"'],
    [['a();', '// ANCHOR: x'], 'dir/a.ts:2: ANCHOR: x is never closed'],
    [['// ANCHOR_END: x'], 'dir/a.ts:1: ANCHOR_END: x without its ANCHOR'],
    [['// ANCHOR: x', '// ANCHOR: x', '// ANCHOR_END: x'], 'dir/a.ts:2: ANCHOR: x is open already'],
  ])('names file and line of a wrong marker: %j', (lines, message) => {
    expect(complaint(...lines)).toBe(message);
  });
});

describe('snippet', () => {
  it('is the solution between the anchor lines, without what they are indented by', () => {
    const source = [
      'class A {',
      '  // ANCHOR: x',
      '  a() {',
      '    // @exercise 1 x',
      '    b();',
      '    // ~ c();',
    ]
      .concat(['    // @end', '  }', '  // ANCHOR_END: x', '}'])
      .join('\n');
    expect(snippet(source, 'x', 'a.ts')).toBe('a() {\n  b();\n}\n');
  });

  it('says when there is no such anchor', () => {
    expect(() => snippet(SOURCE, 'triple', 'a.ts')).toThrow('a.ts: there is no ANCHOR: triple');
  });
});

describe('names in a source', () => {
  it('lists anchors and exercises', () => {
    expect(anchorNames(SOURCE)).toEqual(['double']);
    expect(exerciseIds(SOURCE)).toEqual(['double', 'half']);
  });
});
