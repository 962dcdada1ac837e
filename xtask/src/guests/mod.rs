//! `cargo xtask guests`: builds the test components and the examples' from source into `target/guests`, and leaves alone what is up to date.
//! Language packages are installed under `target/`; a toolchain that is not there is a skip with its reason.
//!
//! It installs no system program.

mod c;
mod compiler;
mod cpp;
mod examples;
mod go;
mod javascript;
mod python;
mod recipe;
mod recipes;
mod rust;
mod stamp;
mod tool;

use crate::process::root;
use anyhow::{Context, Result, bail};
use clap::Args;
use recipe::Recipe;
use recipes::RECIPES;
use std::path::PathBuf;
use std::time::Instant;

/// What to build.
#[derive(Args, Debug, Default)]
pub struct Options {
    /// A skip is a failure
    #[arg(long)]
    pub require_all: bool,
    /// Build only components whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Build even what is up to date
    #[arg(long)]
    pub force: bool,
    /// Refresh the components that are checked in: guests/fixtures and the demonstration's
    #[arg(long)]
    pub bless: bool,
}

/// Build, and print what was skipped.
pub fn run(options: &Options) -> Result<()> {
    let skipped = build(options)?;
    if options.require_all && !skipped.is_empty() {
        bail!("{} skipped, and --require-all was given", skipped.len());
    }
    Ok(())
}

/// Build, and return what was skipped: the component's name and the reason, one text each.
pub fn build(options: &Options) -> Result<Vec<String>> {
    let out = out();
    std::fs::create_dir_all(out.join("stamps")).with_context(|| out.display().to_string())?;
    let mut toolchains = Toolchains::default();
    let mut skipped = Vec::new();
    for recipe in RECIPES {
        if options
            .filter
            .as_ref()
            .is_some_and(|text| !recipe.name.contains(text.as_str()))
        {
            continue;
        }
        let stamp = stamp::of(&recipe.sources()?)?;
        if !options.force && stamp::is_fresh(recipe.name, &stamp) {
            println!("guests: {} is up to date", recipe.name);
        } else {
            let start = Instant::now();
            println!("guests: building {}", recipe.name);
            match toolchains
                .build(recipe)
                .with_context(|| format!("guest {}", recipe.name))?
            {
                Outcome::Built => {
                    stamp::write(recipe.name, &stamp)?;
                    println!(
                        "guests: {} built in {:.1} s",
                        recipe.name,
                        start.elapsed().as_secs_f32()
                    );
                }
                Outcome::Skipped(reason) => {
                    println!("guests: {} skipped: {reason}", recipe.name);
                    skipped.push(format!("{}: {reason}", recipe.name));
                    // A test must not take the component of older sources for this one.
                    if !stamp::is_fresh(recipe.name, &stamp) && recipe.output().exists() {
                        std::fs::remove_file(recipe.output()).with_context(|| recipe.output().display().to_string())?;
                    }
                    continue;
                }
            }
        }
        if options.bless {
            bless(recipe)?;
        }
    }
    skipped.extend(examples::build(options, &mut toolchains)?);
    Ok(skipped)
}

/// Where the built components are.
pub fn out() -> PathBuf {
    root().join("target/guests")
}

/// Where language packages are installed.
pub fn packages() -> PathBuf {
    root().join("target/guest-packages")
}

/// What became of one component.
pub enum Outcome {
    /// It is in `target/guests`.
    Built,
    /// Its toolchain is not there.
    Skipped(String),
}

/// The toolchains, each looked for when the first component needs it. A reason stands for one that is not there.
#[derive(Default)]
struct Toolchains {
    rust: Option<Result<rust::Toolchain, String>>,
    c: Option<Result<c::Toolchain, String>>,
    cpp: Option<Result<cpp::Toolchain, String>>,
    go: Option<Result<go::Toolchain, String>>,
    javascript: Option<Result<javascript::Toolchain, String>>,
    python: Option<Result<python::Toolchain, String>>,
}

impl Toolchains {
    fn rust(&mut self) -> Result<&rust::Toolchain, String> {
        found(self.rust.get_or_insert_with(rust::Toolchain::find))
    }

    fn c(&mut self) -> Result<&c::Toolchain, String> {
        found(self.c.get_or_insert_with(c::Toolchain::find))
    }

    fn cpp(&mut self) -> Result<&cpp::Toolchain, String> {
        found(self.cpp.get_or_insert_with(cpp::Toolchain::find))
    }

    fn javascript(&mut self) -> Result<&javascript::Toolchain, String> {
        found(self.javascript.get_or_insert_with(javascript::Toolchain::find))
    }

    fn python(&mut self) -> Result<&python::Toolchain, String> {
        found(self.python.get_or_insert_with(python::Toolchain::find))
    }

    fn build(&mut self, recipe: &Recipe) -> Result<Outcome> {
        match recipe.source {
            recipe::Source::Rust { package, target } => match self.rust.get_or_insert_with(rust::Toolchain::find) {
                Ok(toolchain) => toolchain.build(recipe.name, package, target)?,
                Err(reason) => return Ok(Outcome::Skipped(reason.clone())),
            },
            recipe::Source::Marked { package, target } => match self.rust.get_or_insert_with(rust::Toolchain::find) {
                Ok(toolchain) => toolchain.build_as_it_is(recipe.name, package, target)?,
                Err(reason) => return Ok(Outcome::Skipped(reason.clone())),
            },
            recipe::Source::Plain { file } => match self.c.get_or_insert_with(c::Toolchain::find) {
                Ok(toolchain) => toolchain.build_plain(recipe, file)?,
                Err(reason) => return Ok(Outcome::Skipped(reason.clone())),
            },
            recipe::Source::C { folder, world } => match self.c.get_or_insert_with(c::Toolchain::find) {
                Ok(toolchain) => toolchain.build(recipe, folder, world)?,
                Err(reason) => return Ok(Outcome::Skipped(reason.clone())),
            },
            recipe::Source::Cpp { folder, world } => match self.cpp.get_or_insert_with(cpp::Toolchain::find) {
                Ok(toolchain) => toolchain.build(recipe, folder, world)?,
                Err(reason) => return Ok(Outcome::Skipped(reason.clone())),
            },
            recipe::Source::Go { folder, world } => match self.go.get_or_insert_with(go::Toolchain::find) {
                Ok(toolchain) => toolchain.build(recipe, folder, world)?,
                Err(reason) => return Ok(Outcome::Skipped(reason.clone())),
            },
            recipe::Source::CModule { file } => match self.c.get_or_insert_with(c::Toolchain::find) {
                Ok(toolchain) => toolchain.build_module(recipe, file)?,
                Err(reason) => return Ok(Outcome::Skipped(reason.clone())),
            },
            recipe::Source::JavaScript { file, world, engine } => {
                match self.javascript.get_or_insert_with(javascript::Toolchain::find) {
                    Ok(toolchain) => toolchain.build(recipe, file, world, engine)?,
                    Err(reason) => return Ok(Outcome::Skipped(reason.clone())),
                }
            }
            recipe::Source::Python { folder, world } => match self.python.get_or_insert_with(python::Toolchain::find) {
                Ok(toolchain) => toolchain.build(recipe, folder, world)?,
                Err(reason) => return Ok(Outcome::Skipped(reason.clone())),
            },
        }
        Ok(Outcome::Built)
    }
}

/// The toolchain, or why there is none.
fn found<T>(looked_for: &Result<T, String>) -> Result<&T, String> {
    looked_for.as_ref().map_err(Clone::clone)
}

fn bless(recipe: &Recipe) -> Result<()> {
    let Some(checked_in) = recipe.checked_in else {
        return Ok(());
    };
    let to = root().join(checked_in);
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::copy(recipe.output(), &to).with_context(|| to.display().to_string())?;
    println!("guests: {checked_in} refreshed");
    Ok(())
}
