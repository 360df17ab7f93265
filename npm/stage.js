'use strict';
// Lays out what is published, one folder per package, from built addons: node npm/stage.js --addons DIR --out DIR
//
//   OUT/procs/              the package itself, asking for the platform packages as optional dependencies
//   OUT/procs-<triple>/     one platform package for each procs.<triple>.node found in DIR
//
// The optional dependencies are added here and not in package.json: they exist in a registry only after a release, so a lock file that
// names them could not be made before it, and `npm ci` on a fresh clone could not be satisfied. See docs/releasing.md.

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const targets = require('./targets.json');

const root = path.join(__dirname, '..');
const PUBLISHED_TOO = ['README.md', 'LICENSE'];

function main() {
  const { values } = parseArgs({
    options: { addons: { type: 'string' }, out: { type: 'string' }, repository: { type: 'string' }, partial: { type: 'boolean' } },
  });
  if (!values.addons || !values.out) throw new Error('--addons and --out are needed');
  const present = targets.filter(({ triple }) => fs.existsSync(path.join(values.addons, `procs.${triple}.node`)));
  const absent = targets.filter((target) => !present.includes(target)).map(({ triple }) => triple);
  // A release without one platform would leave its users on an older addon, or none.
  if (absent.length > 0 && !values.partial) throw new Error(`no addon for ${absent.join(', ')} in ${values.addons}`);
  for (const { triple } of present) stagePlatform(triple, values);
  stageMain(present, values);
}

function stagePlatform(triple, { addons, out, repository }) {
  const folder = path.join(out, `procs-${triple}`);
  fs.cpSync(path.join(root, 'npm', triple), folder, { recursive: true });
  fs.copyFileSync(path.join(addons, `procs.${triple}.node`), path.join(folder, `procs.${triple}.node`));
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  writeManifest(folder, read(path.join('npm', triple, 'package.json')), repository);
}

function stageMain(present, { out, repository }) {
  const folder = path.join(out, 'procs');
  // What only this repository can use is left out: there are no tests and no sources in the package.
  const { scripts: _s, devDependencies: _d, overrides: _o, jest: _j, tsd: _t, ...manifest } = read('package.json');
  for (const entry of [...manifest.files, ...PUBLISHED_TOO]) {
    fs.cpSync(path.join(root, entry), path.join(folder, entry), { recursive: true });
  }
  manifest.optionalDependencies = Object.fromEntries(present.map(({ triple }) => [`@x/procs-${triple}`, manifest.version]));
  writeManifest(folder, manifest, repository);
}

/** npm's provenance statement is refused unless the package names the repository that built it. */
function writeManifest(folder, manifest, repository) {
  const whole = repository ? { ...manifest, repository: { type: 'git', url: `git+${repository}.git` } } : manifest;
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(whole, null, 2)}\n`);
}

function read(file) {
  return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
}

try {
  main();
} catch (error) {
  console.error(`npm/stage.js: ${error.message}`);
  process.exitCode = 1;
}
