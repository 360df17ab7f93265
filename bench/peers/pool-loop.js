'use strict';
// Does the work of so many tasks, one after the other, and says when it is done.

const { burn } = require('./pool-tasks');

process.on('message', ({ count, units }) => {
  for (let i = 0; i < count; i++) burn(units);
  process.send('done');
});
process.send('ready');
