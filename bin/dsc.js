#!/usr/bin/env node
// Start-up only. Parses on Node 12.20 and later, to be able to say that it is too old.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.version.slice(1).split('.').map(Number);
const words = process.argv.slice(2);
const pinned = here('../node_modules/node/bin/node');

if (words[0] === '--version' || words[0] === '-V') {
  console.log(JSON.parse(readFileSync(here('../package.json'), 'utf8')).version);
} else if (major > 22 || (major === 22 && minor >= 19)) {
  nodeModule.enableCompileCache();
  const checkout = existsSync(here('../src/cli/main.ts'));
  const entry = words[0] === 'preprocess' ? 'book/preprocessor' : 'cli/main';
  import(checkout ? `../src/${entry}.ts` : `../dist/src/${entry}.js`)
    .then(({ main }) => main(words))
    .then((exitCode) => (process.exitCode = exitCode));
} else if (existsSync(pinned)) {
  const child = spawn(pinned, [here('./dsc.js')].concat(words), { stdio: 'inherit' });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => name === 'SIGINT' || child.kill(name));
  child.on('exit', (code) => (process.exitCode = code === null ? 130 : code));
} else {
  console.error(`dsc needs Node.js 22.19 or newer; this is ${process.version}. Get it from nodejs.org.`);
  process.exitCode = 3;
}
