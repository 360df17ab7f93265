'use strict';
const { pipeline } = require('@x/procs');

async function main() {
  // Each is joined to the next by a pipe of the kernel. Not a byte of it comes through this process.
  const words = [['cat', [__filename]], ['tr', ['-cs', 'a-z', '\\n']], ['sort'], ['uniq', ['-c']], ['sort', ['-rn']]];
  const { stdout, results } = await pipeline(...words, ['head', ['-n', '3']]);
  console.log(`${stdout}\nby ${results.map(({ file }) => file).join(' | ')}`);

  // JavaScript stands in between where it is put in between.
  const { value } = await pipeline(
    ['ls', [__dirname]],
    async function* (input) {
      for await (const line of input.lines()) if (line.endsWith('.js')) yield `${line}\n`;
    },
    ['wc', ['-l']],
    async (input) => {
      for await (const line of input.lines()) return Number(line);
    },
  );
  console.log(`${value} programs`);

  // The one that failed is the error, as with pipefail; that `head` wanted no more of `yes` is none.
  await pipeline(['yes'], ['head', ['-n', '1']], ['grep', ['no']]).catch((error) => console.log(error.message));
}

main();
