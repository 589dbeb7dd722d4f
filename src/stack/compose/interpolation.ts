/** Variables as a program's environment has them; undefined is the same as absent. */
export type Variables = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?])([^{}]*))?\})/g;

/**
 * Puts variables into a value as Compose does: `$V`, `${V}`, `${V:-default}` (unset or empty), `${V-default}` (unset),
 * `${V:?message}` and `${V?message}` (must be given), `$$` (a dollar sign). An unset variable without a default is empty.
 * @throws Error with a message for people when a variable must be given and is not, or the text has another `$`
 */
export function interpolate(text: string, variables: Variables): string {
  const strange = text.replace(VARIABLE, '').indexOf('$');
  if (strange >= 0) {
    throw new Error(`dsc does not understand the $ in "${text}" (a dollar sign itself is written $$)`);
  }
  return text.replace(VARIABLE, (_, dollar, plain, braced, operator: string | undefined, operand) => {
    if (dollar) return '$';
    const name: string = plain ?? braced;
    const value = variables[name];
    const given = value !== undefined && !(operator?.startsWith(':') && value === '');
    if (given) return value;
    if (operator?.endsWith('?'))
      throw new Error(`the variable ${name} must be set: ${operand || 'it is not'}`);
    return operand ?? '';
  });
}

/** The variables of a `.env` file: `NAME=value` lines, comments, values in quotes. Compose's own file, not a shell script. */
export function parseEnvFile(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const quoted = /^(["'])(.*?)\1/.exec(raw);
    variables[name] = quoted ? quoted[2]! : raw.replace(/\s+#.*$/, '');
  }
  return variables;
}
