import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LANGUAGES, type Language } from '../course/languages.ts';
import type { Lesson } from '../course/lesson.ts';
import { packagePath } from '../course/package-root.ts';
import { readProgress } from '../course/progress.ts';
import { availableSessions, loadLesson, parseSession } from '../course/sessions.ts';
import { ExitCode, UserError } from '../course/user-error.ts';
import {
  codeFolder,
  findWorkspace,
  projectName,
  requireWorkspace,
  stateFolder,
} from '../course/workspace.ts';
import type { Observed } from '../live/stack-observer.ts';
import { reopenRuntime } from '../stack/choose-runtime.ts';
import { Stack } from '../stack/stack.ts';

/** A session in a learner's workspace: what every command about the running nodes starts from. */
export interface SessionTarget {
  workspace: string;
  lesson: Lesson;
  languages: Language[];
  code: Record<Language, string>;
  /** The stack's home. */
  home: string;
  project: string;
}

/**
 * @param session as typed; undefined is the session that was started last
 * @throws UserError when there is no workspace, or nothing was started in it
 */
export async function findTarget(cwd: string, session?: string): Promise<SessionTarget> {
  const workspace = await requireWorkspace(cwd);
  const progress = await readProgress(workspace);
  const number = session === undefined ? progress.session : parseSession(session);
  if (number === 0) {
    throw new UserError('No session was started here yet.', {
      code: 'nothing-started',
      fix: 'dsc start session-1',
      exitCode: ExitCode.usage,
    });
  }
  return sessionTarget(workspace, await loadLesson(number), progress.languages);
}

export function sessionTarget(workspace: string, lesson: Lesson, languages: Language[]): SessionTarget {
  return {
    workspace,
    lesson,
    languages,
    code: codeFolders(workspace),
    home: stateFolder(workspace),
    project: projectName(workspace, lesson.system),
  };
}

export function codeFolders(root: string): Record<Language, string> {
  const folders = LANGUAGES.map((language) => [language, codeFolder(root, language)]);
  return Object.fromEntries(folders) as Record<Language, string>;
}

/** The stack that `dsc start` left running under this home, or undefined. */
export function openStack(home: string): Promise<Stack | undefined> {
  return Stack.open(home, (name, project) => reopenRuntime(name, project, home));
}

/** The stack of the session started last, or one that was started by hand with `docker compose`; undefined when none runs. */
export async function findStack(target: SessionTarget): Promise<Stack | undefined> {
  return (await openStack(target.home)) ?? (await adoptStack(target));
}

/** What runs in a workspace, for an observer of it; undefined when nothing does, or nothing was started yet. */
export async function findObserved(workspace: string): Promise<Observed | undefined> {
  const { session, languages } = await readProgress(workspace);
  if (session === 0) return undefined;
  const target = sessionTarget(workspace, await loadLesson(session), languages);
  const stack = await findStack(target);
  return stack && { stack, lesson: target.lesson, languages };
}

/** @throws UserError when no stack runs */
export async function requireStack(cwd: string): Promise<{ target: SessionTarget; stack: Stack }> {
  const target = await findTarget(cwd);
  const stack = await findStack(target);
  if (stack) return { target, stack };
  throw new UserError('No nodes are running here.', {
    code: 'no-stack',
    fix: `dsc start session-${target.lesson.number}`,
  });
}

/** A stack of this workspace's Compose project that somebody started with `docker compose up`. */
async function adoptStack(target: SessionTarget): Promise<Stack | undefined> {
  const { findEngine } = await import('../stack/docker/engine.ts');
  const engine = await findEngine(process.env);
  if (!engine.found) return undefined;
  const runtime = await reopenRuntime('docker', target.project, target.home);
  if (Object.keys(await runtime.states()).length === 0) return undefined;
  return Stack.adopt(target.home, {
    composeFile: packagePath('compose', target.lesson.stack, 'docker-compose.yml'),
    variables: { COMPOSE_PROJECT_NAME: target.project },
    runtime,
  });
}

/** `session-2`, or undefined when the next one is not there yet. */
export async function nextSession(lesson: Lesson): Promise<string | undefined> {
  const there = await availableSessions();
  return there.includes(lesson.number + 1) ? `session-${lesson.number + 1}` : undefined;
}

/**
 * The course's own solution of a session, verified aside from the learner's nodes: in the workspace where there is one,
 * otherwise in a folder of the system's for temporary files.
 */
export async function solutionTarget(cwd: string, session?: string): Promise<SessionTarget> {
  const workspace = await findWorkspace(cwd);
  if (!workspace && session === undefined) await requireWorkspace(cwd);
  const root = workspace ?? (await mkdtemp(join(tmpdir(), 'dsc-solution-')));
  const progress = workspace ? await readProgress(workspace) : undefined;
  const lesson = await loadLesson(session === undefined ? progress!.session : parseSession(session));
  const target = sessionTarget(root, lesson, progress?.languages ?? ['typescript']);
  const home = workspace ? stateFolder(root, 'verify-solution') : root;
  return { ...target, home, code: codeFolders(join(home, 'code')), project: `${target.project}-solution` };
}
