//! Titles as parts of addresses.

wit_bindgen::generate!({ path: "slug.wit", world: "slug" });

use exports::example::slug::titles::Guest;

struct Slug;

impl Guest for Slug {
    fn slug(title: String) -> String {
        let title = title.to_lowercase();
        let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-")
    }
}

export!(Slug);
