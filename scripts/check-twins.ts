/** Checks that the solutions in TypeScript and Python are twins: same files, same names, same exercises, same anchors. */
import { anchorNames, exerciseIds } from '../src/course/derive.ts';
import { solutionFiles } from '../src/course/derive-tree.ts';

/** Names that one language needs and the other has no use for. */
const ONLY_TYPESCRIPT = new Set([
  // A StrEnum of Python lists its values by itself.
  'TASK_STATUSES',
  // Python's constants are not told apart from private ones.
  'SESSION_TOKEN',
  'CLOSE_CODES',
  'BATCH',
]);
const ONLY_PYTHON = new Set([
  // Objects of TypeScript go on the wire as they are.
  'messageToWire',
  'handledToWire',
  'taskToWire',
  'taskFromWire',
  'grantToWire',
  'rpcToWire',
  'lagToWire',
  'messageFromWire',
  'draftToWire',
  'presenceToWire',
  // In Python the WebSocket library listens, and passes on what is HTTP.
  'listen',
  // So asyncio calls what happens to a connection.
  'connectionMade',
  'dataReceived',
  'eofReceived',
  'connectionLost',
  // What is asked of a socket: an interface in TypeScript.
  'sendAndWait',
  // Of TypeScript a promise goes on by itself.
  'inBackground',
  // The module runs under a name, so that it can also be imported.
  'main',
]);

const camel = (name: string) => name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** What a module offers: its functions, classes and types. In Python that is what has no underscore in front. */
function names(source: string, language: 'typescript' | 'python'): Set<string> {
  const pattern =
    language === 'typescript'
      ? /^export (?:async )?(?:function|class|interface|type|const) (\w+)/gm
      : /^(?:async def|def|class) ([a-zA-Z]\w*)|^([A-Z][a-z]\w+) = /gm;
  const found = [...source.matchAll(pattern)].map((match) => match[1] ?? match[2]!);
  return new Set(language === 'python' ? found.map(camel) : found);
}

/** Public methods of classes. */
function methods(source: string, language: 'typescript' | 'python'): Set<string> {
  const pattern =
    language === 'typescript'
      ? /^ {2}(?:async |get )*([a-z]\w*)\(.*[{(]$/gm
      : /^ {4}(?:async )?def ([a-z]\w*)\(\s*self.*(?<!\.\.\.)$/gm;
  const found = [...source.matchAll(pattern)].map((match) => camel(match[1]!));
  return new Set(found.filter((name) => name !== 'constructor'));
}

function compare(what: string, one: Iterable<string>, other: Iterable<string>): string[] {
  const [left, right] = [new Set(one), new Set(other)];
  const missing = [...left].filter((each) => !right.has(each) && !ONLY_TYPESCRIPT.has(each));
  const extra = [...right].filter((each) => !left.has(each) && !ONLY_PYTHON.has(each));
  return [
    ...missing.map((each) => `${what}: ${each} is only in TypeScript`),
    ...extra.map((each) => `${what}: ${each} is only in Python`),
  ];
}

/** A Python module's path in TypeScript's spelling. */
const twin = (path: string) => path.replaceAll('_', '-').replace(/\.py$/, '.ts');

const typescript = new Map([...(await solutionFiles('typescript'))].filter(([path]) => path.endsWith('.ts')));
const python = new Map(
  [...(await solutionFiles('python'))]
    .filter(([path]) => path.endsWith('.py') && !path.endsWith('__init__.py'))
    .map(([path, source]) => [twin(path), source]),
);

const differences = compare('files', typescript.keys(), python.keys());
for (const [path, source] of typescript) {
  const other = python.get(path);
  if (other === undefined) continue;
  differences.push(
    ...compare(`${path} names`, names(source, 'typescript'), names(other, 'python')),
    ...compare(`${path} methods`, methods(source, 'typescript'), methods(other, 'python')),
    ...compare(`${path} exercises`, exerciseIds(source), exerciseIds(other)),
    ...compare(`${path} anchors`, anchorNames(source), anchorNames(other)),
  );
}
for (const difference of differences) console.error(difference);
console.log(`${typescript.size} files compared, ${differences.length} differences`);
process.exitCode = differences.length > 0 ? 1 : 0;
