'use strict';
// Questions to a forked worker, which is plain Node, 64 of them under way at a time, and the answers.

const fs = require('node:fs');
const path = require('node:path');

const UNDER_WAY = 64;

function talk({ fork }, { files, messages }) {
  const lines = files.flatMap((file) => fs.readFileSync(file, 'utf8').split('\n'));
  return new Promise((resolve, reject) => {
    const worker = fork(path.join(__dirname, 'word-worker.js'));
    let asked = 0;
    let answered = 0;
    let words = 0;
    const ask = () => worker.send({ id: asked, line: lines[asked++ % lines.length] });
    worker.on('message', (answer) => {
      words += answer.words;
      answered++;
      if (asked < messages) ask();
      else if (answered === messages) worker.disconnect();
    });
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve({ result: `${words} words` }) : reject(new Error(`worker: exit code ${code}`))));
    for (let i = 0; i < UNDER_WAY; i++) ask();
  });
}

module.exports = { talk };
