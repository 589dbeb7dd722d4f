import { parentPort, workerData } from 'node:worker_threads';
import { CoreNotRunnable, loadCore } from './load-core.ts';
import { runSeed } from './run-seed.ts';
import type { FromWorker, ToWorker, WorkerData } from './simulate.ts';

/** Runs the seeds that it is given, one range after the other. A learner's core runs here, so that it can be stopped. */
async function work({ folder, session }: WorkerData): Promise<void> {
  const port = parentPort!;
  const post = (message: FromWorker) => port.postMessage(message);
  try {
    const core = await loadCore(folder, session);
    port.on('message', ({ first, last }: ToWorker) => {
      for (let seed = first; seed <= last; seed += 1) {
        let result = runSeed(core, session, seed);
        // A run that is told costs more, so only one that went wrong is: the same seed goes wrong the same way.
        if (result.violation || first === last) result = runSeed(core, session, seed, true);
        post({ kind: 'result', result });
        if (result.violation) break;
      }
      post({ kind: 'idle' });
    });
    post({ kind: 'idle' });
  } catch (error) {
    if (!(error instanceof CoreNotRunnable)) throw error;
    post({ kind: 'not-runnable', why: error.message });
  }
}

await work(workerData as WorkerData);
