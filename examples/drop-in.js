'use strict';
const { spawn } = require('@x/procs/child_process');

const sort = spawn('sort', ['-n'], { stdio: ['pipe', 'pipe', 'inherit'] });
console.log(`sort runs as pid ${sort.pid}`);
sort.stdout.on('data', (lines) => process.stdout.write(lines));
sort.on('close', (code, signal) => console.log(`sort ended: code ${code}, signal ${signal}`));
sort.stdin.end('10\n9\n2\n');
