//! `examples/faas`: the README, and what it tells of files that come later.

use crate::harness::{Server, run, text};
use crate::reader::Reader;

const VISIT: &str =
    "curl -s -H 'content-type: application/json' -d '{\"page\": \"home\"}' URL/example.visits.v1.Pages/Visit";

#[tokio::test]
async fn a_folder_of_functions_in_three_languages_is_called_from_curl() {
    let Some(mut reader) = Reader::of("faas") else { return };
    assert_eq!(reader.follow().await, 9);

    // The servers of the README: the folder alone, then what farcall.toml says.
    let [folder, configured] = &reader.servers()[..] else {
        panic!("two servers");
    };
    let (folder, configured) = (folder.url().to_owned(), configured.url().to_owned());
    let inspected = run(&["inspect", &configured]).await.with(0).stdout;
    for name in ["calendar", "checksum", "slug", "visits"] {
        assert!(inspected.contains(&format!("// component: {name}")), "{inspected}");
    }

    // A file that comes later is not served, until the server is started again.
    let (from, to) = (reader.path("out/visits.wasm"), reader.path("out/functions/visits.wasm"));
    std::fs::copy(from, &to).expect("it can be copied");
    let visit = |url: &str| VISIT.replace("URL", url);
    let missed = reader.run(&visit(&folder)).await.with(0).stdout;
    assert!(missed.contains("\"unimplemented\""), "{missed}");
    let again = Server::start(&[text(&reader.path("out/functions"))]).await;
    let answer = reader.run(&visit(again.url())).await.with(0).stdout;
    assert_eq!(answer, r#"{"result":1}"#);
    // `fresh`, which a folder's functions are unless it is said otherwise, counts from the start in each call.
    let answer = reader.run(&visit(again.url())).await.with(0).stdout;
    assert_eq!(answer, r#"{"result":1}"#);

    // One function, two files: which one is meant, nobody can tell.
    let config = reader.path("farcall.toml");
    let refused = run(&["serve", "--listen", "127.0.0.1:0", "--config", text(&config)]).await;
    refused.fails(1, &["example:visits/pages", "visits.wasm"]);
}
