'use strict';
// The package as an application has it in node_modules, without an addon unless one is put there.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { root } = require('./sources.js');
const { platformTriple } = require('../../js/platform.js');

const triple = platformTriple();
const addon = path.join(root, `procs.${triple}.node`);

function copyPackage() {
  const app = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'procs-app-')));
  const scope = path.join(app, 'node_modules/@x');
  const home = path.join(scope, 'procs');
  fs.cpSync(path.join(root, 'js'), path.join(home, 'js'), { recursive: true });
  fs.copyFileSync(path.join(root, 'package.json'), path.join(home, 'package.json'));
  return {
    app,
    /** A local build: what `npm run build` leaves. */
    putLocalAddon: (from = addon) => fs.copyFileSync(from, path.join(home, `procs.${triple}.node`)),
    /** What npm installs as an optional dependency. */
    putPlatformPackage() {
      const folder = path.join(scope, `procs-${triple}`);
      fs.mkdirSync(folder);
      fs.copyFileSync(path.join(root, 'npm', triple, 'package.json'), path.join(folder, 'package.json'));
      fs.copyFileSync(addon, path.join(folder, `procs.${triple}.node`));
    },
    remove: () => fs.rmSync(app, { recursive: true, force: true }),
  };
}

module.exports = { copyPackage, triple };
