'use strict';
// The worker's end where its channel is Node's own.

const { CMD } = require('./words');

/**
 * @param {(handle: object) => Promise<void>} serveConnection settles when it is closed
 * @param {(handle: object) => import('node:net').Server} listen
 * @returns {() => void} ends it
 */
function begin(serveConnection, listen) {
  const servers = new Set();
  let isOver = false;
  const hear = (message, handle) => {
    switch (message?.cmd) {
      case CMD.ASK:
        if (!isOver) say({ cmd: CMD.READY });
        break;
      case CMD.CONNECTION:
        if (isOver) refuse(message.id, handle);
        else take(message.id, handle);
        break;
      case CMD.LISTEN:
        if (isOver) handle?.close();
        else if (handle) servers.add(listen(handle));
        break;
      case CMD.STOP:
        stop();
        break;
    }
  };
  const stop = () => {
    for (const server of servers) server.close();
    servers.clear();
  };

  function take(id, handle) {
    // The parent is told first: what happens to this process once the server has the connection must not have another one serve it again.
    say({ cmd: CMD.TAKEN, id }, () => setImmediate(serve, handle));
  }

  function refuse(id, handle) {
    handle.close();
    say({ cmd: CMD.REFUSED, id });
  }

  async function serve(handle) {
    await serveConnection(handle);
    if (process.connected) say({ cmd: CMD.CLOSED });
  }

  const { channel } = process;
  // It stays in the end: what is on its way must be refused.
  process.on('internalMessage', hear);
  channel.refCounted();
  say({ cmd: CMD.READY });
  return () => {
    isOver = true;
    if (process.connected) say({ cmd: CMD.LEAVING });
    channel.unrefCounted();
    stop();
  };
}

/** What fails, fails with the channel. */
function say(message, written = ignore) {
  process._send(message, undefined, { swallowErrors: true }, written);
}

function ignore() {}

module.exports = { begin };
