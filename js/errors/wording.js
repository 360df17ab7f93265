'use strict';
// The phrases Node's error messages are put together from.

const { inspect } = require('util');

/** Types that are said in lower case after "of type"; other capitalised names are classes ("an instance of"). */
const TYPES = ['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol'];
const CLASS_NAME = /^[A-Z][a-zA-Z0-9]*$/;
const SHOWN_STRING = 28;
const SHOWN_VALUE = 128;

/** 'The "options.cwd" property', 'The "file" argument', 'The first argument'. */
function subject(name, quote = '"') {
  if (name.endsWith(' argument')) return `The ${name}`;
  return `The ${quote}${name}${quote} ${kindOf(name)}`;
}

function kindOf(name) {
  return name.includes('.') ? 'property' : 'argument';
}

/** 'of type string or an instance of Buffer or URL' */
function expectation(expected) {
  const types = [];
  const instances = [];
  const other = [];
  for (const each of Array.isArray(expected) ? expected : [expected]) {
    if (TYPES.includes(each)) types.push(each.toLowerCase());
    else if (CLASS_NAME.test(each)) instances.push(each);
    else other.push(each);
  }
  const objectAt = types.indexOf('object');
  if (instances.length > 0 && objectAt !== -1) {
    types.splice(objectAt, 1);
    instances.push('Object');
  }
  const parts = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${list(types, 'or')}`);
  if (instances.length > 0) parts.push(`an instance of ${list(instances, 'or')}`);
  if (other.length > 1) parts.push(`one of ${list(other, 'or')}`);
  else if (other.length === 1) parts.push(other[0].toLowerCase() === other[0] ? other[0] : `an ${other[0]}`);
  return parts.join(' or ');
}

/** 'a', 'a and b', 'a, b, and c' */
function list(items, conjunction) {
  if (items.length < 3) return items.join(` ${conjunction} `);
  return `${items.slice(0, -1).join(', ')}, ${conjunction} ${items[items.length - 1]}`;
}

/** What follows "Received" when the type is wrong: 'type number (5)', 'an instance of Map', 'undefined'. */
function receivedType(value) {
  if (value === null || value === undefined) return `${value}`;
  switch (typeof value) {
    case 'function':
      return `function ${value.name}`;
    case 'object':
      return receivedObject(value);
    case 'string':
      return `type string (${quoted(value)})`;
    case 'bigint':
      return `type bigint (${value}n)`;
    case 'number':
      return `type number (${Object.is(value, -0) ? '-0' : value})`;
    default:
      return `type ${typeof value} (${String(value)})`;
  }
}

function receivedObject(value) {
  // `constructor` and its `name` belong to the caller: each is read once, and may be anything.
  const name = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : inspect(value, { __proto__: null, depth: -1 });
}

function quoted(text) {
  const shown = text.length > SHOWN_STRING ? `${text.slice(0, SHOWN_STRING - 3)}...` : text;
  return shown.includes("'") ? JSON.stringify(shown) : `'${shown}'`;
}

/** What follows "Received" when the value is wrong. */
function receivedValue(value) {
  const shown = inspect(value);
  return shown.length > SHOWN_VALUE ? `${shown.slice(0, SHOWN_VALUE)}...` : shown;
}

/** What follows "Received" when the value is out of range: big integers get separators, 4_294_967_297. */
function receivedNumber(value) {
  if (typeof value === 'bigint') return `${abs(value) > 2n ** 32n ? grouped(String(value)) : value}n`;
  if (Number.isInteger(value) && Math.abs(value) > 2 ** 32) return grouped(String(value));
  return inspect(value);
}

function abs(big) {
  return big < 0n ? -big : big;
}

function grouped(digits) {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, '_');
}

module.exports = { subject, kindOf, expectation, list, receivedType, receivedValue, receivedNumber };
