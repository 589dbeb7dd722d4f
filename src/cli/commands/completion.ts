import type { Command } from 'commander';
import { availableSessions, sessionFolder } from '../../course/sessions.ts';
import { ExitCode, UserError } from '../../course/user-error.ts';
import type { Context } from '../context.ts';
import { FAULT_USAGE } from '../fault-usage.ts';
import { buildProgram } from '../program.ts';

/** What can be typed after a command. */
interface Completion {
  command: string;
  description: string;
  words: string[];
}

const SHELLS: Readonly<Record<string, (completions: readonly Completion[]) => string>> = { bash, zsh, fish };

const FAULTS = Object.keys(FAULT_USAGE);

/** `dsc completion`: prints a script for a shell; made from the same program that reads the command line. */
export async function run(options: { shell: string }, context: Context): Promise<ExitCode> {
  const script = SHELLS[options.shell];
  if (!script) {
    throw new UserError(`There is no completion for ${options.shell}.`, {
      code: 'unknown-shell',
      why: `There is one for ${Object.keys(SHELLS).join(', ')}.`,
      fix: 'dsc completion bash >> ~/.bashrc',
      exitCode: ExitCode.usage,
    });
  }
  const sessions = (await availableSessions()).map((number) => sessionFolder(number).replace('-0', '-'));
  const program = buildProgram(async () => {});
  const completions = program.commands.flatMap((command) =>
    [command.name(), ...command.aliases()].map((name) => ({
      command: name,
      description: command.description(),
      words: [...argumentWords(command, sessions), ...optionWords(command)],
    })),
  );
  context.print(script(completions));
  return ExitCode.ok;
}

function argumentWords(command: Command, sessions: readonly string[]): readonly string[] {
  const first = command.registeredArguments[0]?.name();
  if (first === 'session') return sessions;
  if (first === 'fault') return FAULTS;
  return first === 'shell' ? Object.keys(SHELLS) : [];
}

function optionWords(command: Command): string[] {
  return [...command.options.map((option) => option.long ?? ''), '--help'].filter((word) => word !== '');
}

function bash(completions: readonly Completion[]): string {
  const cases = completions.map(({ command, words }) => `    ${command}) words="${words.join(' ')}" ;;`);
  return `_dsc() {
  local words="${names(completions)}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    words=""
    case "\${COMP_WORDS[1]}" in
${cases.map((line) => `  ${line}`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _dsc dsc`;
}

function zsh(completions: readonly Completion[]): string {
  const cases = completions.map(({ command, words }) => `    ${command}) compadd -- ${words.join(' ')} ;;`);
  return `#compdef dsc
_dsc() {
  if (( CURRENT == 2 )); then
    compadd -- ${names(completions)}
    return
  fi
  case "$words[2]" in
${cases.join('\n')}
  esac
  _files
}
compdef _dsc dsc`;
}

function fish(completions: readonly Completion[]): string {
  return completions
    .flatMap(({ command, description, words }) => [
      `complete -c dsc -n __fish_use_subcommand -f -a ${command} -d "${description.replaceAll('"', '\\"')}"`,
      `complete -c dsc -n "__fish_seen_subcommand_from ${command}" -a "${words.join(' ')}"`,
    ])
    .join('\n');
}

function names(completions: readonly Completion[]): string {
  return completions.map(({ command }) => command).join(' ');
}
