import { UserError } from '../course/user-error.ts';
import type { Report, Runtime, RuntimeName } from './runtime.ts';

/** A runtime that will do on this machine, and how to make it for a project. */
export interface RuntimeChoice {
  name: RuntimeName;
  /** One sentence for the learner: which one, and why. */
  note: string;
  /** Variables for the Compose file: the base images, where they are not the official ones. */
  variables: Record<string, string>;
  make(project: string): Runtime;
}

export interface RuntimeWishes {
  /** Undefined: Docker where an engine answers and images can be had, local processes otherwise. */
  requested: RuntimeName | undefined;
  /** The stack's home. */
  home: string;
  /** Languages of the nodes. */
  languages: readonly string[];
  report: Report;
}

/**
 * @throws UserError when Docker was asked for and cannot be used
 */
export async function chooseRuntime(wishes: RuntimeWishes): Promise<RuntimeChoice> {
  if (wishes.requested === 'process') return processes(wishes, 'as asked for with --runtime process');
  const { findEngine } = await import('./docker/engine.ts');
  const engine = await findEngine(process.env);
  if (!engine.found) {
    if (wishes.requested === 'docker') {
      throw new UserError('No Docker engine answers.', {
        code: 'docker-missing',
        why: engine.why,
        fix: `${engine.fix} Or use --runtime process.`,
      });
    }
    return processes(wishes, `no Docker engine answers (${engine.why})`);
  }
  try {
    const { ensureBaseImages } = await import('./docker/base-images.ts');
    const images = await ensureBaseImages(engine, neededImages(wishes.languages), wishes.report);
    const { DockerRuntime } = await import('./docker/runtime.ts');
    return {
      name: 'docker',
      note: `runtime docker: ${engine.description}`,
      variables: { ...images },
      make: (project) => new DockerRuntime(engine, project, wishes.home),
    };
  } catch (error) {
    if (wishes.requested === 'docker' || !(error instanceof UserError)) throw error;
    return processes(wishes, `${error.message} ${error.why ?? ''}`.trim());
  }
}

/** The runtime of a stack that an earlier command started. @throws UserError when its engine is gone */
export async function reopenRuntime(name: RuntimeName, project: string, home: string): Promise<Runtime> {
  if (name === 'process') {
    const { ProcessRuntime } = await import('./process/runtime.ts');
    return new ProcessRuntime(home);
  }
  const { findEngine } = await import('./docker/engine.ts');
  const engine = await findEngine(process.env);
  if (!engine.found) {
    throw new UserError('The Docker engine that runs your nodes does not answer any more.', {
      code: 'docker-gone',
      why: engine.why,
      fix: engine.fix,
    });
  }
  const { DockerRuntime } = await import('./docker/runtime.ts');
  return new DockerRuntime(engine, project, home);
}

async function processes(wishes: RuntimeWishes, because: string): Promise<RuntimeChoice> {
  const { ProcessRuntime } = await import('./process/runtime.ts');
  return {
    name: 'process',
    note: `runtime process (local processes, no containers): ${because}`,
    variables: {},
    make: () => new ProcessRuntime(wishes.home),
  };
}

/** The wire runs on Node whatever the nodes run on. */
function neededImages(languages: readonly string[]): ('node' | 'python')[] {
  return languages.includes('python') ? ['node', 'python'] : ['node'];
}
