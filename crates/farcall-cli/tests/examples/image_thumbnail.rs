//! `examples/image-thumbnail`: PNG bytes go in and come out, and are read by a decoder that has nothing of the example's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::picture::Picture;
use crate::reader::Reader;

const URL: &str = "http://127.0.0.1:7071/example.images.v0_1.Thumbnails/Thumbnail";

#[tokio::test]
async fn a_picture_is_made_smaller_by_two_languages() {
    let Some(mut reader) = Reader::of("image-thumbnail") else {
        return;
    };
    assert_eq!(reader.follow().await, 4);

    let read = |name: &str| Picture::read(&std::fs::read(reader.path(name)).expect("it is there"));
    let (whole, small) = (read("picture.png"), read("thumbnail.png"));
    assert_eq!(
        (whole.width, whole.height, small.width, small.height),
        (320, 200, 64, 40)
    );
    let far = difference(&small, |x, y| whole.at(x * 5 + 2, y * 5 + 2));
    assert!(far < 4.0, "the thumbnail is {far} from the picture");

    let quarters = |width, height| {
        Picture::of(width, height, move |x, y| match (x < width / 2, y < height / 2) {
            (true, true) => [255, 0, 0],
            (false, true) => [0, 255, 0],
            (true, false) => [0, 0, 255],
            (false, false) => [255, 255, 255],
        })
    };
    for (width, height, max, (narrow, low)) in [
        (400, 100, 40, (40, 10)),
        (90, 900, 90, (9, 90)),
        (1000, 2, 100, (100, 1)),
        (64, 48, 16, (16, 12)),
    ] {
        let answer = thumbnail(&reader, &quarters(width, height).png(), max).await;
        let small = Picture::read(&bytes(&answer));
        assert_eq!(
            (small.width, small.height),
            (narrow, low),
            "{width} x {height} in {max}"
        );
        if low > 4 {
            let whole = quarters(narrow, low);
            for (x, y) in [(1, 1), (narrow - 2, 1), (1, low - 2), (narrow - 2, low - 2)] {
                assert_eq!(small.at(x, y), whole.at(x, y), "{x}, {y} of {narrow} x {low}");
            }
        }
    }

    let fits = quarters(32, 32).png();
    assert_eq!(
        bytes(&thumbnail(&reader, &fits, 32).await),
        fits,
        "it comes back as it is"
    );
    let cut = &quarters(100, 100).png()[..60];
    for (png, max, error) in [
        (&b"GIF89a and more than four and twenty bytes"[..], 9, "not a PNG"),
        (&fits, 0, "a thumbnail of no size"),
        (cut, 9, "unexpected end of file"),
    ] {
        let answer = thumbnail(&reader, png, max).await;
        assert!(
            answer["err"].as_str().is_some_and(|said| said.contains(error)),
            "{answer}"
        );
    }
}

/// How far a channel is from what is wanted, in the middle.
fn difference(picture: &Picture, wanted: impl Fn(usize, usize) -> [u8; 3]) -> f64 {
    let mut sum = 0.0;
    for y in 0..picture.height {
        for x in 0..picture.width {
            let pairs = picture.at(x, y).into_iter().zip(wanted(x, y));
            sum += pairs.map(|(one, other)| f64::from(one.abs_diff(other))).sum::<f64>();
        }
    }
    sum / (3 * picture.pixels.len()) as f64
}

async fn thumbnail(reader: &Reader, png: &[u8], max: u32) -> Value {
    let request = json!({ "png": STANDARD.encode(png), "max": max });
    std::fs::write(reader.path("request.json"), request.to_string()).expect("it can be written");
    let line = format!("curl -s -H 'content-type: application/json' -d @request.json {URL}");
    let answer = reader.run(&line).await.with(0).stdout;
    serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

fn bytes(answer: &Value) -> Vec<u8> {
    let text = answer["ok"].as_str().unwrap_or_else(|| panic!("{answer}"));
    STANDARD.decode(text).expect("base64")
}
