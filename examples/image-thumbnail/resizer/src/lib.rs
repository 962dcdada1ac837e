//! The resizer: PNG in, PNG out, with the crate `image` as it is.

wit_bindgen::generate!({ path: "../wit", world: "resizer" });

use std::io::Cursor;

use example::images::sizes::Size;
use exports::example::images::resize::Guest;
use image::imageops::FilterType;
use image::{ImageFormat, ImageReader, Limits};

struct Resizer;

impl Guest for Resizer {
    fn resize(png: Vec<u8>, to: Size) -> Result<Vec<u8>, String> {
        resize(&png, to).map_err(|error| error.to_string())
    }
}

fn resize(png: &[u8], to: Size) -> image::ImageResult<Vec<u8>> {
    let mut reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
    // A few bytes can claim to be a picture of gigabytes.
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let small = reader.decode()?.resize_exact(to.width, to.height, FilterType::Triangle);
    let mut bytes = Cursor::new(Vec::new());
    small.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

const MOST_MEMORY: u64 = 128 * 1024 * 1024;

export!(Resizer);
