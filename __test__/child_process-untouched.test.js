'use strict';

const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { parity } = require('./lib/parity.js');

parity('child_process-untouched');

const ENTRY = path.join(__dirname, '..', 'js', 'child_process');

/** Whether the process waits for the child, which says so. */
function waits(module, options) {
  const script = `
    const child = require(${JSON.stringify(module)}).spawn('sh', ['-c', 'read line; echo'], { stdio: ${JSON.stringify(options)} });
    child.unref();
    process.on('exit', () => console.log('the end'));
    setTimeout(() => { console.log('waited'); child.stdin.end(); }, 200).unref();`;
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 60_000 }).stdout;
}

test.each([['child_process'], [ENTRY]])("an unref'd child's pipes keep the process as long as they are open: %s", (module) => {
  expect(waits(module, 'pipe')).toBe('waited\nthe end\n');
});
