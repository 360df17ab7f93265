'use strict';
// Topics, patterns and names, with words for what is wrong with them. src/ipc/broker/topic.rs says the same.

const errors = require('../../errors');
const { validateString } = require('../../validate');

const { ERR_INVALID_ARG_VALUE } = errors.codes;

/** Bytes in UTF-8. */
const LONGEST = 255;
/** A UTF-16 unit is 3 bytes at most. */
const SURELY_SHORT = LONGEST / 3;

/** What ends a header, would need escapes in JSON, or has a meaning of its own. */
const FORBIDDEN = /[\0-\x20\x7f"\\:+!*#]/;
const TOPIC = /^[^\0-\x20\x7f"\\:+!*#.]+(?:\.[^\0-\x20\x7f"\\:+!*#.]+)*$/;
const ASCII = /^[\x20-\x7e]*$/;

/** @param {unknown} topic @param {string} what it is called in errors */
function validateTopic(topic, what = 'topic') {
  if (typeof topic === 'string' && TOPIC.test(topic) && fits(topic)) return;
  explain(topic, what, refusePlain);
}

/** `*` stands for one level, and `#` as the last one for all that follow, none included. */
function validatePattern(pattern) {
  if (typeof pattern === 'string' && TOPIC.test(pattern) && fits(pattern)) return;
  explain(pattern, 'pattern', (level, isLast, refuse) => {
    if (level === '*' || (level === '#' && isLast)) return;
    if (level === '#') refuse("has a level behind '#', which must be the last");
    if (/[*#]/.test(level)) refuse("has '*' or '#' in a level with other characters: it must be the whole level");
    refusePlain(level, isLast, refuse);
  });
}

/** Names that begin with '$' are given by the broker. */
function validateName(name, what = 'options.name') {
  validateTopic(name, what);
  if (name.startsWith('$')) throw new ERR_INVALID_ARG_VALUE(what, name, "must not begin with '$', as names do that the broker gives");
}

/** Of somebody else, who may have no name of his own. */
function validateReceiver(name) {
  validateTopic(name, 'name');
}

function fits(text) {
  return text.length <= SURELY_SHORT ? ASCII.test(text) || text.isWellFormed() : text.isWellFormed() && Buffer.byteLength(text) <= LONGEST;
}

function explain(text, what, checkLevel) {
  validateString(text, what);
  const refuse = (why) => {
    throw new ERR_INVALID_ARG_VALUE(what, text, why);
  };
  if (text === '') refuse('must not be empty');
  if (!text.isWellFormed()) refuse('must not have lone surrogates in it');
  if (Buffer.byteLength(text) > LONGEST) refuse(`must not be longer than ${LONGEST} bytes`);
  const levels = text.split('.');
  levels.forEach((level, at) => {
    if (level === '') refuse("must not have an empty level: levels are what stands between dots ('jobs.7.done')");
    checkLevel(level, at === levels.length - 1, refuse);
  });
}

function refusePlain(level, _isLast, refuse) {
  const found = FORBIDDEN.exec(level);
  if (found !== null) refuse(`must not have ${JSON.stringify(found[0])} in it`);
}

/** Levels of a pattern against those of a topic. */
function matches(pattern, topic) {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '#') return true;
    if (i >= topic.length || (pattern[i] !== '*' && pattern[i] !== topic[i])) return false;
  }
  return pattern.length === topic.length;
}

module.exports = { matches, validateName, validatePattern, validateReceiver, validateTopic };
