'use strict';
// One job on both, and a table for a person.

const { measure } = require('./meter.js');

async function compare(title, job, { nodes, ours }, input) {
  console.log(title);
  // Once each before it counts, so that neither pays for loading programs and compiling code.
  const few = { ...input, files: input.files.slice(0, 32), messages: 1_000, copies: 1 };
  await job(nodes, few);
  await job(ours, few);

  const stock = await measure(job, nodes, input);
  const own = await measure(job, ours, input);
  if (stock.result === own.result) {
    console.log(`   both: ${own.result}`);
  } else {
    console.log(`   child_process: ${stock.result}\n   @x/procs:      ${own.result}`);
    process.exitCode = 1;
  }
  printTable(stock, own);
}

function printTable(stock, own) {
  const rows = [
    ['', 'child_process', '@x/procs', ''],
    row('took', stock.took, own.took),
    row('event loop: longest stand-still', stock.longest, own.longest),
  ];
  if (own.calls > 1) rows.push(row(`JavaScript inside the ${own.calls} starting calls`, stock.inCalls, own.inCalls));
  if (stock.took > 100) rows.push(['ticks of a 10 ms timer that did not come', percent(stock.missed), percent(own.missed), '']);
  for (const [name, left, right, ratio] of rows) {
    console.log(`   ${name.padEnd(42)}${left.padStart(14)}${right.padStart(14)}${ratio.padStart(10)}`);
  }
  console.log('');
}

function row(name, stock, own) {
  return [name, milliseconds(stock), milliseconds(own), ratio(stock, own)];
}

/** Below half a millisecond the clock and the machine's other work decide. */
function ratio(stock, own) {
  if (Math.max(stock, own) < 0.5) return '';
  const times = stock / Math.max(own, 0.01);
  return `${times.toFixed(times < 10 ? 1 : 0)}x`;
}

const milliseconds = (value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
const percent = (value) => `${(value * 100).toFixed(0)} %`;

module.exports = { compare };
