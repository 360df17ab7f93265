'use strict';
// One line for each call: its name, and what came of it.

async function show(title, entries, input) {
  console.log(title);
  for (const [name, call] of entries) console.log(`   ${name.padEnd(46)}${await call(input)}`);
  console.log('');
}

module.exports = { show };
