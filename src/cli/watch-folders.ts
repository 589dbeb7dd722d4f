import { existsSync, type FSWatcher, watch } from 'node:fs';

/** Editors write a file in several steps; what comes within this span is one change, ms. */
const SETTLE_MS = 80;

/**
 * Tells when a source file below one of the folders was saved.
 * @returns `next` resolves to true after the next change (or one since the last call), to false when the signal aborts
 */
export function watchFolders(folders: readonly string[], signal: AbortSignal): { next(): Promise<boolean> } {
  let changed = false;
  let wake: ((more: boolean) => void) | undefined;
  let settling: NodeJS.Timeout | undefined;
  const watchers: FSWatcher[] = folders.filter(existsSync).map((folder) =>
    watch(folder, { recursive: true, signal }, (_event, file) => {
      if (!file || !/\.(ts|py|json|toml)$|Dockerfile$/.test(file)) return;
      clearTimeout(settling);
      settling = setTimeout(() => {
        changed = true;
        wake?.(true);
      }, SETTLE_MS);
    }),
  );
  for (const watcher of watchers) watcher.on('error', () => {});
  signal.addEventListener('abort', () => {
    clearTimeout(settling);
    wake?.(false);
  });
  return {
    next: async () => {
      if (!changed && !signal.aborted) {
        await new Promise<boolean>((resolve) => {
          wake = resolve;
        });
      }
      wake = undefined;
      const more = !signal.aborted;
      changed = false;
      return more;
    },
  };
}
