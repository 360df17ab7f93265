'use strict';
// A plain Node child: it knows process.send and process.on('message') and nothing else. Its first message says what to play.

const { sendMany } = require('../lib/send-many');

const roles = {
  __proto__: null,

  /** Sends every message back. */
  echo: () => (message) => process.send(message),

  /** Says when the last of each series is here. */
  sink({ series }) {
    let left = series.shift();
    return () => {
      if (--left > 0) return;
      left = series.shift();
      process.send('done');
    };
  },

  /** Sends messages of its own, and is not spoken to. */
  source({ count, length }) {
    sendMany(process, count, length);
    return () => {};
  },
};

process.once('message', (role) => process.on('message', roles[role.name](role)));
