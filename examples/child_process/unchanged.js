'use strict';
// Knows nothing of @x/procs:  node --require @x/procs/register examples/child_process/unchanged.js
const { execFile, ChildProcess } = require('child_process');

const child = execFile('date', ['+%Y'], (error, stdout) => {
  if (error) throw error;
  console.log(`it is ${stdout.trim()}`);
});
const ours = child instanceof require('@x/procs').ChildProcess;
console.log(`started by ${ours && child instanceof ChildProcess ? '@x/procs' : "Node's own child_process"}`);
