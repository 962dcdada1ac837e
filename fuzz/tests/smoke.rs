//! Every target over its seeds and a fixed number of mutations of them, the same in every run.
//!
//! Finds what lies near the surface in seconds; `cargo +nightly fuzz` digs.

use farcall_fuzz::{
    DECODER, ENVELOPE, JSON, LOADER, NAMES, PROTO, SCRIPT, TEXT, Target, WIT_TEXT, json_seeds, proto_seeds, script_seed,
};

/// Bytes that look random and are the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap()
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        (0..count).map(|_| self.next() as u8).collect()
    }
}

/// One to four small changes: a byte, a bit, a row cut out, put in, doubled, or one of `words`.
fn mutated(seed: &[u8], words: &[&[u8]], noise: &mut Noise) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..noise.below(4) + 1 {
        let at = noise.below(data.len() + 1);
        let length = noise.below(16).min(data.len() - at);
        match noise.below(7) {
            0 if at < data.len() => data[at] ^= 1 << noise.below(8),
            1 if at < data.len() => data[at] = noise.next() as u8,
            2 => drop(data.drain(at..at + length)),
            3 => drop(data.splice(at..at, noise.bytes(8))),
            4 => {
                let row = data[at..at + length].to_vec();
                drop(data.splice(at..at, row));
            }
            5 => data.truncate(at),
            _ => {
                let word = words[noise.below(words.len())];
                let end = at + length.min(noise.below(word.len() + 1));
                drop(data.splice(at..end, word.iter().copied()));
            }
        }
    }
    data
}

/// Runs the seeds, then `rounds` mutations. Tells the worst use of memory that it saw.
fn smoke(target: &Target, seeds: &[Vec<u8>], words: &[&[u8]], rounds: usize) {
    let mut noise = Noise(7);
    let mut worst = (0, 0);
    let mut check = |data: &[u8]| worst = worst.max((target.check(data), data.len()));
    seeds.iter().for_each(|seed| check(seed));
    for _ in 0..rounds {
        let seed = &seeds[noise.below(seeds.len())];
        check(&mutated(seed, words, &mut noise));
    }
    let (peak, of) = worst;
    println!(
        "{}: {rounds} rounds, at most {peak} bytes held, for {of} of input",
        target.name
    );
}

const LENGTHS: [&[u8]; 7] = [
    b"\x00",
    b"\x01",
    b"\x80",
    b"\xff\xff\xff\xff\x0f",
    b"\xff\xff\xff\x7f",
    b"\x80\x80\x04",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
];

/// spec: V-9, V-18
#[test]
fn the_decoder_takes_any_bytes() {
    let mut noise = Noise(1);
    let mut seeds: Vec<Vec<u8>> = (0..400).map(|_| noise.bytes(200)).collect();
    // A list of lists of lists, of records and of flags, with room for what they announce.
    for ty in [[17, 17, 17, 0], [17, 28, 1, 12], [18, 16, 39, 0], [17, 23, 20, 3]] {
        seeds.push([&ty[..], b"\xff\xff\x03", &[0; 4000]].concat());
        seeds.push([&ty[..], b"\xa0\x1f", &[1; 4000]].concat());
    }
    smoke(&DECODER, &seeds, &LENGTHS, 60_000);
}

#[test]
fn a_value_s_text_may_be_any_text() {
    let mut noise = Noise(2);
    let texts = [
        "[1, 2, 3]",
        "{a: 1, b: some(2)}",
        "\"\\u{1F600}\\n\"",
        "'x'",
        "ok(err(none))",
        "(1, -2, 3.5e10)",
        "%some",
        "inf",
        "{:}",
        "-0.0000001",
        "[[[[]]]]",
        "{n0, n1}",
        "// c\n1",
    ];
    let mut seeds = Vec::new();
    for text in texts {
        for _ in 0..40 {
            seeds.push([noise.bytes(6).as_slice(), text.as_bytes()].concat());
        }
    }
    seeds.push([&[17, 17, 17, 17, 17, 17, 17][..], "[".repeat(2000).as_bytes()].concat());
    seeds.push([&[23][..], "some(".repeat(500).as_bytes()].concat());
    let words: [&[u8]; 10] = [
        b"[",
        b"]",
        b"{",
        b"}",
        b"(",
        b"\"",
        b"\\u{110000}",
        b"some(",
        b"'",
        "\u{fe0f}\u{1f468}".as_bytes(),
    ];
    smoke(&TEXT, &seeds, &words, 60_000);
}

/// spec: T-9
#[test]
fn a_call_s_text_may_be_any_text() {
    let mut noise = Noise(4);
    let texts = [
        "(invoke \"f\" (i32.const -1))",
        "(invoke \"demo:calc/ops.f\" (u8.const 255))",
        "(invoke \"f\" (s64.const 0x_7)) ;; more",
        "(invoke \"f\" (f32.const nan:0x200000))",
        "(invoke \"f\" (f64.const -0x1.8p3))",
        "(invoke \"f\" (str.const \"a\\n\\u{1F600}\\ff\"))",
        "(invoke \"f\" (char.const \"x\"))",
        "(invoke \"f\" (bool.const true))",
        "(invoke \"f\" (list.const (u8.const 1) (u8.const 2)))",
        "(invoke \"f\" (record.const (field \"a\" u32.const 1)))",
        "(invoke \"f\" (tuple.const (u8.const 1) (str.const \"\")))",
        "(invoke \"f\" (variant.const \"some\" (f64.const 1)))",
        "(invoke \"f\" (enum.const \"some\"))",
        "(invoke \"f\" (flags.const \"some\" \"ok\"))",
        "(invoke \"f\" (option.some (option.none)))",
        "(invoke \"f\" (result.err))",
        "(; (; ;) ;) (invoke \"\")",
    ];
    let mut seeds = Vec::new();
    for text in texts {
        for kind in 0..32 {
            seeds.push([&[kind][..], &noise.bytes(4), text.as_bytes()].concat());
        }
    }
    // Calls of values of many types: what is near them parses often.
    let called: Vec<Vec<u8>> = (0..4_000).filter_map(|_| script_seed(&noise.bytes(40))).collect();
    assert!(called.len() > 500, "{} values", called.len());
    seeds.extend(called);
    let deep = format!("(invoke \"f\" {}", "(option.some ".repeat(500));
    seeds.push([&[23, 23, 23][..], deep.as_bytes()].concat());
    let wide = format!("(invoke \"f\" (list.const{}))", " (u8.const 1)".repeat(400));
    seeds.push([&[17, 1][..], wide.as_bytes()].concat());
    seeds.push([&[17, 1][..], "(".repeat(4000).as_bytes()].concat());
    let words: [&[u8]; 12] = [
        b"(",
        b")",
        b"\"",
        b"(invoke ",
        b"(list.const ",
        b"(u8.const 256)",
        b"nan:0x",
        b"(;",
        b";;\n",
        b"$m ",
        b"\\u{110000}",
        "\u{202e}\u{1f468}".as_bytes(),
    ];
    smoke(&SCRIPT, &seeds, &words, 40_000);
}

#[test]
fn a_message_of_protobuf_may_be_any_bytes() {
    let mut noise = Noise(5);
    let mut seeds = proto_seeds();
    for function in 0..9 {
        seeds.extend((0..4).map(|_| [&[function][..], &noise.bytes(60)].concat()));
        // Elements, and maps' entries, of nothing: the least that a message says for the most that it makes.
        seeds.push([&[function][..], &[10, 0].repeat(2000)].concat());
        // A text, or a message in one in one.
        seeds.push([&[function, 10, 0x80, 4][..], &[0; 512]].concat());
        seeds.push(vec![function, 10, 6, 10, 4, 10, 2, 10, 0]);
    }
    smoke(&PROTO, &seeds, &LENGTHS, 60_000);
}

#[test]
fn a_message_of_json_may_be_any_text() {
    let mut seeds = json_seeds();
    for function in 0..9 {
        for text in [
            "{}",
            "null",
            r#"{"v":null}"#,
            r#"{"v":[{"a":{"x":1}},{"c":{}}],"result":{"c":{}}}"#,
        ] {
            seeds.push([&[function][..], text.as_bytes()].concat());
        }
        seeds.push([&[function][..], r#"{"v":"#.repeat(300).as_bytes()].concat());
        seeds.push(
            [
                &[function][..],
                format!(r#"{{"v":[{}{{}}]}}"#, "{},".repeat(1000)).as_bytes(),
            ]
            .concat(),
        );
        seeds.push(
            [
                &[function][..],
                format!(r#"{{"v":[{}{{}}]}}"#, r#"{"c":{}},"#.repeat(1000)).as_bytes(),
            ]
            .concat(),
        );
    }
    let words: [&[u8]; 12] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b":",
        b",",
        b"null",
        b"1e999",
        b"\\ud800",
        b"\"v\":",
        b"\"result\":",
    ];
    smoke(&JSON, &seeds, &words, 60_000);
}

/// spec: C-5, H-5
#[test]
fn a_body_may_be_any_bytes() {
    let mut noise = Noise(3);
    let mut seeds = vec![
        b"\x00\x01\x00\x00\x00\x00\x03abc".to_vec(),
        b"\x00\xff\x00\xff\xff\xff\xff123".to_vec(),
    ];
    seeds.push([&[200, 1, 0, 0, 0, 0xff, 0xff][..], &[7; 65_535]].concat());
    seeds.extend((0..100).map(|_| [&[1, 1, 0, 0, 0, 0][..], &noise.bytes(40)].concat()));
    smoke(&ENVELOPE, &seeds, &LENGTHS, 20_000);
}

#[test]
fn a_name_may_be_any_text() {
    let texts = [
        "demo:calc/ops@0.1.0.add(1, 2)",
        "demo:calc/ops@0.2.6-rc.1+b.2",
        "ops.add-one(\"a\")",
        "iDhNWzf4ZM8EmMUppPYQLA",
        "my-org:web-store/JSON-2-x",
        "word_count",
        "größe",
    ];
    let seeds: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    let words: [&[u8]; 9] = [
        b":",
        b"/",
        b"@",
        b".",
        b"-",
        b"(",
        b")",
        b"99999999999999999999",
        "é".as_bytes(),
    ];
    smoke(&NAMES, &seeds, &words, 60_000);
}

const WIT: &str = "package a:b@0.1.0;
interface i {
  use j.{r as q};
  /// Docs.
  record p { x: s32, %type: option<string> }
  variant v { a(p), b(list<u8, 3>), c }
  flags f { x, y } enum e { x, y-Z }
  resource res { constructor(a: u8); m: func(); s: static func() -> res; }
  @since(version = 0.1.0) g: async func(p: p, v: v, q: borrow<q>) -> result<map<string, f>, e>;
}
interface j { resource r; h: func(s: stream<u8>) -> future<tuple<u8, char>>; }
world w { import j; export i; export k: interface { n: func(e: error-context); } export run: func(); }
";

#[test]
fn a_servers_wit_may_be_any_text() {
    let nested = format!("package a:b; interface i {{ f: func(x: {}u8); }}", "list<".repeat(300));
    let mut chain = "package a:b; interface i { type t0 = list<u8>;".to_owned();
    for i in 1..80 {
        chain += &format!("type t{i} = tuple<t{0}, t{0}>;", i - 1);
    }
    chain += "f: func(x: t79); }";
    let blocks = WIT.replace(
        "package a:b@0.1.0;",
        "package c:d { interface z {} } package a:b@0.1.0 {",
    ) + "}";
    let seeds = [WIT.into(), nested.into(), chain.into(), blocks.into()];
    let words: [&[u8]; 14] = [
        b"list<",
        b">",
        b"{",
        b"}",
        b";",
        b"%",
        b"@",
        b"use ",
        b"package ",
        b"a:b",
        b"resource ",
        b"own<",
        b"world ",
        b"include w;",
    ];
    smoke(&WIT_TEXT, &seeds, &words, 6_000);
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/../guests/fixtures/{name}.wasm", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn a_component_may_be_any_bytes() {
    let demo = std::fs::read(format!(
        "{}/../crates/farcall-cli/demo/calc.wasm",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap();
    let names = [
        "extras-callee-rust",
        "extras-caller-rust",
        "values-callee-c",
        "values-caller-c",
        "shop",
    ];
    let mut seeds: Vec<Vec<u8>> = names.map(fixture).into();
    seeds.push(demo.clone());
    // The interfaces stand at the end of a component: what is changed there is what is loaded.
    let tails: Vec<Vec<u8>> = seeds.clone();
    smoke(&LOADER, &tails, &LENGTHS, 250);
    let mut noise = Noise(9);
    for _ in 0..1_500 {
        let mut data = demo.clone();
        let tail = data.len() - data.len().min(4_000);
        for _ in 0..noise.below(3) + 1 {
            let at = tail + noise.below(data.len() - tail);
            data[at] = if noise.below(2) == 0 {
                data[at] ^ (1 << noise.below(8))
            } else {
                noise.next() as u8
            };
        }
        LOADER.check(&data);
    }
}
