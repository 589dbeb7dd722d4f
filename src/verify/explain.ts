import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exerciseFile } from '../course/given-files.ts';
import { LANGUAGES } from '../course/languages.ts';
import type { Lesson } from '../course/lesson.ts';
import { NodeDidNotStart } from '../stack/node-did-not-start.ts';
import type { Stack } from '../stack/stack.ts';
import type { Check } from './check.ts';
import { frameRows } from './line.ts';
import { brief, buildTimeline, type TimelineRow } from './timeline.ts';
import type { LiveTrial } from './trial.ts';
import type { Failure, PromiseBroken } from './verdict.ts';

const MOST_OUTPUT_LINES = 12;
const NOT_IMPLEMENTED = /not implemented: ([a-z-]+)/;

/** Everything a learner needs to see why a check failed: what was promised, what happened, in what order. */
export async function explain(
  error: PromiseBroken | NodeDidNotStart,
  check: Check,
  trial: LiveTrial,
  stack: Stack,
  lesson: Lesson,
  codeFolders: readonly string[],
): Promise<Failure> {
  const how =
    error instanceof NodeDidNotStart
      ? { expected: `${error.node} starts and answers GET /health`, seen: error.message }
      : error.how;
  const lines = await nodeOutput(check.services, trial);
  const messages = await trial.wire.messages();
  const unwritten = await findUnwritten(lines, lesson, codeFolders);
  return {
    expected: how.expected,
    seen: how.seen,
    evidence: ('evidence' in how && how.evidence) || [],
    began: trial.began,
    timeline: buildTimeline(
      trial.began,
      stack.services,
      trial.calls,
      messages,
      [
        ...trial.events,
        ...frameRows(trial.frames, trial.began),
        ...lines.flatMap((line) => traceRow(line, trial.began)),
      ],
      lesson.routine,
    ),
    output: lines
      .filter((line) => !isTrace(line.text))
      .slice(-MOST_OUTPUT_LINES)
      .map((line) => `${line.node} | ${line.text}`),
    ...(unwritten && { unwritten }),
  };
}

async function nodeOutput(services: readonly string[], trial: LiveTrial) {
  const outputs = await Promise.all(
    services.map(async (node) => (await trial.output(node)).map((text) => ({ node, text }))),
  );
  return outputs.flat();
}

/** A stub of the starter throws its exercise's id, which is clearer than the error it leads to. */
async function findUnwritten(
  lines: { node: string; text: string }[],
  lesson: Lesson,
  codeFolders: readonly string[],
): Promise<Failure['unwritten']> {
  const id = lines.map((line) => NOT_IMPLEMENTED.exec(line.text)?.[1]).find((found) => found !== undefined);
  const exercise = lesson.exercises.find((candidate) => candidate.id === id);
  if (!exercise) return undefined;
  for (const folder of codeFolders) {
    for (const name of LANGUAGES.map((language) => exerciseFile(exercise.file, language))) {
      const source = await readFile(join(folder, name), 'utf8').catch(() => '');
      const line =
        source.split('\n').findIndex((text) => text.includes(`not implemented: ${exercise.id}`)) + 1;
      if (line > 0)
        return { exercise: exercise.id, title: exercise.title, file: `${join(folder, name)}:${line}` };
    }
  }
  return undefined;
}

function isTrace(text: string): boolean {
  return text.startsWith('{"ts"');
}

/** The node's own view of what no message shows: timeouts and changes of state. */
function traceRow({ node, text }: { node: string; text: string }, began: number): TimelineRow[] {
  if (!isTrace(text)) return [];
  try {
    const trace = JSON.parse(text) as { ts: number; event: string; [more: string]: unknown };
    if (!['timeout', 'state', 'apply', 'deliver'].includes(trace.event)) return [];
    const { ts, event, node: _node, msg, ...more } = trace;
    const about =
      msg && typeof msg === 'object' && 'type' in msg && 'id' in msg ? { type: msg.type, id: msg.id } : msg;
    return [
      { at: ts - began, kind: 'note', from: node, label: `${event}${brief(about)}${brief(more)}`.trimEnd() },
    ];
  } catch {
    return [];
  }
}
