'use strict';
const { $ } = require('@x/procs');

async function main() {
  // Words are split where they are typed. What stands in ${} is one argument, whatever is in it: there is no shell to read it.
  const name = '; rm -rf "$HOME" #.txt';
  await $`touch ${name}`;
  const { stdout } = await $`ls -l ${[name, __filename]}`;
  console.log(stdout);
  await $`rm ${name}`;

  const inHere = $({ cwd: __dirname, lines: true });
  const { stdout: names } = await inHere`ls`;
  console.log(`${names.length} names in examples/, on ${$.sync`uname`.stdout}`);
}

main();
