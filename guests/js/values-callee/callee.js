// The values callee: exports every interface of `test:values`. What each function does is said in its WIT.

const COLORS = ['red', 'green', 'blue'];
const nextColor = (color) => COLORS[(COLORS.indexOf(color) + 1) % COLORS.length];
const exchangeEnds = (line) => ({ ...line, from: line.to, to: line.from });
const reversed = (list) => list.slice().reverse();

function nextPayload(payload) {
  switch (payload.tag) {
    case 'number':
      return { tag: 'number', val: -payload.val };
    case 'long':
      return { tag: 'long', val: BigInt.asIntN(64, -payload.val) };
    case 'text':
      return { tag: 'text', val: payload.val + '!' };
    case 'place':
      return { tag: 'place', val: { x: payload.val.y, y: payload.val.x } };
    default:
      return payload;
  }
}

function inverted(flags, count) {
  const others = {};
  for (let i = 0; i < count; i++) others['b' + i] = !flags['b' + i];
  return others;
}

export const shapes = {
  origin: () => ({ x: 7, y: -7 }),
};

export const scalars = {
  negate: (v) => !v,
  nextU8: (v) => (v + 1) & 0xff,
  nextS8: (v) => ((v + 1) << 24) >> 24,
  nextU16: (v) => (v + 1) & 0xffff,
  nextS16: (v) => ((v + 1) << 16) >> 16,
  nextU32: (v) => (v + 1) >>> 0,
  nextS32: (v) => (v + 1) | 0,
  nextU64: (v) => BigInt.asUintN(64, v + 1n),
  nextS64: (v) => BigInt.asIntN(64, v + 1n),
  echoF32: (v) => v,
  echoF64: (v) => v,
  subtractF64: (a, b) => a - b,
  echoChar: (v) => v,
  swapChars: (a, b) => [b, a],
  echoString: (v) => v,
  join: (a, b, c, separator) => [a, b, c].join(separator),
  split: (text) => [...text],
  touch() {},
  seven: () => 7,
  sink(text) {},
};

export const lists = {
  echoBytes: (v) => v,
  sum(v) {
    let sum = 0n;
    for (const number of v) sum += BigInt(number);
    return sum;
  },
  reverseU64: reversed,
  reverseF32: reversed,
  negateAll: (v) => v.map((b) => !b),
  spell: (v) => v.join(''),
  reverseStrings: reversed,
  reverseNested: (v) => v.map(reversed).reverse(),
  movePoints: (v, by) => v.map(({ x, y }) => ({ x: (x + by.x) | 0, y: (y + by.y) | 0 })),
  reverseLines: (v) => v.map(exchangeEnds).reverse(),
  swapPairs: (v) => v.map(([number, text]) => [text, number]),
  nextPayloads: (v) => v.map(nextPayload),
  nextColors: (v) => v.map(nextColor),
  reverseOptions: reversed,
  flipResults: (v) => v.map(({ tag, val }) => ({ tag: tag === 'ok' ? 'err' : 'ok', val })),
};

export const compounds = {
  swapPair: ([number, text]) => [text, number],
  turn(v) {
    const line = exchangeEnds(v);
    return { ...line, name: line.name + '~', weight: -line.weight };
  },
  nextEverything: (v) => ({
    a: !v.a,
    b: (v.b + 1) & 0xff,
    c: ((v.c + 1) << 16) >> 16,
    d: (v.d + 1) & 0xff,
    e: (v.e + 1) >>> 0,
    f: ((v.f + 1) << 24) >> 24,
    g: BigInt.asUintN(64, v.g + 1n),
    h: v.h + 1,
    i: BigInt.asIntN(64, v.i + 1n),
    j: v.j,
    k: -v.k,
    l: (v.l + 1) & 0xffff,
    m: v.m + '+',
    n: (v.n + 1) | 0,
    o: v.o === undefined ? undefined : BigInt.asUintN(64, v.o + 1n),
    p: nextColor(v.p),
    q: reversed(v.q),
  }),
  nextPayload,
  kind: (v) => v.tag,
  nextColor,
  nextBig: (v) => 'c' + ((Number(v.slice(1)) + 1) % 300),
  invert: (a, b, c, d) => [inverted(a, 1), inverted(b, 8), inverted(c, 9), inverted(d, 32)],
  nextOption: (v) => (v === undefined ? undefined : (v + 1) >>> 0),
  // An option of an option is an object with a tag, so that none and some(none) differ.
  nextNested(v) {
    if (v === undefined || v.tag === 'none') return { tag: 'some', val: undefined };
    return v.val === undefined ? { tag: 'some', val: 'new' } : { tag: 'none' };
  },
  echoDeep: (v) => v,
  flip: ({ tag, val }) => {
    if (tag === 'ok') throw val;
    return val;
  },
  outcome(v) {
    if (!v) throw undefined;
  },
  onlyOk(v) {
    if (v < 0) throw undefined;
    return v;
  },
  onlyErr(v) {
    if (v < 0) throw `negative: ${v}`;
  },
  divide(a, b) {
    if (b === 0) throw 'division by zero';
    if (a === -(2 ** 31) && b === -1) throw 'overflow';
    return Math.trunc(a / b);
  },
  find(name) {
    if (name === 'none') throw { tag: 'nothing' };
    if (name.startsWith('-')) throw { tag: 'text', val: name };
    return { name, from: { x: 1, y: 2 }, to: { x: 3, y: 4 }, weight: 0.5 };
  },
  many: (...parameters) => parameters.join(','),
};
