import type { CheckResult, Verdict } from '../verify/verdict.ts';
import type { LiveEvent, ReplayStep } from './events.ts';
import { readRunFile, runIds } from './run-file.ts';

/** A recorded run of `dsc verify`. */
export interface RunSummary {
  id: string;
  /** Epoch ms at which it began. */
  at: number;
  session: number;
  title: string;
  /** Null: it was not finished, or goes on still. */
  verdict: Verdict | null;
  /** Ids of the checks that did not pass. */
  failed: string[];
}

/** The recorded runs of a workspace, newest first. */
export async function listRuns(workspace: string): Promise<RunSummary[]> {
  const ids = await runIds(workspace);
  const runs = await Promise.all(
    ids.map(async (id) => summary(id, (await readRunFile(workspace, id)) ?? [])),
  );
  return runs.filter((run) => run !== undefined);
}

/**
 * What happened in a recorded run.
 * @param id as `dsc replay` takes it
 * @returns undefined when there is none of that name
 */
export async function readRun(workspace: string, id: string): Promise<LiveEvent[] | undefined> {
  const known = (await runIds(workspace)).includes(id);
  return known ? readRunFile(workspace, id) : undefined;
}

/**
 * The newest run in which this check, or any, did not pass; where there is none, the newest.
 * @returns undefined when nothing was recorded
 */
export async function newestFailed(
  workspace: string,
  check?: string,
): Promise<{ id: string; events: LiveEvent[] } | undefined> {
  let newest: { id: string; events: LiveEvent[] } | undefined;
  for (const id of await runIds(workspace)) {
    const events = (await readRunFile(workspace, id)) ?? [];
    const run = summary(id, events);
    if (!run) continue;
    if (check === undefined ? run.failed.length > 0 : run.failed.includes(check)) return { id, events };
    newest ??= { id, events };
  }
  return newest;
}

/** The results of the checks of a run, in order. */
export function checkResults(events: readonly LiveEvent[]): CheckResult[] {
  return events.flatMap((event) =>
    event.type === 'verify' && event.event.type === 'check-finished' ? [event.event.result] : [],
  );
}

/** The check to look at: the one of this id, or the first that did not pass. */
export function chosenCheck(events: readonly LiveEvent[], id?: string): CheckResult | undefined {
  const wanted = ({ id: candidate, verdict }: CheckResult) =>
    id === undefined ? verdict !== 'pass' : candidate === id;
  return checkResults(events).find(wanted);
}

/** The rows of a failed check's timeline with the wall clock's time; none for a check that did not fail. */
export function replaySteps({ failure }: CheckResult): ReplayStep[] {
  return failure ? failure.timeline.rows.map((row) => ({ ...row, moment: failure.began + row.at })) : [];
}

function summary(id: string, events: readonly LiveEvent[]): RunSummary | undefined {
  const cluster = events.find((event) => event.type === 'cluster')?.cluster;
  const began = events[0]?.at;
  if (!cluster || began === undefined) return undefined;
  const told = events.flatMap((event) => (event.type === 'verify' ? [event.event] : []));
  const started = told.find((event) => event.type === 'started');
  const finished = told.find((event) => event.type === 'finished');
  return {
    id,
    at: began,
    session: started?.session ?? cluster.session,
    title: finished?.result.title ?? cluster.title,
    verdict: finished?.result.verdict ?? null,
    failed: checkResults(events).flatMap(({ id: check, verdict }) => (verdict === 'pass' ? [] : [check])),
  };
}
