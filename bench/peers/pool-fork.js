'use strict';
// A worker as people write it themselves, on process.send(): one message a task, or arrays of them.

const tasks = require('./pool-tasks');

async function answer({ id, task, value }) {
  try {
    return { id, result: await tasks[task](value) };
  } catch (error) {
    return { id, error: error.message };
  }
}

process.on('message', async (message) => {
  if (Array.isArray(message)) process.send(await Promise.all(message.map(answer)));
  else process.send(await answer(message));
});
