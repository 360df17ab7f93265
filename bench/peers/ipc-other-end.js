'use strict';
// The other end of bench/ipc.js, in a process or a thread: node ipc-other-end.js <which end> [...]. Its first message says what to play.

const { otherEnds } = require('../lib/ipc/ends');
const { play } = require('../lib/ipc/roles');

async function main([name, ...rest]) {
  const end = await otherEnds[name](...rest);
  let heard;
  end.onMessage((message) => {
    if (heard === undefined) heard = play(end, message);
    else heard(message);
  });
}

main(process.argv.slice(2));
