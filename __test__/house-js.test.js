'use strict';
// The JavaScript side of the house.

const path = require('node:path');
const { filesBelow, numberedLines, read } = require('./lib/sources.js');

const scripts = [...filesBelow('js', '.js'), ...filesBelow('js', '.mjs')];

/** Every module a file asks for, with the place. */
function requests(file) {
  return numberedLines(file).flatMap(({ text, at }) =>
    Array.from(text.matchAll(/(?:\brequire\(|\bfrom |\bimport\(|^import )['"]([^'"]+)['"]/g), ([, request]) => ({ request, at })),
  );
}

test('folders under js/ reach each other through index.js only', () => {
  const past = scripts.flatMap((file) =>
    requests(file)
      .filter(({ request }) => request.startsWith('.') && !mayReach(file, path.posix.join(path.posix.dirname(file), request)))
      .map(({ request, at }) => `${at} ${request}`),
  );
  expect(past).toEqual([]);
});

// The second door of a folder, which has to be a file of its own since requiring it does something.
const DOORS = { 'js/register.js': 'js/child_process/' };

function mayReach(file, target) {
  if (DOORS[file] && target.startsWith(DOORS[file])) return true;
  const own = path.posix.dirname(file);
  const folder = path.posix.dirname(target);
  const inside = folder === own || folder.startsWith(`${own}/`) || own.startsWith(`${folder}/`);
  const inOneHouse = folder !== 'js' && own !== 'js' && folder.split('/')[1] === own.split('/')[1];
  const entry = /^js\/\w+(\/index(\.m?js)?)?$/.test(target);
  const leavesTop = own === 'js' && folder !== 'js';
  return inOneHouse || entry || (inside && !leavesTop) || target === 'package.json';
}

test('nothing at run time but Node itself: no dependency, and no module from elsewhere', () => {
  const manifest = JSON.parse(read('package.json'));
  expect(manifest.dependencies).toBeUndefined();
  const builtins = new Set(require('node:module').builtinModules);
  const foreign = scripts
    .flatMap(requests)
    .filter(({ request }) => !request.startsWith('.') && !builtins.has(request.replace(/^node:/, '')));
  expect(foreign).toEqual([]);
});

test('every CommonJS file is strict', () => {
  const own = [
    ...filesBelow('js', '.js'),
    ...filesBelow('examples', '.js'),
    ...filesBelow('bench', '.js'),
    ...filesBelow('__test__', '.js'),
  ];
  expect(own.filter((file) => !/^(#!.*\n)?(\/\/.*\n)*'use strict';/.test(read(file)))).toEqual([]);
});
