//! PNG pictures of 8 bits a channel, written and read without the crate that the examples use. Knows no palette, no interlacing.

use std::io::{Read, Write};

use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// A picture: red, green and blue of each pixel, row after row.
#[derive(Debug, PartialEq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// A picture whose pixels are told by their place.
    pub fn of(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 3]) -> Picture {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Picture {
            width,
            height,
            pixels: places.map(|(x, y)| pixel(x, y)).collect(),
        }
    }

    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.pixels[y * self.width + x]
    }

    /// As a PNG, rows unfiltered.
    pub fn png(&self) -> Vec<u8> {
        let mut header = Vec::new();
        for side in [self.width, self.height] {
            header.extend(u32::try_from(side).expect("a side").to_be_bytes());
        }
        header.extend([8, RGB, 0, 0, 0]);
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        for row in self.pixels.chunks(self.width) {
            packed.write_all(&[0]).expect("memory");
            packed.write_all(row.as_flattened()).expect("memory");
        }
        let mut png = SIGNATURE.to_vec();
        let data = packed.finish().expect("memory");
        for (name, data) in [(b"IHDR", header), (b"IDAT", data), (b"IEND", Vec::new())] {
            png.extend(u32::try_from(data.len()).expect("a length").to_be_bytes());
            let mut crc = Crc::new();
            crc.update(name);
            crc.update(&data);
            png.extend(name);
            png.extend(data);
            png.extend(crc.sum().to_be_bytes());
        }
        png
    }

    /// Reads a PNG; every checksum is looked at, what is transparent must be opaque.
    pub fn read(png: &[u8]) -> Picture {
        let mut rest = png.strip_prefix(SIGNATURE).expect("a signature");
        let (mut header, mut packed, mut ended) = (Vec::new(), Vec::new(), false);
        while !ended {
            let (length, name) = (number(&rest[..4]), &rest[4..8]);
            let (data, sum) = (&rest[8..8 + length], number(&rest[8 + length..12 + length]));
            let mut crc = Crc::new();
            crc.update(&rest[4..8 + length]);
            assert_eq!(crc.sum() as usize, sum, "the checksum of {name:?}");
            match name {
                b"IHDR" => header.extend(data),
                b"IDAT" => packed.extend(data),
                b"IEND" => ended = true,
                _ => {}
            }
            rest = &rest[12 + length..];
        }
        assert_eq!(rest, b"", "nothing stands behind the end");
        let (width, height) = (number(&header[..4]), number(&header[4..8]));
        let channels = match header[8..] {
            [8, RGB, 0, 0, 0] => 3,
            [8, RGBA, 0, 0, 0] => 4,
            ref other => panic!("no 8-bit RGB: {other:?}"),
        };
        let mut raw = Vec::new();
        ZlibDecoder::new(&packed[..]).read_to_end(&mut raw).expect("zlib");
        assert_eq!(raw.len(), height * (1 + width * channels));
        let bytes = unfiltered(&raw, width * channels, channels);
        let pixel = |pixel: &[u8]| {
            assert!(pixel.get(3).is_none_or(|alpha| *alpha == 255), "{pixel:?}");
            [pixel[0], pixel[1], pixel[2]]
        };
        Picture {
            width,
            height,
            pixels: bytes.chunks(channels).map(pixel).collect(),
        }
    }
}

/// PNG, second edition, section 9: each row begins with its filter.
fn unfiltered(raw: &[u8], stride: usize, channels: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = Vec::new();
    for (row, line) in raw.chunks(stride + 1).enumerate() {
        for column in 0..stride {
            let here = row * stride + column;
            let left = if column < channels { 0 } else { bytes[here - channels] };
            let above = if row == 0 { 0 } else { bytes[here - stride] };
            let corner = match row == 0 || column < channels {
                true => 0,
                false => bytes[here - stride - channels],
            };
            let guess = match line[0] {
                0 => 0,
                1 => left,
                2 => above,
                3 => u8::midpoint(left, above),
                4 => nearest(left, above, corner),
                other => panic!("filter {other}"),
            };
            bytes.push(line[column + 1].wrapping_add(guess));
        }
    }
    bytes
}

/// Paeth's predictor.
fn nearest(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let distance = |from: u8| (guess - i16::from(from)).abs();
    if distance(left) <= distance(above) && distance(left) <= distance(corner) {
        left
    } else if distance(above) <= distance(corner) {
        above
    } else {
        corner
    }
}

fn number(bytes: &[u8]) -> usize {
    let bytes = bytes.try_into().expect("four bytes");
    u32::from_be_bytes(bytes) as usize
}

#[test]
fn what_is_written_is_read() {
    let picture = Picture::of(7, 5, |x, y| [x as u8 * 30, y as u8 * 50, 200]);
    assert_eq!(Picture::read(&picture.png()), picture);
}

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const RGB: u8 = 2;
const RGBA: u8 = 6;
