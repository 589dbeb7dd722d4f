/**
 * A dsc that makes a stack of two nodes, breaks things, and is killed in the middle of it.
 * Run as: node dsc-that-crashes.ts <home> <composeFile> <project>
 */
import { ProcessRuntime } from '../../src/stack/process/runtime.ts';
import { Stack } from '../../src/stack/stack.ts';

const [home = '', composeFile = '', project = ''] = process.argv.slice(2);
const stack = await Stack.create({
  home,
  composeFile,
  variables: { COMPOSE_PROJECT_NAME: project },
  runtime: () => new ProcessRuntime(home),
  report: () => {},
});
await stack.run(['node1', 'node2'], { MOOD: 'from before' });
await stack.faults.isolate('node1');
await stack.faults.pause('node2');
process.kill(process.pid, 'SIGKILL');
