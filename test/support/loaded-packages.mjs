// Preloaded with --import: writes the names of all npm packages that were loaded to the file LOADED_PACKAGES names.
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const packages = new Set();

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const found = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(resolved.url);
    if (found) packages.add(found[1]);
    return resolved;
  },
});

process.on('exit', () => writeFileSync(process.env.LOADED_PACKAGES, JSON.stringify([...packages])));
