'use strict';
const fs = require('node:fs/promises');
const path = require('node:path');
const zlib = require('node:zlib');
const { Pool } = require('@x/procs');
const { isWorker } = require('@x/procs/worker');

// This file is both: the program, and the functions that its workers run.
module.exports = {
  async compress(file) {
    const text = await fs.readFile(file);
    return { file, before: text.length, packed: zlib.brotliCompressSync(text) };
  },
  crash: () => process.abort(),
  forever() {
    for (;;);
  },
};

async function main() {
  const pool = new Pool({ filename: __filename, maxWorkers: 4, abortGrace: 100, stderr: 'ignore' });

  // As many under way as there is room for, results as they come. Bytes travel through memory that both sides see.
  const files = (await fs.readdir(__dirname)).filter((name) => name.endsWith('.js')).map((name) => path.join(__dirname, name));
  let [before, after] = [0, 0];
  for await (const result of pool.map(files, { name: 'compress', ordered: false })) {
    before += result.before;
    after += result.packed.length;
  }
  console.log(`${files.length} files: ${before} bytes, ${after} compressed`);

  // A worker that dies takes one task along, which says what became of it. The others do not notice.
  const [crashed, packed] = await Promise.allSettled([pool.run(null, { name: 'crash' }), pool.run(__filename, { name: 'compress' })]);
  console.log(`${crashed.reason.name}: ${crashed.reason.signal}. Beside it: ${packed.status}`);

  // So does one that never ends: its worker is replaced.
  const { reason } = await pool.run(null, { name: 'forever', timeout: 200 }).catch((error) => error);
  console.log(`forever: ${reason}`);

  await pool.close();
}

if (!isWorker) main();
