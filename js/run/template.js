'use strict';
// From a template to words: `git commit -m ${message}` is four, whatever is in the message.
//
// Words are split where white space is typed. What an escape sequence stands for never splits (`a\tb` is one word with a tab), nor does
// anything in a value. Quotes, $NAMES and globs mean nothing: there is no shell.

const { types } = require('util');

const DELIMITERS = /[ \t\r\n]/;

/** By the array of a call site, which is the same each time it is reached. */
const parsed = new WeakMap();

/** @returns {boolean} */
function isTemplate(value) {
  return Array.isArray(value) && Array.isArray(value.raw);
}

/**
 * @param {TemplateStringsArray} strings
 * @param {any[]} values
 * @returns {string[]} the first is the program
 */
function wordsOf(strings, values) {
  let texts = parsed.get(strings);
  if (texts === undefined) {
    texts = strings.raw.map((raw, i) => splitText(raw, strings[i]));
    parsed.set(strings, texts);
  }
  const words = [];
  let open; // the word that is not at its end yet
  const close = () => {
    if (open !== undefined) words.push(open);
    open = undefined;
  };
  const add = (parts) => {
    parts.forEach((part, i) => {
      if (i > 0) close();
      open = (open ?? '') + part;
    });
  };
  texts.forEach((text, i) => {
    if (text.breaksBefore) close();
    add(text.words);
    if (text.breaksAfter) close();
    if (i < values.length) add(Array.isArray(values[i]) ? values[i].map(textOf) : [textOf(values[i])]);
  });
  close();
  if (words.length === 0) throw wrong('A template must hold a command, and this one is empty');
  return words;
}

/**
 * Raw and cooked text side by side: only the raw one shows which white space was typed.
 * @returns {{ words: string[], breaksBefore: boolean, breaksAfter: boolean }}
 */
function splitText(raw, cooked) {
  if (cooked === undefined) throw wrong(`Invalid backslash sequence: ${raw}`);
  const words = [];
  let word;
  let at = 0; // in cooked
  for (let i = 0; i < raw.length; ) {
    if (DELIMITERS.test(raw[i])) {
      if (word !== undefined) words.push(word);
      word = undefined;
      i++;
      at++;
      continue;
    }
    const [length, made] = raw[i] === '\\' ? escapeSequence(raw, i, cooked, at) : [1, 1];
    if (made > 0) word = (word ?? '') + cooked.slice(at, at + made);
    i += length;
    at += made;
  }
  const breaksAfter = word === undefined && raw !== '' && DELIMITERS.test(raw.at(-1));
  if (word !== undefined) words.push(word);
  return { words, breaksBefore: raw !== '' && DELIMITERS.test(raw[0]), breaksAfter };
}

/** @returns {[number, number]} how long the sequence is as typed, and how long what it stands for */
function escapeSequence(raw, start, cooked, at) {
  switch (raw[start + 1]) {
    case '\n':
    case '\u2028':
    case '\u2029':
      return [2, 0]; // the line goes on in the next one
    case 'x':
      return [4, 1];
    case 'u':
      if (raw[start + 2] !== '{') return [6, 1];
      return [raw.indexOf('}', start) - start + 1, cooked.codePointAt(at) > 0xffff ? 2 : 1];
    default:
      return [2, 1];
  }
}

/** One argument. Nothing is made a word that nobody would want as one. */
function textOf(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value === null || typeof value !== 'object')
    throw wrong(`Unexpected "${value === null ? 'null' : typeof value}" in template expression`);
  if (typeof value.then === 'function') {
    throw wrong('Unexpected subprocess in template expression. Please use ${await subprocess} instead of ${subprocess}.');
  }
  if (Object.hasOwn(value, 'stdout')) return outputOf(value.stdout);
  throw wrong('Unexpected "object" in template expression');
}

/** Of a Result, or of a ProcessError. */
function outputOf(stdout) {
  if (typeof stdout === 'string') return stdout;
  if (types.isUint8Array(stdout)) return Buffer.from(stdout.buffer, stdout.byteOffset, stdout.length).toString();
  if (stdout !== undefined) throw wrong(`Unexpected "${typeof stdout}" stdout in template expression`);
  throw wrong('Missing result.stdout in template expression. This is probably due to the previous command\'s "stdout" option.');
}

function wrong(message) {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
}

module.exports = { isTemplate, wordsOf };
