'use strict';
// Compiles a peer written in C or Rust into a folder that goes away with this process. A machine without a compiler is no error:
// the figures that need one say that they were skipped.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

let folder;

function outputFolder() {
  if (folder === undefined) {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-bench-'));
    process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  }
  return folder;
}

const COMPILERS = [
  { suffix: '.c', program: process.env.CC || 'cc', flags: ['-O2', '-Wall', '-o'], missing: 'no C compiler' },
  { suffix: '.rs', program: process.env.RUSTC || 'rustc', flags: ['-O', '--edition=2021', '-o'], missing: 'no Rust compiler' },
];

function compileNow(name) {
  const source = path.join(__dirname, '..', 'peers', name);
  const compiler = COMPILERS.find(({ suffix }) => fs.existsSync(source + suffix));
  const program = path.join(outputFolder(), name);
  const { error, status, stderr } = spawnSync(compiler.program, [...compiler.flags, program, source + compiler.suffix], {
    encoding: 'utf8',
  });
  if (error?.code === 'ENOENT') return { skipped: compiler.missing };
  if (error) throw error;
  if (status !== 0) throw new Error(`${compiler.program} could not compile ${source}:\n${stderr}`);
  return { program };
}

const compiled = new Map();

/** @returns {{ program: string } | { skipped: string }} the same for every node binary of a run */
function compile(name) {
  if (!compiled.has(name)) compiled.set(name, compileNow(name));
  return compiled.get(name);
}

module.exports = { compile };
