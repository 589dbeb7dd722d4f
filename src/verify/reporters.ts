import type { CheckResult, VerifyResult } from './verdict.ts';

/** TAP version 14, for programs that collect test results. */
export function tap(result: VerifyResult): string {
  const lines = ['TAP version 14', `1..${result.results.length + result.notRun.length}`];
  for (const [index, check] of result.results.entries()) {
    lines.push(`${check.verdict === 'pass' ? 'ok' : 'not ok'} ${index + 1} - ${escapeTap(check.promise)}`);
    if (check.verdict === 'pass') continue;
    lines.push('  ---', `  verdict: ${check.verdict}`, ...details(check).map((line) => `  ${line}`), '  ...');
  }
  for (const [index, check] of result.notRun.entries()) {
    const number = result.results.length + index + 1;
    lines.push(`not ok ${number} - ${escapeTap(check.promise)} # SKIP an earlier check did not pass`);
  }
  return `${lines.join('\n')}\n`;
}

/** JUnit XML as continuous integration servers read it. Inconclusive and environment are errors, not failures. */
export function junit(result: VerifyResult): string {
  const count = (verdicts: string[]) =>
    result.results.filter((check) => verdicts.includes(check.verdict)).length;
  const cases = [
    ...result.results.map((check) => {
      const open = `  <testcase classname="session-${result.session}" name="${escapeXml(check.promise)}" time="${(check.ms / 1000).toFixed(3)}"`;
      if (check.verdict === 'pass') return `${open}/>`;
      const tag = check.verdict === 'fail' ? 'failure' : 'error';
      const message = check.failure?.seen ?? check.problem?.why ?? check.verdict;
      return `${open}>\n    <${tag} type="${check.verdict}" message="${escapeXml(message)}">${escapeXml(details(check).join('\n'))}</${tag}>\n  </testcase>`;
    }),
    ...result.notRun.map(
      (check) =>
        `  <testcase classname="session-${result.session}" name="${escapeXml(check.promise)}"><skipped message="an earlier check did not pass"/></testcase>`,
    ),
  ];
  const tests = result.results.length + result.notRun.length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="dsc session ${result.session}" tests="${tests}" failures="${count(['fail'])}" errors="${count(['inconclusive', 'environment'])}" skipped="${result.notRun.length}" time="${(result.ms / 1000).toFixed(3)}">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
}

function details(check: CheckResult): string[] {
  if (check.failure) {
    const { expected, seen, evidence } = check.failure;
    return [`expected: ${expected}`, `seen: ${seen}`, ...evidence.map((row) => `evidence: ${row}`)];
  }
  return check.problem ? [`why: ${check.problem.why}`, `next: ${check.problem.next}`] : [];
}

function escapeTap(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}

function escapeXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  // XML 1.0 has no way to write most control characters.
  const printable = [...text].filter((char) => char >= ' ' || char === '\n' || char === '\t').join('');
  return printable.replace(/[&<>"]/g, (char) => entities[char] ?? char);
}
