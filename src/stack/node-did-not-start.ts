import type { NodeState } from './runtime.ts';

/** A node ended, or never answered /health, after it was started: a matter of the node's code. */
export class NodeDidNotStart extends Error {
  readonly node: string;
  readonly state: NodeState;
  /** The last lines it printed. */
  readonly output: string[];

  constructor(node: string, state: NodeState, output: string[]) {
    super(
      state.status === 'exited'
        ? `${node} ended right after its start${state.exitCode === null ? '' : ` (exit code ${state.exitCode})`}`
        : `${node} runs but does not answer GET /health`,
    );
    this.name = 'NodeDidNotStart';
    this.node = node;
    this.state = state;
    this.output = output;
  }
}
