'use strict';
// Starts the commands of a plan, from left to right.

const { start } = require('../start');
const { STATE } = require('../state');
const { NOTHING, flowing, linkOf } = require('./links');
const { OwnFds } = require('./own-fds');
const { joinedSettings } = require('./settings');
const { fdsOf } = require('./ends');
const { compose } = require('./transform');

/**
 * @param {ReturnType<import('./plan').planOf>} plan
 * @returns {{ subprocesses: object[], links: object[] }} fewer than there are commands when one could not be started, which is the last one then
 */
function launch(plan) {
  const { members, between } = plan;
  const fds = new OwnFds();
  const subprocesses = [];
  const links = [];
  let incoming = sourceOf(plan.source);
  try {
    for (let i = 0; i < members.length; i++) {
      const member = members[i];
      const link = i === members.length - 1 ? endOf(member, plan.tail) : linkOf(member, between[i], members[i + 1], fds);
      const subprocess = member.subprocess ?? startMember(member, incoming, link);
      subprocesses.push(subprocess);
      links.push({ __proto__: null, hasLeft: link.hasLeft, to: members[i + 1]?.to });
      // It will say why. What runs behind it already must see the end of its input all the same.
      if (subprocess.pid === undefined && members[i + 1]?.subprocess === undefined) break;
      incoming = link.incoming(subprocess);
      fds.closeAllBut(incoming);
    }
  } catch (error) {
    // No fd is left for a pipe. Those that run are ended; when none does, there has to be one that says so.
    if (subprocesses.length === 0) subprocesses.push(members[0].subprocess ?? notStarted(members[0], error));
    for (const subprocess of subprocesses) subprocess[STATE].fail(error);
  } finally {
    fds.closeAll();
  }
  return { subprocesses, links };
}

function startMember({ file, args, settings, to }, incoming, { outgoing, changes }) {
  const joined = new Map(outgoing);
  if (incoming !== null) joined.set(to, incoming);
  return start(file, args, joinedSettings(settings, joined, to, changes));
}

function notStarted({ file, args, settings, to }, refusal) {
  return start(file, args, joinedSettings(settings, NOTHING, to, { refusal }));
}

/** Targets for the first command; null when its own stdin stays as it is. */
function sourceOf(steps) {
  if (steps.length === 0) return null;
  const [first, ...more] = steps;
  if (more.length === 0 && first.kind === 'target') return [{ __proto__: null, append: false, ...first.target, direction: 'in' }];
  if (first.kind !== 'target') return [iterable(compose(undefined, steps))];
  return [iterable(compose(contentsOf(first.target), more))];
}

/** A source in front of a function. */
function contentsOf({ kind, value }) {
  if (kind === 'file') return require('fs').createReadStream(value);
  return kind === 'iterable' ? value : [value];
}

function iterable(value) {
  return { __proto__: null, kind: 'iterable', value, direction: 'in' };
}

/** A file at the very end is the last command's own. Anything else there reads what the command writes, and nobody keeps it as well. */
function endOf(member, tail) {
  const incoming = () => null;
  if (tail.length === 0) return { __proto__: null, outgoing: NOTHING, incoming };
  if (tail[0].kind !== 'target') return { __proto__: null, outgoing: NOTHING, incoming, changes: flowing(member) };
  const file = { __proto__: null, ...tail[0].target, direction: 'out' };
  return { __proto__: null, outgoing: new Map(fdsOf(member.from).map((fd) => [fd, [file]])), incoming };
}

module.exports = { launch };
