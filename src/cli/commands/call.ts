import { ExitCode, UserError } from '../../course/user-error.ts';
import { httpRequest, NoAnswer } from '../../stack/http.ts';
import type { Context } from '../context.ts';
import { requireStack } from '../session-target.ts';

export interface CallOptions {
  node: string;
  method: string;
  path: string;
  data?: string;
  json?: boolean;
}

/** No node of the course takes longer than its longest deadline or long poll, ms. */
const PATIENCE_MS = 60_000;

/** A curl that knows the nodes. The body goes to stdout, the status to stderr; with `--json` both to stdout. */
export async function run(options: CallOptions, context: Context): Promise<ExitCode> {
  const { stack } = await requireStack(context.cwd);
  const method = options.method.toUpperCase();
  const path = options.path.startsWith('/') ? options.path : `/${options.path}`;
  const url = stack.url(options.node) + path;
  const began = performance.now();
  try {
    const headers = options.data === undefined ? undefined : { 'content-type': 'application/json' };
    const request = { body: options.data, headers, timeoutMs: PATIENCE_MS, signal: context.signal };
    const { status, body } = await httpRequest(method, url, request);
    const ms = Math.round(performance.now() - began);
    const text = body.toString('utf8');
    if (options.json) {
      context.print(JSON.stringify({ node: options.node, method, path, status, ms, body: parsed(text) }));
      return ExitCode.ok;
    }
    context.stderr.write(context.paintError.dim(`${method} ${url} -> ${status} in ${ms} ms\n`));
    if (text !== '') context.print(pretty(text));
    return ExitCode.ok;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    context.signal.throwIfAborted();
    throw new UserError(`${options.node} gave no answer to ${method} ${path}.`, {
      code: 'no-answer',
      why: error.kind === 'refused' ? 'Nothing listens there: the node is not running.' : error.message,
      fix: 'dsc status shows the nodes, and the faults in force.',
      cause: error,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function pretty(text: string): string {
  const value = parsed(text);
  return typeof value === 'string' ? text.trimEnd() : JSON.stringify(value, null, 2);
}
