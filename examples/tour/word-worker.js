'use strict';
// The worker of talk.js.

process.on('message', ({ id, line }) => {
  process.send({ id, words: line.split(/\W+/).filter(Boolean).length });
});
