import { Command, InvalidArgumentError, Option } from 'commander';
import { FAULT_USAGE } from './fault-usage.ts';

/** Called for the command that was typed: its name, and its arguments and options by name. */
export type Dispatch = (command: string, options: Record<string, unknown>) => Promise<void>;

const EXIT_CODES = `
Exit codes:
  0  good                      3  this machine (Docker, ports, disk, another dsc)
  1  checks failed             4  a bug in dsc
  2  wrong use                 5  inconclusive: run it again
                             130  interrupted
Start with "dsc" alone for the menu, or: dsc start session-1`;

/** Everything that can be typed. Knows no command's code: that is imported when it is called. */
export function buildProgram(dispatch: Dispatch): Command {
  const program = new Command('dsc')
    .description('Understand distributed systems by breaking them.')
    .usage('[command] [options]')
    .option('-V, --version', 'print the version')
    .option('--verbose', 'show where an error came from')
    .helpOption('-h, --help', 'show what can be typed')
    .helpCommand('help [command]', 'show how a command is used')
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ outputError: () => {} })
    .addHelpText('after', EXIT_CODES);
  const add = (usage: string, description: string, example: string) =>
    define(program, dispatch, usage, description, example);
  addCourseCommands(add);
  addClusterCommands(add);
  addLearnerCommands(add);
  return program;
}

type Add = (usage: string, description: string, example: string) => Command;

function addCourseCommands(add: Add): void {
  add('list', 'the sessions, and how far you are', 'dsc list').option('--json', 'for programs');
  add('start <session>', "lay out a session's files and start its nodes", 'dsc start session-1 --lang py')
    .addOption(languageOption())
    .addOption(runtimeOption())
    .option('--dir <folder>', 'where the course folder is or shall be (default: ./dsc-course)')
    .option('--yes', 'ask nothing')
    .option('--fresh', 'move your code of this system to a backup and begin anew')
    .option('--book', 'serve the book with your nodes beside it (on a terminal it does)')
    .option('--no-book', 'do not')
    .option('--json', 'for programs');
  add('verify [session]', 'check your live nodes, with faults', 'dsc verify --watch')
    .option('--watch', 'again after every change of a file')
    .option('--only <id...>', 'only these checks')
    .option('--all', 'go on after a check that fails')
    .option('--json', 'for programs')
    .addOption(new Option('--reporter <format>', 'a report for other tools').choices(['junit', 'tap']))
    .option('--output <file>', 'where the report is written (default: stdout)')
    .option('--solution', "verify the course's solution instead of your code")
    .addOption(languageOption())
    .addOption(runtimeOption())
    .option('--seed <n>', 'the randomness of an earlier run', wholeNumber)
    .option('--repeat <n>', 'so many times, with a pass rate', wholeNumber);
  add('simulate', 'run your Raft core through thousands of made-up faults', 'dsc simulate --runs 10000')
    .option('--session <n>', 'which session it is at (default: the one started last)')
    .option('--seed <n>', 'the first seed; alone: only this one, as a story', wholeNumber)
    .option('--runs <n>', 'how many seeds (default: 1000)', wholeNumber)
    .option('--solution', "simulate the course's solution instead of your code")
    .option('--json', 'for programs');
}

function addClusterCommands(add: Add): void {
  add('status', 'the nodes: running, paused, cut off; what they say of themselves', 'dsc status').option(
    '--json',
    'for programs',
  );
  add('watch', 'what happens in your cluster, as it happens; keys break it', 'dsc watch')
    .option('--interval <ms>', 'how often to look (default: 400)', intervalNumber)
    .option('--json', 'a line of JSON for each event');
  add('replay [run]', 'a check that failed, once more, step by step', 'dsc replay')
    .option('--check <id>', 'this check (default: the first that failed)')
    .option('--list', 'the runs that are kept')
    .option('--json', 'for programs');
  add('logs [node]', 'what the nodes print', 'dsc logs node1 -f').option(
    '-f, --follow',
    'go on until Ctrl-C',
  );
  add('call <node> <method> <path>', 'a request to a node', 'dsc call node1 GET /health')
    .option('-d, --data <body>', 'JSON to send')
    .option('--json', 'for programs');
  add('chat', 'talk to others in a room of your chat', 'dsc chat --user alice --room general --node chat2')
    .requiredOption('--user <name>', 'who you are')
    .requiredOption('--room <name>', 'where you talk')
    .option('--node <server>', 'the server to connect to (default: the first one)')
    .option('--json', 'for programs');
  add('chaos <fault> [args...]', 'break something, or mend it', 'dsc chaos kill node2')
    .addHelpText('after', faultHelp)
    .option('--seed <n>', 'the randomness of an earlier run', wholeNumber)
    .option('--for <time>', 'undo it after this time: 5s, 500ms')
    .option('--wipe', "with restart: delete the node's data first")
    .option('--json', 'for programs');
  add('stop', 'stop the nodes', 'dsc stop')
    .option('--all', 'your nodes in every course folder of this machine')
    .option('--json', 'for programs');
  add('doctor', 'what this machine has and lacks; undo what a crash left', 'dsc doctor').option(
    '--json',
    'for programs',
  );
}

function faultHelp(): string {
  const rows = Object.entries(FAULT_USAGE).map(
    ([name, { args, does }]) => `  ${`${name} ${args}`.padEnd(34)} ${does}`,
  );
  return ['', 'Faults:', ...rows].join('\n');
}

function addLearnerCommands(add: Add): void {
  add('hint [check]', 'a nudge; called again, where to look', 'dsc hint');
  add('quiz [chapter]', "a chapter's questions; each answer is explained", 'dsc quiz 1')
    .option('--answers <letters>', 'mark these answers, one letter for each question')
    .option('--json', 'for programs');
  add('book [chapter]', 'read the book: in the browser, or here', 'dsc book 1 --terminal')
    .option('--terminal', 'read it here')
    .addOption(languageOption())
    .option('--build', 'build it from its sources (in a checkout)')
    .option('--port <n>', 'where to serve it (default: a free port)', portNumber)
    .option('--no-open', 'print the address only')
    .addOption(new Option('--until-stop', 'end with dsc stop').hideHelp());
  add('solution [session]', 'write the complete solution to a folder', 'dsc solution --diff')
    .option('--diff', 'show how it differs from your files')
    .addOption(languageOption())
    .option('--out <folder>', 'where to write it (default: .dsc/solution)');
  add(
    'reset [session]',
    'move your code to a dated backup and begin a session anew',
    'dsc reset session-1',
  ).option('--yes', 'ask nothing');
  add('progress', 'what was started, verified and passed', 'dsc progress --json')
    .alias('report')
    .option('--json', 'for programs');
  add(
    'completion <shell>',
    'a script that completes commands: bash, zsh, fish',
    'dsc completion bash >> ~/.bashrc',
  );
}

/** Arguments are given to the command under their own names, as options are. */
function define(
  program: Command,
  dispatch: Dispatch,
  usage: string,
  description: string,
  example: string,
): Command {
  const command = program.command(usage).description(description);
  return command.addHelpText('after', `\nExample:\n  ${example}`).action(async () => {
    const options: Record<string, unknown> = { ...command.opts() };
    for (const [index, argument] of command.registeredArguments.entries()) {
      const value: unknown = command.processedArgs[index];
      if (value !== undefined) options[argument.name()] = value;
    }
    await dispatch(command.name(), options);
  });
}

function languageOption(): Option {
  return new Option('--lang <languages>', 'ts, py, mixed, or one for each node: ts,ts,py');
}

function runtimeOption(): Option {
  return new Option('--runtime <name>', 'containers, or processes of this machine').choices([
    'docker',
    'process',
  ]);
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('It is a number from 1 to 65535.');
}

function intervalNumber(text: string): number {
  const ms = wholeNumber(text);
  if (ms >= 100 && ms <= 60_000) return ms;
  throw new InvalidArgumentError('It is a number of ms from 100 to 60000.');
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number.');
}
