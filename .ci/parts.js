'use strict';
// Runs named parts one after the other, says how long each took, and ends with the line that everything is judged by.

const { counts, line, sum } = require('./counts.js');

/** @param {[string, () => Promise<{passed: number, failed: number, skipped: number}>][]} parts */
async function runParts(parts) {
  const table = [];
  for (const [name, part] of parts) {
    console.log(`\n--- ${name}`);
    const began = process.hrtime.bigint();
    let result;
    try {
      result = await part();
    } catch (error) {
      console.error(error);
      result = counts(0, 1);
    }
    table.push({ name, result, seconds: Number(process.hrtime.bigint() - began) / 1e9 });
  }
  const width = Math.max(...table.map((row) => row.name.length));
  console.log('');
  for (const { name, result, seconds } of table) {
    console.log(`${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${line(result)}`);
  }
  const total = sum(table.map((row) => row.result));
  if (total.failed > 0) process.exitCode = 1;
  console.log(line(total));
}

module.exports = { runParts };
