import { expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';

async function typed(line: string): Promise<[string, Record<string, unknown>] | undefined> {
  let called: [string, Record<string, unknown>] | undefined;
  const program = buildProgram(async (command, options) => {
    called = [command, options];
  });
  await program.parseAsync(line.split(' '), { from: 'user' });
  return called;
}

test.each<[string, string, Record<string, unknown>]>([
  ['list', 'list', {}],
  ['list --json', 'list', { json: true }],
  ['start session-3', 'start', { session: 'session-3' }],
  ['start s1 --lang ts,py --runtime process', 'start', { session: 's1', lang: 'ts,py', runtime: 'process' }],
  [
    'start 1 --dir there --yes --fresh --json',
    'start',
    { session: '1', dir: 'there', yes: true, fresh: true, json: true },
  ],
  ['verify', 'verify', {}],
  ['verify 2 --only one two --all', 'verify', { session: '2', only: ['one', 'two'], all: true }],
  ['verify --reporter junit --output report.xml', 'verify', { reporter: 'junit', output: 'report.xml' }],
  ['verify --solution --lang py --watch', 'verify', { solution: true, lang: 'py', watch: true }],
  ['verify --seed 7 --repeat 100', 'verify', { seed: 7, repeat: 100 }],
  ['simulate --session 8 --seed 7 --runs 20', 'simulate', { session: '8', seed: 7, runs: 20 }],
  ['simulate --solution --json', 'simulate', { solution: true, json: true }],
  ['status --json', 'status', { json: true }],
  ['logs', 'logs', {}],
  ['logs node1 -f', 'logs', { node: 'node1', follow: true }],
  ['call node1 GET /health --json', 'call', { node: 'node1', method: 'GET', path: '/health', json: true }],
  [
    'call node1 POST /send -d {"a":1}',
    'call',
    { node: 'node1', method: 'POST', path: '/send', data: '{"a":1}' },
  ],
  ['chat --user alice --room general', 'chat', { user: 'alice', room: 'general' }],
  [
    'chat --user alice --room general --node chat2 --json',
    'chat',
    { user: 'alice', room: 'general', node: 'chat2', json: true },
  ],
  ['chaos heal', 'chaos', { fault: 'heal', args: [] }],
  [
    'chaos partition node1 node2,node3 --for 5s',
    'chaos',
    { fault: 'partition', args: ['node1', 'node2,node3'], for: '5s' },
  ],
  ['chaos restart node1 --wipe', 'chaos', { fault: 'restart', args: ['node1'], wipe: true }],
  ['chaos random --seed 3', 'chaos', { fault: 'random', args: [], seed: 3 }],
  ['stop --all', 'stop', { all: true }],
  ['doctor --json', 'doctor', { json: true }],
  ['hint', 'hint', {}],
  ['hint same-id', 'hint', { check: 'same-id' }],
  [
    'solution 2 --diff --lang ts --out there',
    'solution',
    { session: '2', diff: true, lang: 'ts', out: 'there' },
  ],
  ['reset 1 --yes', 'reset', { session: '1', yes: true }],
  ['progress --json', 'progress', { json: true }],
  ['report', 'progress', {}],
  ['completion zsh', 'completion', { shell: 'zsh' }],
])('dsc %s', async (line, command, options) => {
  expect(await typed(line)).toEqual([command, options]);
});

test.each([
  ['strat 1', 'commander.unknownCommand', 'Did you mean start?'],
  ['verify --al', 'commander.unknownOption', 'Did you mean --all?'],
  ['start', 'commander.missingArgument', 'session'],
  ['list now', 'commander.excessArguments', ''],
  ['start 1 --runtime podman', 'commander.invalidArgument', 'docker, process'],
  ['verify --seed soon', 'commander.invalidArgument', 'whole number'],
])('dsc %s is refused', async (line, code, message) => {
  await expect(typed(line)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('every command has a description and an example', () => {
  const program = buildProgram(async () => {});
  for (const command of program.commands) {
    let help = '';
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    expect(command.description(), command.name()).not.toBe('');
    expect(help).toContain(`Example:\n  dsc ${command.name()}`);
  }
});
