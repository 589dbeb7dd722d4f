import { statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { findWorkspace } from '../../course/workspace.ts';
import { labelledProjects, registeredStacks } from '../../stack/all-stacks.ts';
import { findEngine } from '../../stack/docker/engine.ts';
import { findPython } from '../../stack/process/python.ts';
import type { Context } from '../context.ts';
import { findStack, findTarget } from '../session-target.ts';

interface Finding {
  subject: string;
  /** `note` is worth knowing and no obstacle. */
  state: 'good' | 'note' | 'bad';
  text: string;
  fix?: string;
}

const ENOUGH_MEMORY_MB = 700;
const ENOUGH_DISK_MB = 2_000;

/** What this machine has and lacks, and faults that a crash left behind, which are undone. */
export async function run(options: { json?: boolean }, context: Context): Promise<ExitCode> {
  const findings = [
    good('Node', `${process.version} at ${process.execPath}`),
    ...(await docker()),
    await python(),
    memory(),
    await disk(context.cwd),
    ...(await workspace(context.cwd)),
    ...(await leftovers()),
  ];
  if (options.json) context.print(JSON.stringify({ findings }));
  else for (const finding of findings) context.print(...lines(finding, context));
  return findings.some((finding) => finding.state === 'bad') ? ExitCode.environment : ExitCode.ok;
}

async function docker(): Promise<Finding[]> {
  const engine = await findEngine(process.env);
  if (engine.found) return [good('Docker', engine.description)];
  const text = `no engine answers: ${engine.why.replace(/\.?$/, '.')} The course runs on local processes instead.`;
  return [{ subject: 'Docker', state: 'note', text, fix: engine.fix }];
}

async function python(): Promise<Finding> {
  try {
    const { version, path } = await findPython();
    return good('Python', `${version} at ${path}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const text = `${error.message} TypeScript works without it.`;
    return { subject: 'Python', state: 'note', text, ...(error.fix && { fix: error.fix }) };
  }
}

function memory(): Finding {
  const free = Math.round(freemem() / 2 ** 20);
  if (free >= ENOUGH_MEMORY_MB) return good('Memory', `${free} MiB free`);
  return { subject: 'Memory', state: 'note', text: `only ${free} MiB free`, fix: 'Close something large.' };
}

async function disk(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(path);
  const free = Math.round((bavail * bsize) / 2 ** 20);
  if (free >= ENOUGH_DISK_MB) return good('Disk', `${free} MiB free`);
  return {
    subject: 'Disk',
    state: 'bad',
    text: `only ${free} MiB free`,
    fix: 'docker system prune frees space.',
  };
}

/** The stack of this workspace, healed if a crash left faults in force. */
async function workspace(cwd: string): Promise<Finding[]> {
  const folder = await findWorkspace(cwd);
  if (!folder)
    return [{ subject: 'Course', state: 'note', text: 'no course folder here', fix: 'dsc start session-1' }];
  const target = await findTarget(folder);
  const stack = await findStack(target).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (stack instanceof UserError) {
    const text = `${folder}; ${stack.message}`;
    return [{ subject: 'Course', state: 'bad', text, ...(stack.fix && { fix: stack.fix }) }];
  }
  if (!stack) return [good('Course', `${folder}; no nodes running`)];
  const standing = await stack.faults.ledger();
  if (standing.length === 0) return [good('Course', `${folder}; ${stack.project} on ${stack.runtimeName}`)];
  await stack.faults.heal();
  const dead = (await stack.faults.ledger()).map((fault) => fault.what);
  const undone = standing.map((fault) => fault.what).filter((what) => !dead.includes(what));
  const text = [
    undone.length > 0 && `undone: ${undone.join('; ')}`,
    dead.length > 0 && `still so: ${dead.join('; ')}`,
  ];
  const finding: Finding = { subject: 'Faults', state: 'note', text: text.filter(Boolean).join('. ') };
  return [{ ...finding, ...(dead.length > 0 && { fix: 'dsc chaos restart <node>' }) }];
}

async function leftovers(): Promise<Finding[]> {
  const known = (await registeredStacks()).map((stack) => stack.project);
  const stray = (await labelledProjects()).filter((project) => !known.includes(project));
  const others = known.length > 0 ? [good('Stacks', `on this machine: ${known.join(', ')}`)] : [];
  if (stray.length === 0) return others;
  const text = `left over from earlier: ${stray.join(', ')}`;
  return [...others, { subject: 'Leftovers', state: 'note', text, fix: 'dsc stop --all removes them.' }];
}

function good(subject: string, text: string): Finding {
  return { subject, state: 'good', text };
}

function lines({ subject, state, text, fix }: Finding, { paint }: Context): string[] {
  const mark = { good: paint.green('✔'), note: paint.yellow('•'), bad: paint.red('✖') }[state];
  const first = `${mark} ${subject.padEnd(10)} ${text}`;
  return fix ? [first, `  ${''.padEnd(10)} ${paint.dim(fix)}`] : [first];
}
