//! The components, each in one entry. What an entry means is `recipe.rs`'s.

use super::recipe::{Engine, Recipe, Source};

const PLAIN: &str = "wasm32-unknown-unknown";
const WASI: &str = "wasm32-wasip2";
const WASI_1: &str = "wasm32-wasip1";

/// Every component, the quick ones first.
pub const RECIPES: &[Recipe] = &[
    rust("calc", "calc", PLAIN, "calc", Some("crates/farcall-cli/demo/calc.wasm")),
    rust(
        "calc-client",
        "calc-client",
        PLAIN,
        "calc",
        Some("crates/farcall-cli/demo/calc-client.wasm"),
    ),
    rust(
        "values-callee-rust",
        "values-callee",
        PLAIN,
        "values",
        Some("guests/fixtures/values-callee-rust.wasm"),
    ),
    rust(
        "values-caller-rust",
        "values-caller",
        PLAIN,
        "values",
        Some("guests/fixtures/values-caller-rust.wasm"),
    ),
    rust("values-callee-rust-wasi", "values-callee", WASI, "values", None),
    rust(
        "extras-callee-rust",
        "extras-callee",
        PLAIN,
        "extras",
        Some("guests/fixtures/extras-callee-rust.wasm"),
    ),
    rust(
        "extras-caller-rust",
        "extras-caller",
        PLAIN,
        "extras",
        Some("guests/fixtures/extras-caller-rust.wasm"),
    ),
    rust(
        "bench-callee",
        "bench-callee",
        PLAIN,
        "bench",
        Some("guests/fixtures/bench-callee.wasm"),
    ),
    rust(
        "bench-caller",
        "bench-caller",
        PLAIN,
        "bench",
        Some("guests/fixtures/bench-caller.wasm"),
    ),
    rust(
        "failures-callee",
        "failures-callee",
        PLAIN,
        "failures",
        Some("guests/fixtures/failures-callee.wasm"),
    ),
    rust(
        "failures-caller-rust",
        "failures-caller",
        PLAIN,
        "failures",
        Some("guests/fixtures/failures-caller-rust.wasm"),
    ),
    rust("shop", "shop", WASI, "shop", Some("guests/fixtures/shop.wasm")),
    rust(
        "hostile",
        "hostile",
        WASI,
        "hostile",
        Some("guests/fixtures/hostile.wasm"),
    ),
    rust(
        "interop",
        "interop",
        PLAIN,
        "interop",
        Some("guests/fixtures/interop.wasm"),
    ),
    rust(
        "conformance",
        "conformance",
        WASI,
        "conformance",
        Some("guests/fixtures/conformance.wasm"),
    ),
    rust(
        "device-client",
        "device-client",
        WASI_1,
        "calc",
        Some("guests/fixtures/device-client.wasm"),
    ),
    rust(
        "device-server",
        "device-server",
        WASI_1,
        "calc",
        Some("guests/fixtures/device-server.wasm"),
    ),
    c_module(
        "device-client-c",
        "device-client/client.c",
        "guests/fixtures/device-client-c.wasm",
    ),
    c_module(
        "device-server-c",
        "device-server/server.c",
        "guests/fixtures/device-server-c.wasm",
    ),
    c(
        "values-callee-c",
        "values-callee",
        "callee",
        "values",
        Some("guests/fixtures/values-callee-c.wasm"),
    ),
    c(
        "values-caller-c",
        "values-caller",
        "caller",
        "values",
        Some("guests/fixtures/values-caller-c.wasm"),
    ),
    cpp(
        "values-callee-cpp",
        "values-callee",
        "callee",
        "values",
        Some("guests/fixtures/values-callee-cpp.wasm"),
    ),
    cpp(
        "values-caller-cpp",
        "values-caller",
        "caller",
        "values",
        Some("guests/fixtures/values-caller-cpp.wasm"),
    ),
    go("values-callee-go", "values-callee", "callee", "values"),
    go("values-caller-go", "values-caller", "caller", "values"),
    c(
        "failures-caller-c",
        "failures-caller",
        "caller",
        "failures",
        Some("guests/fixtures/failures-caller-c.wasm"),
    ),
    cpp(
        "failures-caller-cpp",
        "failures-caller",
        "caller",
        "failures",
        Some("guests/fixtures/failures-caller-cpp.wasm"),
    ),
    go("failures-caller-go", "failures-caller", "caller", "failures"),
    marked("proposal", "proposal", PLAIN, Some("guests/fixtures/proposal.wasm")),
    marked("proposal-wasi1", "proposal", WASI_1, None),
    marked("proposal-wasi", "proposal", WASI, None),
    marked(
        "marked-callee",
        "marked-callee",
        PLAIN,
        Some("guests/fixtures/marked-callee.wasm"),
    ),
    marked(
        "marked-caller",
        "marked-caller",
        PLAIN,
        Some("guests/fixtures/marked-caller.wasm"),
    ),
    marked("marked-callee-wasi1", "marked-callee", WASI_1, None),
    marked("marked-caller-wasi1", "marked-caller", WASI_1, None),
    marked("marked-callee-wasi", "marked-callee", WASI, None),
    marked("marked-caller-wasi", "marked-caller", WASI, None),
    plain("plain-c", "callee.c"),
    plain("plain-cpp", "text.cpp"),
    javascript("calc-quickjs", "calc/calc.js", "calc", Engine::QuickJs, "calc"),
    javascript(
        "values-callee-js",
        "values-callee/callee.js",
        "callee",
        Engine::StarlingMonkey,
        "values",
    ),
    javascript(
        "values-caller-js",
        "values-caller/caller.js",
        "caller",
        Engine::StarlingMonkey,
        "values",
    ),
    javascript(
        "failures-caller-js",
        "failures-caller/caller.js",
        "caller",
        Engine::StarlingMonkey,
        "failures",
    ),
    python("failures-caller-python", "failures-caller", "caller", "failures"),
    python("values-callee-python", "values-callee", "callee", "values"),
    python("values-caller-python", "values-caller", "caller", "values"),
];

const fn rust(
    name: &'static str,
    package: &'static str,
    target: &'static str,
    wit: &'static str,
    checked_in: Option<&'static str>,
) -> Recipe {
    Recipe {
        name,
        source: Source::Rust { package, target },
        wit,
        checked_in,
    }
}

const fn marked(
    name: &'static str,
    package: &'static str,
    target: &'static str,
    checked_in: Option<&'static str>,
) -> Recipe {
    Recipe {
        name,
        source: Source::Marked { package, target },
        wit: "",
        checked_in,
    }
}

const fn plain(name: &'static str, file: &'static str) -> Recipe {
    Recipe {
        name,
        source: Source::Plain { file },
        wit: "",
        checked_in: None,
    }
}

const fn c(
    name: &'static str,
    folder: &'static str,
    world: &'static str,
    wit: &'static str,
    checked_in: Option<&'static str>,
) -> Recipe {
    Recipe {
        name,
        source: Source::C { folder, world },
        wit,
        checked_in,
    }
}

const fn c_module(name: &'static str, file: &'static str, checked_in: &'static str) -> Recipe {
    Recipe {
        name,
        source: Source::CModule { file },
        wit: "calc",
        checked_in: Some(checked_in),
    }
}

const fn javascript(
    name: &'static str,
    file: &'static str,
    world: &'static str,
    engine: Engine,
    wit: &'static str,
) -> Recipe {
    Recipe {
        name,
        source: Source::JavaScript { file, world, engine },
        wit,
        checked_in: None,
    }
}

const fn python(name: &'static str, folder: &'static str, world: &'static str, wit: &'static str) -> Recipe {
    Recipe {
        name,
        source: Source::Python { folder, world },
        wit,
        checked_in: None,
    }
}

const fn cpp(
    name: &'static str,
    folder: &'static str,
    world: &'static str,
    wit: &'static str,
    checked_in: Option<&'static str>,
) -> Recipe {
    Recipe {
        name,
        source: Source::Cpp { folder, world },
        wit,
        checked_in,
    }
}

const fn go(name: &'static str, folder: &'static str, world: &'static str, wit: &'static str) -> Recipe {
    Recipe {
        name,
        source: Source::Go { folder, world },
        wit,
        checked_in: None,
    }
}
