'use strict';
// A program that tidies up when it is asked to end; see ends.js.

const { getCancelSignal } = require('@x/procs');

const work = setInterval(() => {}, 1000);
getCancelSignal().addEventListener('abort', () => {
  clearInterval(work);
  console.log('tidied up');
  process.disconnect();
});
console.log('up');
