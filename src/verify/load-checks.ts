import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lessonsPath, moduleExtension } from '../course/package-root.ts';
import { loadLesson, sessionFolder } from '../course/sessions.ts';
import type { Check } from './check.ts';

const ORDER = 'order';

/**
 * The checks of a session in the order that `checks/order.ts` gives. Each is a file `checks/<id>.ts`.
 * @param lessons the folder with the lessons
 * @throws UserError when there is no such session; Error when files and order do not agree
 */
export async function loadChecks(session: number, lessons = lessonsPath()): Promise<Check[]> {
  await loadLesson(session, lessons);
  const folder = join(lessons, sessionFolder(session), 'checks');
  const { order } = await importFrom<{ order?: string[] }>(folder, ORDER);
  if (!order) throw new Error(`${join(folder, ORDER)}${moduleExtension} does not export "order"`);
  const present = await checkFiles(folder);
  const unlisted = present.filter((id) => !order.includes(id));
  const missing = order.filter((id) => !present.includes(id));
  if (unlisted.length > 0) throw new Error(`not in the order of ${folder}: ${unlisted.join(', ')}`);
  if (missing.length > 0) throw new Error(`no file in ${folder} for: ${missing.join(', ')}`);
  return Promise.all(order.map((id) => loadCheck(folder, id)));
}

async function loadCheck(folder: string, id: string): Promise<Check> {
  const { check } = await importFrom<{ check?: Check }>(folder, id);
  if (check?.id === id) return check;
  const problem = check ? `has the id "${check.id}"` : 'does not export "check"';
  throw new Error(`${join(folder, id)}${moduleExtension} ${problem}`);
}

async function checkFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith(moduleExtension) && !name.startsWith('_'))
    .map((name) => name.slice(0, -moduleExtension.length))
    .filter((id) => id !== ORDER);
}

function importFrom<T>(folder: string, name: string): Promise<T> {
  return import(pathToFileURL(join(folder, name + moduleExtension)).href) as Promise<T>;
}
