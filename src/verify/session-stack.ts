import { join } from 'node:path';
import { codeVariable, portVariable, serviceNames } from '../course/compose-folder.ts';
import { type Language, languageOf } from '../course/languages.ts';
import type { Lesson } from '../course/lesson.ts';
import { packagePath } from '../course/package-root.ts';
import { chooseRuntime, type RuntimeChoice } from '../stack/choose-runtime.ts';
import type { Report, RuntimeName } from '../stack/runtime.ts';
import { Stack } from '../stack/stack.ts';

export interface SessionStackOptions {
  lesson: Lesson;
  /** Language of each service in turn; the last repeats. */
  languages: readonly Language[];
  /** Absolute folder of each language's code. */
  code: Readonly<Record<Language, string>>;
  home: string;
  project: string;
  runtime: RuntimeName | undefined;
  report: Report;
  /** Whether the ports of the Compose file are wanted where they are free; a stack of its own takes any. */
  ownPorts?: boolean;
  /** Told which runtime was chosen, as soon as that is known. */
  onRuntime?: (choice: RuntimeChoice) => void;
}

/** The Compose file of a lesson. */
export function composeFile(lesson: Lesson): string {
  return packagePath(join('compose', lesson.stack, 'docker-compose.yml'));
}

/** Prepares the stack of a lesson over the given code: runtime chosen, images built, wire running, no node yet. */
export async function createSessionStack(options: SessionStackOptions): Promise<Stack> {
  const { lesson, languages, code, home, project, report } = options;
  const file = composeFile(lesson);
  const services = await serviceNames(packagePath(), lesson);
  const perService = services.map((_, index) => languageOf(languages, index));
  const runtime = await chooseRuntime({ requested: options.runtime, home, languages: perService, report });
  options.onRuntime?.(runtime);
  const variables: Record<string, string> = { ...runtime.variables, COMPOSE_PROJECT_NAME: project };
  for (const [index, service] of services.entries()) {
    variables[codeVariable(service)] = code[perService[index]!];
    if (options.ownPorts) variables[portVariable(service)] = '0';
  }
  return Stack.create({ home, composeFile: file, variables, runtime: runtime.make, report });
}
