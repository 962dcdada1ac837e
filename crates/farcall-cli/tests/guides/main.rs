//! The guides, as their readers would follow them: each page's files are written and its commands run, and they print what
//! it says.
//!
//! Two machines are two folders here. Installs nothing: the toolchains are those of `cargo xtask guests`. What is not there
//! is skipped, with the reason, unless `FARCALL_REQUIRE_ALL` is 1.

#[path = "../new/tools.rs"]
mod environment;
#[path = "../harness/mod.rs"]
mod harness;
#[path = "../foreign/tools.rs"]
mod tools;

mod page;
mod reader;
mod toolchain;

use reader::Reader;

macro_rules! guides {
    ($($test:ident: $language:literal, $commands:literal commands;)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                follow($language, $commands).await;
            }
        )*
    };
}

guides! {
    the_guide_for_rust_works: "rust", 10 commands;
    the_guide_for_c_works: "c", 10 commands;
    the_guide_for_cpp_works: "cpp", 10 commands;
    the_guide_for_python_works: "python", 11 commands;
    the_guide_for_javascript_works: "js", 14 commands;
    the_guide_for_go_works: "go", 10 commands;
}

async fn follow(language: &str, commands: usize) {
    let page = page::read(language);
    assert_eq!(page.commands().count(), commands, "{language}.md has other commands");
    if let Some(toolchain) = toolchain::of(language) {
        Reader::new(toolchain).follow(&page).await;
    }
}

#[test]
fn what_a_guide_quotes_is_in_the_file_that_it_names() {
    let mut quotes = 0;
    for language in ["rust", "c", "cpp", "python", "js", "go"] {
        for (file, quoted) in page::read(language).quotes() {
            let path = harness::root().join(file);
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{language}.md: {file}: {error}"));
            // A template's names are those of the guide.
            let names = ["{{name}}", "{{snake}}", "{{calls}}", "{{calls_snake}}"];
            let text = names.iter().fold(text, |text, name| text.replace(name, "hello"));
            assert!(
                text.contains(quoted),
                "{language}.md quotes what is not in {file}:\n{quoted}"
            );
            quotes += 1;
        }
    }
    assert!(quotes > 0, "no guide quotes a file");
}
