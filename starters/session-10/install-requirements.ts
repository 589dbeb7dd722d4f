/** Installs what the nodes import, unless the image has it already. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

function install(): void {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  if (Object.keys(dependencies).every(isThere)) return;
  const options = ['--omit=dev', '--no-package-lock', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...options], { stdio: 'inherit' });
}

function isThere(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) install();
