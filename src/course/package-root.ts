import { join } from 'node:path';

/** In a checkout the sources run as they are (`src/course/`); the published package runs `dist/src/course/`. */
const built = import.meta.filename.endsWith('.js');

const root = join(import.meta.dirname, built ? '../../..' : '../..');

/** The extension of this package's own modules, for imports by a computed path. */
export const moduleExtension = built ? '.js' : '.ts';

/**
 * @param parts a path inside this package, e.g. `compose/01-queue`
 * @returns the absolute path
 */
export function packagePath(...parts: string[]): string {
  return join(root, ...parts);
}

/** The folder with the lessons' modules. */
export function lessonsPath(...parts: string[]): string {
  return built ? packagePath('dist', 'lessons', ...parts) : packagePath('lessons', ...parts);
}
