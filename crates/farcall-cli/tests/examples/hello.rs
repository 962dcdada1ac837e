//! `examples/hello`.

use crate::reader::Reader;

#[tokio::test]
async fn hello_in_two_processes_in_one_and_from_curl() {
    let Some(mut reader) = Reader::of("hello") else { return };
    assert_eq!(reader.follow().await, 6);
    let gone = reader.servers().pop().expect("a server");
    gone.signal("TERM").await;
    gone.ended().await.with(0);
    let line = "farcall run out/caller.wasm --link example:hello/greeting=http://127.0.0.1:7070 -- Ada";
    let ended = reader.run(line).await;
    ended.fails(1, &["example:hello/greeting", "unavailable"]);
}
