// The caller of functions that fail: in JavaScript an error is thrown, with its value as `payload`.

import * as remote from 'test:failures/remote@0.1.0';

const said = ({ code, message }) => `${code}: ${message}`;

export const check = {
  guarded(what) {
    try {
      return String(remote.guarded(what));
    } catch (error) {
      return said(error.payload);
    }
  },

  cased(what) {
    try {
      return String(remote.cased(what));
    } catch ({ payload: { tag, val } }) {
      return tag === 'call' ? `call ${said(val)}` : `refused ${val}`;
    }
  },

  worded(what) {
    try {
      return String(remote.worded(what));
    } catch (error) {
      return `worded ${error.payload}`;
    }
  },

  bare(what) {
    return String(remote.bare(what));
  },
};
