'use strict';
// Many short programs: wc on every file, 32 in flight, each with three pipes, as a build tool or a media server starts them.

const AT_ONCE = 32;

async function count({ spawn }, { files }) {
  const waiting = [...files];
  const counted = [];
  const lane = async () => {
    while (waiting.length > 0) counted.push(await linesOf(spawn, waiting.pop()));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { result: `${counted.reduce((a, b) => a + b)} lines in ${counted.length} files` };
}

function linesOf(spawn, file) {
  return new Promise((resolve, reject) => {
    const wc = spawn('wc', ['-l', file]);
    let output = '';
    wc.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    wc.on('error', reject);
    wc.on('close', (code) => (code === 0 ? resolve(Number.parseInt(output, 10)) : reject(new Error(`wc ${file}: exit code ${code}`))));
  });
}

module.exports = { count };
