'use strict';
const { run } = require('@x/procs');

async function main() {
  const { stdout, durationMs, resourceUsage } = await run('uname', ['-sm']);
  console.log(`this is ${stdout}, said in ${durationMs.toFixed(1)} ms, of which ${resourceUsage.userCPUTime} us were its own`);

  // Lines as they come. Whoever reads slowly holds the program back, and whoever stops early ends it.
  for await (const line of run('yes', ['and so on'])) {
    console.log(line);
    break;
  }

  // A failure is an error that says what happened. `reject: false` gives the same as a result.
  await run('sh', ['-c', 'echo no such thing >&2; exit 3']).catch((error) => console.log(error.message));
  const { exitReason, code } = await run('no-such-program').catch((error) => error);
  console.log(`${exitReason}: ${code}`);
}

main();
