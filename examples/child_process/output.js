'use strict';
const { promisify } = require('node:util');
const execFile = promisify(require('@x/procs').execFile);

async function main() {
  const { stdout } = await execFile('uname', ['-sm']);
  console.log(`this is ${stdout.trim()}`);

  await execFile('sleep', ['10'], { timeout: 100 }).catch((error) => console.log(`too slow: killed by ${error.signal}`));
  await execFile('no-such-program').catch((error) => console.log(`${error.code}: ${error.message}`));
  await execFile('sh', ['-c', 'echo no >&2; exit 3']).catch((error) => console.log(`code ${error.code}, it said: ${error.stderr.trim()}`));
}

main();
