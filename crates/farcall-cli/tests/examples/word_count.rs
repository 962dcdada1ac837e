//! `examples/word-count`: the README; then a long text and a server that dies under a call.

use std::collections::HashMap;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use crate::harness::{Server, run, text, within};
use crate::reader::Reader;

const PIPELINE: &str = "exec farcall run out/pipeline.wasm --deadline 10m --dir long::/texts \
    --link example:words/counter=http://127.0.0.1:7071,http://127.0.0.1:7072,http://127.0.0.1:7073 \
    --invoke 'most-frequent(1000)'";

#[tokio::test]
async fn a_server_of_three_dies_and_every_word_is_counted_once() {
    let Some(mut reader) = Reader::of("word-count") else {
        return;
    };
    assert_eq!(reader.follow().await, 5);
    let made = "mkdir long && cp texts/harbour.txt long/ && python3 make-text.py 6 > long/text.txt";
    reader.run(made).await.with(0);
    let mut expected = HashMap::new();
    for name in ["harbour.txt", "text.txt"] {
        count(
            &std::fs::read_to_string(reader.path("long").join(name)).expect("it is there"),
            &mut expected,
        );
    }

    let mut pipeline = reader.shell(PIPELINE).spawn().expect("there is a shell");
    let mut stderr = BufReader::new(pipeline.stderr.take().expect("a pipe"));
    let mut said = String::new();
    while !said.contains("pieces counted") {
        let read = within(stderr.read_line(&mut said)).await.expect("it can be read");
        assert!(read > 0, "it ended before it counted:\n{said}");
    }
    // It is held until a request lies there unread, so that it certainly dies under a call.
    let dead = reader.servers().remove(1);
    let url = dead.url().to_owned();
    within(held_with_a_request(&dead, &url)).await;
    dead.signal("KILL").await;
    assert_eq!(dead.ended().await.code, None);

    let mut stdout = String::new();
    let mut pipe = pipeline.stdout.take().expect("a pipe");
    let reading = async { tokio::join!(pipe.read_to_string(&mut stdout), stderr.read_to_string(&mut said)) };
    let (one, other) = within(reading).await;
    one.and(other).expect("both can be read");
    let status = within(pipeline.wait()).await.expect("it is waited for");
    assert!(status.success(), "{status}\n{said}");
    assert_eq!(stdout.trim_end(), tallies(expected), "{said}");
    assert!(said.contains("once more, after: "), "{said}");
    assert!(said.contains(&format!("{url} is left out for now")), "{said}");
}

#[tokio::test]
async fn without_a_server_the_pipeline_says_what_it_could_not_call() {
    let Some(reader) = Reader::of("word-count") else { return };
    // Closed as soon as it is known: nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let (file, texts) = (reader.path("out/pipeline.wasm"), reader.path("texts"));
    let (dir, link) = (
        format!("{}::/texts", text(&texts)),
        format!("example:words/counter=http://{address}"),
    );
    let invoke = "most-frequent(3)";
    let ended = run(&["run", text(&file), "--dir", &dir, "--link", &link, "--invoke", invoke]).await;
    let ended = ended.with(0);
    let begin = ended.stdout.split_at_checked(18).map(|(begin, _)| begin);
    assert_eq!(begin, Some("err(\"unavailable: "), "{ended:?}");
    assert!(ended.stdout.contains(&address.to_string()), "{ended:?}");
}

/// Stops the server, and lets it go on and stops it again where it had read its last request already: the pipeline sends no more
/// until that one is answered.
async fn held_with_a_request(server: &Server, url: &str) {
    loop {
        server.signal("STOP").await;
        if tokio::time::timeout(Duration::from_secs(2), unread(url)).await.is_ok() {
            return;
        }
        server.signal("CONT").await;
    }
}

/// Until a server that does not run has been sent more than what HTTP/2 needs for itself.
async fn unread(url: &str) {
    let port: u16 = url
        .rsplit(':')
        .next()
        .and_then(|port| port.parse().ok())
        .expect("a port");
    loop {
        let sockets = std::fs::read_to_string("/proc/net/tcp").expect("Linux");
        let waiting = sockets.lines().filter_map(|line| {
            // sl, local address, remote address, state, what is to be sent and to be received.
            let mut fields = line.split_whitespace().skip(1);
            let is_here = fields.next()?.ends_with(&format!(":{port:04X}"));
            let (_, received) = fields.nth(2)?.split_once(':')?;
            is_here.then(|| usize::from_str_radix(received, 16).ok())?
        });
        if waiting.max().is_some_and(|most| most > 4096) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The rule of `words.wit`, by other means than the example's.
fn count(text: &str, words: &mut HashMap<String, u64>) {
    for word in text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic()) {
        if !word.is_empty() {
            *words.entry(word.to_ascii_lowercase()).or_default() += 1;
        }
    }
}

/// All of them as `run` prints them.
fn tallies(words: HashMap<String, u64>) -> String {
    let mut words: Vec<(String, u64)> = words.into_iter().collect();
    words.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    assert!(
        words.len() < 1000,
        "{} words: the pipeline is asked for 1000",
        words.len()
    );
    let words: Vec<String> = words
        .into_iter()
        .map(|(word, times)| format!("{{word: \"{word}\", times: {times}}}"))
        .collect();
    format!("ok([{}])", words.join(", "))
}
