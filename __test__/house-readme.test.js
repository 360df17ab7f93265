'use strict';
// What the README shows is what examples/ runs.

const fs = require('node:fs');
const path = require('node:path');
const { filesBelow, read, root } = require('./lib/sources.js');

const readme = read('README.md');
const shown = Array.from(readme.matchAll(/<!-- (examples\/[\w-]+\.js) -->\n```js\n(.*?)```/gs), ([, file, code]) => ({ file, code }));

test('seven examples, and every short program in examples/ is one of them', () => {
  const programs = filesBelow('examples', '.js').filter((file) => file.split('/').length === 2 && file !== 'examples/tour.js');
  expect(shown.map(({ file }) => file).sort()).toEqual(programs);
  expect(programs).toHaveLength(7);
});

test.each(shown)('$file is shown as it is', ({ file, code }) => {
  expect(code).toBe(read(file).replace("'use strict';\n", ''));
});

test('links to files of the project lead somewhere, in every page', () => {
  const pages = ['README.md', 'CHANGELOG.md', ...filesBelow('docs', '.md'), ...filesBelow('bench', '.md')];
  const broken = pages.flatMap((page) =>
    Array.from(read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, target]) => `${page}: ${target}`).filter((link) => {
      const target = link.slice(page.length + 2);
      return !fs.existsSync(path.join(root, path.dirname(page), target));
    }),
  );
  expect(broken).toEqual([]);
});
