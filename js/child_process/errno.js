'use strict';
// Negated errno values, as libuv and the addon return them.

const { errno } = require('os').constants;

module.exports = {
  EACCES: -errno.EACCES,
  EAGAIN: -errno.EAGAIN,
  EBADF: -errno.EBADF,
  EINVAL: -errno.EINVAL,
  EMFILE: -errno.EMFILE,
  ENFILE: -errno.ENFILE,
  ENOENT: -errno.ENOENT,
  ENOSYS: -errno.ENOSYS,
  ESRCH: -errno.ESRCH,
};
