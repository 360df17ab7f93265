'use strict';

const { runForJson } = require('./lib/run-node.js');

test('who only wants the drop-in does not load what run() is made of', async () => {
  const program = `
    require(${JSON.stringify(require.resolve('..'))});
    const own = Object.keys(require.cache).filter((file) => /[\\\\/]js[\\\\/]run[\\\\/]/.test(file));
    console.log(JSON.stringify(own.map((file) => require('node:path').basename(file))));
  `;
  expect(await runForJson(['-e', program])).toEqual(['index.js']);
});
