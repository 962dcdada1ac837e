// The front: decides how large a thumbnail is, and has it made by `resize`, wherever that is.

import { resize } from 'example:images/resize@0.1.0';

// Every PNG begins with this, and goes on with the length and the name of its first chunk, the width and the height.
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function sizeOf(png) {
  if (png.length < 24 || SIGNATURE.some((byte, index) => png[index] !== byte)) throw 'not a PNG';
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

export const thumbnails = {
  thumbnail(png, max) {
    if (max === 0) throw 'a thumbnail of no size';
    const { width, height } = sizeOf(png);
    const longest = Math.max(width, height);
    if (longest <= max) return png;
    const shrunk = (side) => Math.max(1, Math.round((side * max) / longest));
    try {
      return resize(png, { width: shrunk(width), height: shrunk(height) });
    } catch (error) {
      // A result's error arrives as the payload of an exception, and leaves as what is thrown.
      throw error.payload ?? String(error);
    }
  },
};
