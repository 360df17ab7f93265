'use strict';
// Carries the version of package.json into everything that repeats it: the platform packages and the crate. npm runs this from
// `npm version <next>`, after it wrote package.json and before it commits, so that one commit moves all of them.

const fs = require('node:fs');
const path = require('node:path');
const targets = require('./targets.json');

const root = path.join(__dirname, '..');
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Replaces the first match only, and insists on it: a file that no longer looks as expected must not be passed over. */
function edit(file, pattern, replacement) {
  const place = path.join(root, file);
  const text = fs.readFileSync(place, 'utf8');
  if (!pattern.test(text)) throw new Error(`${file}: no version found`);
  fs.writeFileSync(place, text.replace(pattern, replacement));
  console.log(`${file}: ${version}`);
}

for (const { triple } of targets) edit(`npm/${triple}/package.json`, /"version": "[^"]*"/, `"version": "${version}"`);
edit('Cargo.toml', /^version = "[^"]*"/m, `version = "${version}"`);
edit('Cargo.lock', /(name = "procs"\nversion = )"[^"]*"/, `$1"${version}"`);
