'use strict';
// Builds the addon and puts it beside package.json as procs.<triple>.node, where js/native.js looks first.
//
//   node npm/build.js                        release, for this machine
//   node npm/build.js --debug                faster to build, slower to run
//   node npm/build.js --target linux-arm64-gnu [--out DIR]
//                                            for another machine; Linux ones through cargo-zigbuild, so that the
//                                            result asks for the glibc named in targets.json and not for the builder's
//
// Cheap when nothing changed: cargo compares, and the copy is left out when the file is already the same.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const targets = require('./targets.json');

const root = path.join(__dirname, '..');

function main() {
  const { values } = parseArgs({
    options: { debug: { type: 'boolean' }, target: { type: 'string' }, out: { type: 'string', default: root } },
  });
  const target = values.target === undefined ? ownTarget() : named(values.target);
  const built = cargo(cargoArguments(target, values.debug, values.target !== undefined), target);
  const placed = path.join(values.out, `procs.${target.triple}.node`);
  const verb = place(built, placed) ? 'wrote' : 'kept';
  console.log(`${verb} ${path.relative(process.cwd(), placed)} (${fs.statSync(placed).size} bytes, ${values.debug ? 'debug' : 'release'})`);
}

/** The target this rustc builds for by itself, which is the one this machine's Node loads. */
function ownTarget() {
  const { stdout, error } = spawnSync('rustc', ['-vV'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (error) throw new Error(`Rust is needed to build the addon, and rustc could not be started (${error.code}). See https://rustup.rs`);
  const host = /^host: (.+)$/m.exec(stdout)?.[1];
  const target = targets.find((one) => one.rust === host);
  if (!target) throw new Error(`No addon is built for ${host}; npm/targets.json lists what there is`);
  return target;
}

function named(triple) {
  const target = targets.find((one) => one.triple === triple);
  if (!target) throw new Error(`Unknown target ${triple}; one of ${targets.map((one) => one.triple).join(', ')}`);
  return target;
}

function cargoArguments(target, debug, cross) {
  const zig = cross && target.triple.startsWith('linux-');
  const args = [zig ? 'zigbuild' : 'build', '--lib', '--message-format', 'json-render-diagnostics'];
  if (!debug) args.push('--release');
  if (cross) args.push('--target', zig && target.glibc ? `${target.rust}.${target.glibc}` : target.rust);
  return args;
}

/** Runs cargo and returns the path of the library it built, which it says itself: no guessing about target directories. */
function cargo(args, target) {
  const { stdout, status, signal, error } = spawnSync('cargo', args, {
    cwd: root,
    env: environment(target),
    encoding: 'utf8',
    maxBuffer: Infinity,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw new Error(`cargo could not be started (${error.code}). See https://rustup.rs`);
  if (status !== 0) throw new Error(`cargo ${args[0]} failed (${signal ?? `exit code ${status}`})`);
  const artifacts = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((message) => message.reason === 'compiler-artifact' && message.target.kind.includes('cdylib'));
  const library = artifacts.flatMap((message) => message.filenames).find((file) => path.basename(file) === target.library);
  if (!library) throw new Error(`cargo built no ${target.library}`);
  return library;
}

/** A musl library is static by default, and a static library cannot be loaded into Node. */
function environment(target) {
  if (!target.triple.endsWith('-musl')) return process.env;
  const flags = [process.env.RUSTFLAGS, '-C target-feature=-crt-static'].filter(Boolean).join(' ');
  return { ...process.env, RUSTFLAGS: flags };
}

/** Copies unless the same build is there already. The time goes along, to tell a debug build from a release build. */
function place(from, to) {
  const source = fs.statSync(from);
  const present = fs.statSync(to, { throwIfNoEntry: false });
  if (present?.size === source.size && Math.abs(present.mtimeMs - source.mtimeMs) < 1) return false;
  // By rename, so that a process that has the old file mapped keeps it.
  const aside = `${to}.${process.pid}`;
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, aside);
  fs.utimesSync(aside, source.atime, source.mtime);
  fs.renameSync(aside, to);
  return true;
}

try {
  main();
} catch (error) {
  console.error(`npm/build.js: ${error.message}`);
  process.exitCode = 1;
}
