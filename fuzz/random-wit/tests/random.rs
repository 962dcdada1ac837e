//! Random WIT: whatever world there is renders to text that parses back to the same functions.
//!
//! The generator is wit-smith's; values of random types are the codec's matter.

use arbitrary::Unstructured;
use farcall_wit::wit_parser::decoding::decode;
use farcall_wit::{Fingerprint, Wit, diff};
use random_wit::noise;

fn functions(wit: &Wit) -> Vec<(String, String, Fingerprint)> {
    let functions = wit.exports().into_iter().flat_map(|interface| {
        let name = interface.name.to_string();
        interface
            .functions
            .into_iter()
            .map(move |f| (name.clone(), f.name.clone(), f.fingerprint()))
    });
    let mut functions: Vec<_> = functions.collect();
    functions.sort();
    functions
}

#[test]
fn every_world_renders_to_text_that_parses_back() {
    let config = wit_smith::Config {
        max_world_items: 20,
        max_interface_items: 20,
        async_: true,
        futures: true,
        streams: true,
        fixed_length_lists: true,
        ..Default::default()
    };
    let mut seen = 0;
    for seed in 1..4000 {
        let Ok(bytes) = wit_smith::smith(&config, &mut Unstructured::new(&noise(seed))) else {
            continue;
        };
        let decoded = decode(&bytes).unwrap();
        let resolve = decoded.resolve();
        for (world, _) in resolve.worlds.iter() {
            let wit = Wit::new(resolve.clone(), world);
            let served = wit.served(|_| true);
            for wit in [&wit, &served] {
                let text = wit.render();
                let again = Wit::from_text("rendered.wit", &text, None);
                let again = again.unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
                assert_eq!(functions(&again), functions(wit), "seed {seed}: {text}");
            }
            assert_eq!(functions(&served), functions(&wit), "seed {seed}");
            assert_eq!(diff(&wit, &served).changes, [], "seed {seed}");
            seen += functions(&wit).len();
        }
    }
    assert!(seen > 500, "only {seen} functions were rendered");
}
