'use strict';
// What is said in several places says the same: versions, targets, platform packages.

const { filesBelow, read } = require('./lib/sources.js');

const manifest = JSON.parse(read('package.json'));
const targets = JSON.parse(read('npm/targets.json'));
const triples = targets.map(({ triple }) => triple);

test('one version: package, lock file, crate, platform packages', () => {
  const { version } = manifest;
  expect(JSON.parse(read('package-lock.json')).version).toBe(version);
  expect(/^version = "(.*)"$/m.exec(read('Cargo.toml'))[1]).toBe(version);
  expect(/name = "procs"\nversion = "(.*)"/.exec(read('Cargo.lock'))[1]).toBe(version);
  for (const triple of triples) expect(JSON.parse(read(`npm/${triple}/package.json`)).version).toBe(version);
});

test('one platform package per target', () => {
  expect(filesBelow('npm', 'package.json').map((file) => file.split('/')[1])).toEqual([...triples].sort());
});

test.each(targets)('$triple: its package is for that platform and no other', ({ triple, rust, library }) => {
  const [os, cpu, libc] = triple.split('-');
  expect(JSON.parse(read(`npm/${triple}/package.json`))).toMatchObject({
    name: `${manifest.name}-${triple}`,
    main: `procs.${triple}.node`,
    files: [`procs.${triple}.node`],
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc === 'gnu' ? 'glibc' : 'musl'] }),
    engines: manifest.engines,
    license: manifest.license,
  });
  expect(rust.startsWith(cpu === 'x64' ? 'x86_64-' : 'aarch64-')).toBe(true);
  expect(library).toBe(os === 'darwin' ? 'libprocs.dylib' : 'libprocs.so');
});

test('the loader looks for exactly these', () => {
  const named = triples.filter((triple) => read('js/platform.js').includes(`'${triple}'`));
  expect(named).toEqual(triples);
});

test('the release workflow builds and tests exactly these', () => {
  const workflow = read('.github/workflows/release.yml');
  const [build, tests] = workflow.split('\n  test:');
  const named = (text) => Array.from(text.matchAll(/triple: ([\w-]+)/g), (match) => match[1]).sort();
  expect(named(build)).toEqual([...triples].sort());
  expect(named(tests)).toEqual([...triples].sort());
  for (const { triple, rust } of targets) expect(build).toMatch(new RegExp(`triple: ${triple}, .*rust: ${rust} `));
});

test('no optional dependency until a release adds them, or a fresh clone could not be installed', () => {
  expect(manifest.optionalDependencies).toBeUndefined();
});

test('the lock file names no registry', () => {
  const { packages } = JSON.parse(read('package-lock.json'));
  expect(Object.keys(packages).filter((name) => packages[name].resolved)).toEqual([]);
});

test('the lock file holds every platform’s packages, or npm ci would refuse it', () => {
  const { packages } = JSON.parse(read('package-lock.json'));
  const missing = Object.entries(packages).flatMap(([where, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !packages[`${where}/node_modules/${name}`] && !packages[`node_modules/${name}`]),
  );
  expect(missing).toEqual([]);
});
