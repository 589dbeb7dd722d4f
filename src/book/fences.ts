/** What a fenced block may say of itself, so that every block is highlighted, and none is typed by hand that could be derived. */
const PLAIN = ['text', 'json', 'yaml', 'bash', 'console', 'dockerfile', 'http'];
const FRAGMENT = /^(typescript|python),fragment$/;

/** @param report told of a problem, with its line within the fence (0: the opening line) */
export function checkFence(
  { info, code }: { info: string; code: string },
  report: (message: string, line: number) => void,
): void {
  if (info === 'typescript' || info === 'python') {
    report(
      'show code of the tested solutions with {{#code}}, or mark wrong code on purpose as ",fragment"',
      0,
    );
  } else if (!PLAIN.includes(info) && !FRAGMENT.test(info)) {
    report(`a block is one of ${PLAIN.join(', ')}, mermaid; not "${info}"`, 0);
  }
  if (info !== 'console') return;
  const output = code.split('\n').findIndex((line) => line.trim() !== '' && !line.startsWith('$ '));
  if (output === -1) return;
  report('output that nobody checks: make it a transcript (book/transcripts/), or a text block', output + 1);
}
