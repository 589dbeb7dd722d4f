import { createHash } from 'node:crypto';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { packagesOfNodes } from '../../course/node-packages.ts';
import { UserError } from '../../course/user-error.ts';
import { filesBelow, type ImageFile } from './image-files.ts';
import { sharedLibraries } from './shared-libraries.ts';

/** Change it when the recipe below changes: images made before are then not used any more. */
const RECIPE = 'recipe 3';

/** Where the host's libraries go; the loader is told by LD_LIBRARY_PATH. */
const LIBRARIES = 'usr/local/lib/host';

/** A base image made of programs of this very host: no registry and no package archive is needed. */
export interface HostImage {
  /** `dsc-base-node:24.1.0-1a2b3c`: the same inputs have the same name. */
  name: string;
  environment: Record<string, string>;
  files(): Promise<ImageFile[]>;
}

/** The Node that runs dsc, its libraries, the packages that nodes import, and little else. */
export async function hostNodeImage(): Promise<HostImage> {
  const node = await realpath(process.execPath);
  const version = process.versions.node;
  const packages = packagesOfNodes();
  return {
    name: `dsc-base-node:${version}-${await fingerprint([node, ...packages.values()])}`,
    environment: BASE_ENVIRONMENT,
    files: async () => [
      ...(await systemFiles()),
      { path: 'usr/local/bin/node', from: node },
      ...(await libraryFiles([node], [node])),
      ...(
        await Promise.all(
          // Above every folder of code: Node looks for packages upwards.
          [...packages].map(([name, from]) => filesBelow(from, `node_modules/${name}/`, () => false)),
        )
      ).flat(),
    ],
  };
}

const BASE_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LD_LIBRARY_PATH: `/${LIBRARIES}`,
};

interface PythonPaths {
  executable: string;
  version: string;
  minor: string;
  prefix: string;
  stdlib: string;
  platstdlib: string;
  packages: string[];
}

const ASK_PYTHON = `
import json, os, sys, sysconfig
base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix,
        "installed_base": sys.base_prefix, "installed_platbase": sys.base_exec_prefix}
print(json.dumps({
    "executable": os.path.realpath(sys.executable),
    "version": "%d.%d.%d" % sys.version_info[:3], "minor": "%d.%d" % sys.version_info[:2],
    "prefix": sys.base_prefix,
    "stdlib": sysconfig.get_path("stdlib", vars=base), "platstdlib": sysconfig.get_path("platstdlib", vars=base),
    "packages": sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}),
}))`;

/** Parts of the standard library that no node imports, and the packages of the host's own Python. */
const STDLIB_LEFT_OUT =
  /^(test|tests|idlelib|idle_test|ensurepip|tkinter|turtledemo|lib2to3|site-packages|dist-packages|config-.*)$/;

/** What a virtual environment has only to install packages. */
const PACKAGES_LEFT_OUT =
  /^(pip|setuptools|wheel|_distutils_hack|pkg_resources|distutils-precedence\.pth)(-.*)?$/;

/**
 * The interpreter behind a virtual environment, its standard library, and the packages installed in that environment.
 * @param venvPython absolute path of the environment's python3
 */
export async function hostPythonImage(venvPython: string): Promise<HostImage> {
  const { stdout } = await execa(venvPython, ['-c', ASK_PYTHON]);
  const python = JSON.parse(stdout) as PythonPaths;
  const packages = `usr/local/lib/python${python.minor}/site-packages/`;
  return {
    name: `dsc-base-python:${python.version}-${await fingerprint([python.executable, ...python.packages])}`,
    environment: { ...BASE_ENVIRONMENT, PYTHONPATH: `/${packages.slice(0, -1)}` },
    files: () => pythonFiles(python, packages),
  };
}

async function pythonFiles(python: PythonPaths, packages: string): Promise<ImageFile[]> {
  const trees = [...new Set([python.stdlib, python.platstdlib])].map((from) =>
    filesBelow(from, `usr/local/${relative(python.prefix, from)}/`, unwanted(STDLIB_LEFT_OUT)),
  );
  const installed = python.packages.map((from) => filesBelow(from, packages, unwanted(PACKAGES_LEFT_OUT)));
  const modules = (await Promise.all([...trees, ...installed])).flat();
  const binaries = modules.flatMap((file) =>
    'from' in file && /\.so(\.|$)/.test(file.path) ? file.from : [],
  );
  const own = [python.stdlib, python.platstdlib, ...python.packages];
  return [
    ...(await systemFiles()),
    { path: `usr/local/bin/python${python.minor}`, from: python.executable },
    { path: 'usr/local/bin/python3', from: python.executable },
    ...modules,
    ...(await libraryFiles([python.executable], [python.executable, ...binaries], own)),
  ];
}

/** Compiled modules are kept: they are valid as long as their sources keep their times, and save half of each start. */
function unwanted(names: RegExp): (name: string) => boolean {
  return (name) => names.test(name) || /\.(a|exe)$|\.opt-\d\.pyc$/.test(name);
}

/**
 * @param programs each must have all its libraries; of other files a missing one is left out, like the module that needs it
 * @param files whose libraries are wanted
 * @param own folders that are in the image already
 */
async function libraryFiles(programs: string[], files: string[], own: string[] = []): Promise<ImageFile[]> {
  const [strict, all] = await Promise.all([sharedLibraries(programs), sharedLibraries(files)]);
  const libraries = [...new Map([...all.libraries, ...strict.libraries])].filter(
    ([, from]) => !own.some((folder) => from.startsWith(`${folder}/`)),
  );
  // The C library loads this one by itself, to look up names through DNS, and this one when a thread ends.
  const beside = dirname(strict.libraries.get('libc.so.6') ?? '/lib');
  for (const name of ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2', 'libgcc_s.so.1']) {
    const from = join(beside, name);
    if (!libraries.some(([present]) => present === name) && (await exists(from)))
      libraries.push([name, from]);
  }
  const { loader } = strict;
  return [
    ...libraries.map(([name, from]) => ({ path: `${LIBRARIES}/${basename(name)}`, from })),
    ...(loader ? [{ path: loader.slice(1), from: loader }] : []),
  ];
}

/** Users, name resolution, certificates, a /tmp and a /var/tmp: what a program expects of any system. */
async function systemFiles(): Promise<ImageFile[]> {
  const certificates = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'];
  const present = await Promise.all(
    certificates.map(async (file) => ((await exists(file)) ? file : undefined)),
  );
  const bundle = present.find((file) => file !== undefined);
  return [
    {
      path: 'etc/passwd',
      text: 'root:x:0:0:root:/root:/sbin/nologin\nnode:x:10001:10001:node:/tmp:/sbin/nologin\n',
    },
    { path: 'etc/group', text: 'root:x:0:\nnode:x:10001:\n' },
    { path: 'etc/nsswitch.conf', text: 'passwd: files\ngroup: files\nhosts: files dns\n' },
    { path: 'root', directory: true, mode: 0o700 },
    { path: 'tmp', directory: true, mode: 0o1777 },
    { path: 'var/tmp', directory: true, mode: 0o1777 },
    { path: 'run', directory: true },
    ...(bundle ? [{ path: 'etc/ssl/certs/ca-certificates.crt', from: bundle }] : []),
  ];
}

/** Changes when a program is replaced or a package is installed. */
async function fingerprint(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(RECIPE);
  for (const path of paths) {
    const found = await stat(path);
    const content = found.isDirectory()
      ? (await readdir(path)).sort().join()
      : `${found.size} ${found.mtimeMs}`;
    hash.update(`\n${path} ${content}`);
  }
  return hash.digest('hex').slice(0, 12);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** @throws UserError when programs of this host cannot run in that engine's containers */
export function requireSameSystem(engineArchitecture: string): void {
  const own = { x64: 'amd64', arm64: 'arm64', arm: 'arm' }[process.arch as string] ?? process.arch;
  const why =
    process.platform !== 'linux'
      ? 'Base images can be made from the programs of a Linux machine only.'
      : own !== engineArchitecture
        ? `The engine runs ${engineArchitecture} containers, and the programs of this machine are for ${own}.`
        : undefined;
  if (!why) return;
  throw new UserError('A base image cannot be made from this machine.', { code: 'no-base-image', why });
}
