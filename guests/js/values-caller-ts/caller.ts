// The values caller in TypeScript: `values-caller/caller.js`, with types that are checked against those of the WIT.

import * as shapes from 'test:values/shapes@0.1.0';
import * as scalars from 'test:values/scalars@0.1.0';
import * as lists from 'test:values/lists@0.1.0';
import * as compounds from 'test:values/compounds@0.1.0';
import type { Color, Line, Payload } from 'test:values/shapes@0.1.0';
import type { Everything, Option } from 'test:values/compounds@0.1.0';

const MANY = 10_000;
const COLORS: Color[] = ['red', 'green', 'blue'];
const place = (x: number, y: number): Payload => ({ tag: 'place', val: { x, y } });
const MIN_S64 = -(2n ** 63n);
const MAX_S64 = 2n ** 63n - 1n;
const MAX_U64 = 2n ** 64n - 1n;

// Each case of the variant with a value, and what `next-payload` makes of it.
const PAYLOADS: [Payload, Payload][] = [
  [{ tag: 'nothing' }, { tag: 'nothing' }],
  [{ tag: 'number', val: 1.5 }, { tag: 'number', val: -1.5 }],
  [{ tag: 'number', val: 0 }, { tag: 'number', val: -0 }],
  [{ tag: 'long', val: MAX_S64 }, { tag: 'long', val: -MAX_S64 }],
  [{ tag: 'long', val: 0x100000001n }, { tag: 'long', val: -0x100000001n }],
  [{ tag: 'text', val: '' }, { tag: 'text', val: '!' }],
  [{ tag: 'text', val: '日本' }, { tag: 'text', val: '日本!' }],
  [place(1, -2), place(-2, 1)],
];

// Equality as WIT sees it: bits of floats (every NaN is one), elements of lists whatever holds them, an absent field is none.
function same(a: any, b: any): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a.length !== undefined || b.length !== undefined) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false;
    return true;
  }
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

let functions = 0;
let checks = 0;

// A function, and for each check its parameters and the answer that is right.
function expect<P extends unknown[]>(name: string, func: (...parameters: P) => unknown, ...cases: [P, unknown][]) {
  functions++;
  cases.forEach(([parameters, right], number) => {
    checks++;
    const answer = func(...parameters);
    if (!same(answer, right)) throw `${name}: check ${number} failed`;
  });
}

// Cases of one parameter, and what is right for each.
const each = <P>(values: P[], right: (v: P) => unknown): [[P], unknown][] => values.map((v) => [[v], right(v)]);

// As `expect`, of a function whose error is thrown.
function expectOutcome<P extends unknown[]>(name: string, func: (...parameters: P) => unknown, ...cases: [P, unknown][]) {
  const outcome = (...parameters: P) => {
    try {
      return { ok: func(...parameters) };
    } catch (error) {
      return { err: (error as { payload: unknown }).payload };
    }
  };
  expect(name, outcome, ...cases);
}

const flags = (count: number, set: (i: number) => boolean) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => ['b' + i, set(i)])) as any;
const line = (number: number): Line => ({
  name: `línea ${number}`,
  from: { x: number, y: number === 0 ? 0 : -number },
  to: { x: 2 ** 31 - 1, y: -(2 ** 31) },
  weight: number / 4,
});
const exchanged = (line: Line): Line => ({ ...line, from: line.to, to: line.from });

function integers(name: string, func: (v: number) => number, min: number, max: number) {
  const values = each([0, 1, Math.floor(max / 2), max - 1, min], (v) => v + 1);
  expect(name, func, ...values, [[max], min]);
}

function checkScalars() {
  expect('negate', scalars.negate, [[false], true], [[true], false]);
  integers('next-u8', scalars.nextU8, 0, 255);
  integers('next-s8', scalars.nextS8, -128, 127);
  integers('next-u16', scalars.nextU16, 0, 65535);
  integers('next-s16', scalars.nextS16, -32768, 32767);
  expect('next-u32', scalars.nextU32, ...each([0, 1, 0x7f, 0x80, 0x7ffffffe], (v) => v + 1));
  integers('next-s32', scalars.nextS32, -(2 ** 31), 2 ** 31 - 1);
  const u64s = each([0n, 1n, MAX_U64 / 2n, MAX_U64 - 1n, 0n], (v) => v + 1n);
  expect('next-u64', scalars.nextU64, ...u64s, [[MAX_U64], 0n]);
  expect('next-s64', scalars.nextS64, ...each([0n, 1n, 0xffffffffn, MAX_S64 / 2n, MAX_S64 - 1n], (v) => v + 1n));
  const singles = [0, -0, 1.5, -3.4028234663852886e38, 3.4028234663852886e38, 2 ** -126, 2 ** -149, Infinity, -Infinity, NaN];
  expect('echo-f32', scalars.echoF32, ...each(singles, (v) => v));
  const doubles = [0, -0, 1.5, -Number.MAX_VALUE, Number.MAX_VALUE, 2 ** -1022, Number.MIN_VALUE, Infinity, -Infinity, NaN];
  expect('echo-f64', scalars.echoF64, ...each(doubles, (v) => v));
  expect('subtract-f64', scalars.subtractF64, [[1.5, 0.25], 1.25], [[0.25, 1.5], -1.25], [[Infinity, Infinity], NaN]);
  const chars = ['\0', 'a', '\x7f', '\x80', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\u{10000}', '\u{10ffff}'];
  expect('echo-char', scalars.echoChar, ...each(chars, (v) => v));
  expect('swap-chars', scalars.swapChars, [['a', '\u{10ffff}'], ['\u{10ffff}', 'a']]);
  const texts = ['', 'a', 'plain', 'grüße', '日本語', '🦀\u{10ffff}', '\0 and\nmore', 'ж'.repeat(MANY)];
  expect('echo-string', scalars.echoString, ...each(texts, (v) => v));
  expect('join', scalars.join, [['a', 'b', 'c', ', '], 'a, b, c'], [['', 'ß', '', ''], 'ß'], [['', '', '', '日'], '日日']);
  expect('split', scalars.split, [[''], []], [['aß日🦀'], ['a', 'ß', '日', '🦀']]);
  expect('touch', scalars.touch, [[], undefined]);
  expect('seven', scalars.seven, [[], 7]);
  expect('sink', scalars.sink, [['down it goes'], undefined]);
}

function checkLists() {
  const upTo = <T>(count: number, element: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => element(i));
  const bytes = Uint8Array.from(upTo(MANY, (i) => i % 251));
  expect('echo-bytes', lists.echoBytes, [[new Uint8Array()], []], [[bytes], bytes], [[Uint8Array.of(255, 0, 128)], [255, 0, 128]]);
  const numbers = (...v: number[]): [Int32Array] => [Int32Array.from(v)];
  expect('sum', lists.sum, [numbers(), 0n], [numbers(2147483647, 2147483647, 3), 4294967297n],
    [numbers(...upTo(MANY, (i) => i)), 49995000n]);
  expect('reverse-u64', lists.reverseU64, [[new BigUint64Array()], []],
    [[BigUint64Array.of(0n, 1n, MAX_U64, 2n ** 63n)], [2n ** 63n, MAX_U64, 1n, 0n]]);
  expect('reverse-f32', lists.reverseF32, [[Float32Array.of(1.5, -2.5, Infinity)], [Infinity, -2.5, 1.5]],
    [[Float32Array.of(NaN)], [NaN]]);
  expect('negate-all', lists.negateAll, [[[]], []], [[[true, false, false]], [false, true, true]]);
  expect('spell', lists.spell, [[[]], ''], [[['f', 'ü', '日', '\u{10ffff}']], 'fü日\u{10ffff}']);
  expect('reverse-strings', lists.reverseStrings, [[[]], []], [[['', 'zwei', 'три']], ['три', 'zwei', '']],
    [[upTo(MANY, String)], upTo(MANY, String).reverse()]);
  expect('reverse-nested', lists.reverseNested, [[[]], []],
    [[[Uint16Array.of(1, 2, 65535), new Uint16Array(), Uint16Array.of(4)]], [[4], [], [65535, 2, 1]]]);
  const by = { x: 1, y: -1 };
  expect('move-points', lists.movePoints, [[[], by], []],
    [[upTo(MANY, (i) => ({ x: i, y: 5 - i })), by], upTo(MANY, (i) => ({ x: i + 1, y: 4 - i }))],
    [[[{ x: 2147483647, y: -2147483648 }], by], [{ x: -2147483648, y: 2147483647 }]]);
  expect('reverse-lines', lists.reverseLines, [[[]], []], [[upTo(100, line)], upTo(100, line).map(exchanged).reverse()]);
  expect('swap-pairs', lists.swapPairs, [[[]], []], [[[[0, ''], [255, 'ü']]], [['', 0], ['ü', 255]]]);
  expect('next-payloads', lists.nextPayloads, [[[]], []], [[PAYLOADS.map(([before]) => before)], PAYLOADS.map(([, after]) => after)]);
  expect('next-colors', lists.nextColors, [[COLORS], ['green', 'blue', 'red']]);
  expect('reverse-options', lists.reverseOptions, [[[undefined, '', 'x']], ['x', '', undefined]]);
  expect('flip-results', lists.flipResults, [
    [[{ tag: 'ok', val: -2147483648 }, { tag: 'err', val: 'not' }, { tag: 'ok', val: 7 }, { tag: 'err', val: '' }]],
    [{ tag: 'err', val: -2147483648 }, { tag: 'ok', val: 'not' }, { tag: 'err', val: 7 }, { tag: 'ok', val: '' }],
  ]);
}

function checkCompounds() {
  expect('swap-pair', compounds.swapPair, [[[200, 'ü']], ['ü', 200]]);
  expect('turn', compounds.turn,
    ...each([line(1), line(-8)], (v) => ({ ...exchanged(v), name: v.name + '~', weight: -v.weight })));
  const largest: Everything = { a: true, b: 255, c: 32767, d: 0, e: 2 ** 32 - 1, f: 127, g: MAX_U64, h: 0.5, i: MAX_S64, j: '\u{10ffff}',
    k: 0, l: 65535, m: '', n: 2147483647, o: MAX_U64, p: 'blue', q: Uint8Array.of(1, 2, 255) };
  const after: Everything = { a: false, b: 0, c: -32768, d: 1, e: 0, f: -128, g: 0n, h: 1.5, i: MIN_S64, j: '\u{10ffff}', k: -0, l: 0,
    m: '+', n: -2147483648, o: 0n, p: 'red', q: Uint8Array.of(255, 2, 1) };
  const small: Everything = { ...after, j: 'j', k: 2, m: 'mm', o: undefined, p: 'red', q: new Uint8Array() };
  const grown = { a: true, b: 1, c: -32767, d: 2, e: 1, f: -127, g: 1n, h: 2.5, i: MIN_S64 + 1n, j: 'j', k: -2, l: 1, m: 'mm+',
    n: -2147483647, o: undefined, p: 'green', q: [] };
  expect('next-everything', compounds.nextEverything, [[largest], after], [[small], grown]);
  expect('next-payload', compounds.nextPayload, ...PAYLOADS.map(([before, after]): [[Payload], Payload] => [[before], after]));
  expect('kind', compounds.kind, ...each(PAYLOADS.map(([before]) => before), (v) => v.tag));
  expect('next-color', compounds.nextColor, [['red'], 'green'], [['green'], 'blue'], [['blue'], 'red']);
  expect('next-big', compounds.nextBig, [['c0'], 'c1'], [['c254'], 'c255'], [['c255'], 'c256'], [['c256'], 'c257'], [['c299'], 'c0']);
  const four = (set: (i: number) => boolean): Parameters<typeof compounds.invert> =>
    [flags(1, set), flags(8, set), flags(9, set), flags(32, set)];
  const some = (i: number) => i % 3 === 0;
  expect('invert', compounds.invert, [four(() => false), four(() => true)], [four(() => true), four(() => false)],
    [four(some), four((i) => !some(i))]);
  expect('next-option', compounds.nextOption, [[undefined], undefined], [[0], 1], [[2 ** 31 - 1], 2 ** 31]);
  const is = <T>(val: T): Option<T> => ({ tag: 'some', val });
  const none: Option<never> = { tag: 'none' };
  expect('next-nested', compounds.nextNested, [[none], is(undefined)], [[is(undefined)], is('new')], [[is('')], none]);
  // An option whose inner option is an object with a tag needs none itself: undefined is none, the object is some.
  const deep = [undefined, none, is(undefined), is(0), is(255)];
  expect('echo-deep', compounds.echoDeep, ...each(deep, (v) => v));
  expectOutcome('flip', compounds.flip, [[{ tag: 'ok', val: 255 }], { err: 255 }],
    [[{ tag: 'err', val: 'blue' }], { ok: 'blue' }], [[{ tag: 'err', val: 'red' }], { ok: 'red' }]);
  // Nothing in an ok and nothing in an err look alike once the tag is gone: told apart by what is thrown.
  const thrown = (v: boolean) => {
    try {
      compounds.outcome(v);
      return 'returned';
    } catch {
      return 'thrown';
    }
  };
  expect('outcome', thrown, [[true], 'returned'], [[false], 'thrown']);
  expectOutcome('only-ok', compounds.onlyOk, [[2147483647], { ok: 2147483647 }], [[-1], { err: undefined }]);
  expectOutcome('only-err', compounds.onlyErr, [[0], { ok: undefined }], [[-2147483648], { err: 'negative: -2147483648' }]);
  expectOutcome('divide', compounds.divide, [[-7, 2], { ok: -3 }], [[1, 0], { err: 'division by zero' }],
    [[-2147483648, -1], { err: 'overflow' }]);
  expectOutcome('find', compounds.find, [['ü'], { ok: { name: 'ü', from: { x: 1, y: 2 }, to: { x: 3, y: 4 }, weight: 0.5 } }],
    [['none'], { err: { tag: 'nothing' } }], [['-x'], { err: { tag: 'text', val: '-x' } }]);
  const modest: Parameters<typeof compounds.many> = [1, -2, 3, -4, 5, -6, 7n, -8n, 'neun', 10, 11, 12, 13, 14, 'fünfzehn', 16];
  const extreme: Parameters<typeof compounds.many> = [255, -128, 65535, -32768, 4294967295, -2147483648, MAX_U64, MIN_S64, '', 0, 0, 0, 0, 255, '', 4294967295];
  expect('many', compounds.many, [modest, modest.join(',')], [extreme, extreme.join(',')]);
}

function checkWide() {
  const u32s = [2 ** 32 - 1, 2 ** 32 - 2, 2 ** 31 - 1, 2 ** 31];
  expect('next-u32', scalars.nextU32, ...each(u32s, (v) => (v + 1) >>> 0));
  const s64s = [MIN_S64, MAX_S64, -1n, -2n, -(2n ** 31n)];
  expect('next-s64', scalars.nextS64, ...each(s64s, (v) => BigInt.asIntN(64, v + 1n)));
  expect('sum', lists.sum, [[Int32Array.of(-2147483648, -1)], -2147483649n]);
  expect('next-option', compounds.nextOption, [[2 ** 32 - 1], 0]);
  const smallest: Payload = { tag: 'long', val: MIN_S64 };
  expect('next-payload', compounds.nextPayload, [[smallest], smallest],
    [[{ tag: 'number', val: -0 }], { tag: 'number', val: 0 }]);
  expect('kind', compounds.kind, [[smallest], 'long']);
}

export const check = {
  runWide() {
    functions = checks = 0;
    checkWide();
    return `${functions} functions, ${checks} checks`;
  },
  run() {
    functions = checks = 0;
    expect('origin', shapes.origin, [[], { x: 7, y: -7 }]);
    checkScalars();
    checkLists();
    checkCompounds();
    return `${functions} functions, ${checks} checks`;
  },
};
