//! A script's directives, one after another: what each says, and whether it is so.
//!
//! Not here: how a module is served and called (`theatre`), and what a result has to be (`expect`).

use std::collections::HashMap;
use std::rc::Rc;

use farcall_host::{Failure, Host, LoadError, StageError};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{QuoteWat, Wast, WastDirective, WastExecute, WastInvoke, WastRet, Wat};

use super::theatre::{Actor, Ended, NoCall, Theatre};
use super::{ScriptCarrier, expect};
use crate::error::Error;

/// What became of a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is as the script says.
    Passed,
    /// It is not: in which way.
    Failed(String),
    /// It was not tried: why.
    Skipped(String),
}

/// One directive of a script, done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptEvent {
    /// Its line, from 1.
    pub line: usize,
    /// What it is: `assert_return`.
    pub directive: &'static str,
    /// What became of it.
    pub outcome: Judgement,
}

/// How many directives ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As the script says.
    pub passed: usize,
    /// Otherwise.
    pub failed: usize,
    /// Not tried.
    pub skipped: usize,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Tally {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// Runs a script, and tells of each directive as it ends. The future is not `Send`: run it where it is.
///
/// # Errors
///
/// The text is no script, or nothing can be served here. What a script expects and does not get is an [`Judgement`].
pub async fn run_script(
    host: &Host,
    text: &str,
    carrier: ScriptCarrier,
    mut tell: impl FnMut(&ScriptEvent),
) -> Result<Tally, Error> {
    let syntax = |error: wast::Error| {
        let (line, column) = error.span().linecol_in(text);
        Error::Text(format!("line {}, column {}: {}", line + 1, column + 1, error.message()))
    };
    let mut lexer = Lexer::new(text);
    // Scripts name exports by any character there is.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(syntax)?;
    let Wast { directives } = parser::parse(&buffer).map_err(syntax)?;
    let mut play = Play {
        theatre: Theatre::open(host, carrier).await?,
        current: None,
        named: HashMap::new(),
        definitions: HashMap::new(),
        beyond: false,
    };
    let mut tally = Tally::default();
    for directive in directives {
        let (line, _) = directive.span().linecol_in(text);
        let word = word(&directive);
        let outcome = play.directive(directive).await;
        match &outcome {
            Judgement::Passed => tally.passed += 1,
            Judgement::Failed(_) => tally.failed += 1,
            Judgement::Skipped(_) => tally.skipped += 1,
        }
        tell(&ScriptEvent {
            line: line + 1,
            directive: word,
            outcome,
        });
    }
    tracing::debug!(carrier = %play.theatre.carrier(), %tally, "the script ended");
    Ok(tally)
}

/// The modules that directives may still mean.
struct Play {
    theatre: Theatre,
    current: Option<Rc<Actor>>,
    named: HashMap<String, Rc<Actor>>,
    definitions: HashMap<Option<String>, Vec<u8>>,
    /// Whether the current module is one that the engine has no references for.
    beyond: bool,
}

type Judged = Result<(), Judgement>;

fn failed<T>(why: impl ToString) -> Result<T, Judgement> {
    Err(Judgement::Failed(why.to_string()))
}

fn skipped<T>(why: impl ToString) -> Result<T, Judgement> {
    Err(Judgement::Skipped(why.to_string()))
}

impl Play {
    async fn directive(&mut self, directive: WastDirective<'_>) -> Judgement {
        match self.judge(directive).await {
            Ok(()) => Judgement::Passed,
            Err(outcome) => outcome,
        }
    }

    async fn judge(&mut self, directive: WastDirective<'_>) -> Judged {
        match directive {
            WastDirective::Module(mut module) => {
                let name = module.name().map(|id| id.name().to_owned());
                self.current = None;
                let bytes = encoded(&mut module)?;
                self.definitions.insert(None, bytes.clone());
                self.enter(&bytes, name).await
            }
            WastDirective::ModuleDefinition(mut module) => {
                let name = module.name().map(|id| id.name().to_owned());
                let bytes = encoded(&mut module)?;
                self.definitions.insert(None, bytes.clone());
                if name.is_some() {
                    self.definitions.insert(name, bytes);
                }
                Ok(())
            }
            WastDirective::ModuleInstance { instance, module, .. } => {
                let definition = module.map(|id| id.name().to_owned());
                let Some(bytes) = self.definitions.get(&definition).cloned() else {
                    return failed("there is no definition of that name");
                };
                self.enter(&bytes, instance.map(|id| id.name().to_owned())).await
            }
            WastDirective::Register { name, module, .. } => {
                let actor = self.actor(module)?;
                self.theatre.register(name, &actor).await.or_else(failed)
            }
            WastDirective::Invoke(invoke) => match self.invoke(&invoke).await? {
                Ended::Returned(_) => Ok(()),
                Ended::Failed(status) => failed(status),
            },
            WastDirective::AssertReturn { exec, results, .. } => self.returns(&exec, &results).await,
            WastDirective::AssertTrap { exec, message, .. } => match exec {
                WastExecute::Invoke(invoke) => self.traps(&invoke, message).await,
                WastExecute::Wat(module) => self.start_traps(module, message).await,
                WastExecute::Get { .. } => failed("a global cannot trap"),
            },
            WastDirective::AssertExhaustion { call, message, .. } => self.traps(&call, message).await,
            WastDirective::AssertMalformed { mut module, .. } | WastDirective::AssertInvalid { mut module, .. } => {
                match module.encode() {
                    Err(_) => Ok(()),
                    Ok(_) if is_component(&module) => skipped("components are not what scripts call here"),
                    Ok(bytes) => match self.theatre.put(&bytes).await {
                        Err(StageError::Load(_)) => Ok(()),
                        Err(error) => failed(format!("it is taken for valid: {error}")),
                        Ok(_) => failed("it is taken for valid"),
                    },
                }
            }
            WastDirective::AssertUnlinkable { module, .. } => {
                let bytes = encoded(&mut QuoteWat::Wat(module))?;
                match self.theatre.put(&bytes).await {
                    Err(StageError::Unlinkable(_)) => Ok(()),
                    Err(error) => failed(format!("expected that it does not link: {error}")),
                    Ok(_) => failed("expected that it does not link, and it does"),
                }
            }
            WastDirective::AssertMalformedCustom { .. } | WastDirective::AssertInvalidCustom { .. } => {
                skipped("custom sections are not read")
            }
            WastDirective::AssertException { .. } => skipped("no exception leaves a function that is called from afar"),
            WastDirective::AssertSuspension { .. } => {
                skipped("no suspension leaves a function that is called from afar")
            }
            WastDirective::Thread(_) | WastDirective::Wait { .. } => skipped("scripts have one thread here"),
        }
    }

    async fn enter(&mut self, bytes: &[u8], name: Option<String>) -> Judged {
        let put = self.theatre.put(bytes).await;
        self.beyond = matches!(&put, Err(StageError::Load(LoadError::Engine(why))) if why.contains(NO_REFERENCES));
        if self.beyond {
            return skipped(BEYOND);
        }
        let actor = Rc::new(put.or_else(failed)?);
        if let Some(name) = name {
            self.named.insert(name, Rc::clone(&actor));
        }
        self.current = Some(actor);
        Ok(())
    }

    fn actor(&self, module: Option<Id<'_>>) -> Result<Rc<Actor>, Judgement> {
        let found = match module {
            None => self.current.as_ref(),
            Some(id) => self.named.get(id.name()),
        };
        match found {
            Some(actor) => Ok(Rc::clone(actor)),
            None if self.beyond => skipped(BEYOND),
            None => failed("its module is not there"),
        }
    }

    async fn invoke(&self, invoke: &WastInvoke<'_>) -> Result<Ended, Judgement> {
        let actor = self.actor(invoke.module)?;
        let arguments = expect::arguments(&invoke.args).or_else(skipped)?;
        match self.theatre.call(&actor, invoke.name, &arguments).await {
            Ok(ended) => Ok(ended),
            Err(NoCall::Uncarried(why)) => skipped(format!("{:?}: {why}", invoke.name)),
            Err(NoCall::Broken(why)) => failed(why),
        }
    }

    async fn returns(&self, exec: &WastExecute<'_>, expected: &[WastRet<'_>]) -> Judged {
        let got = match exec {
            WastExecute::Invoke(invoke) => match self.invoke(invoke).await? {
                Ended::Returned(value) => value,
                Ended::Failed(status) => return failed(status),
            },
            WastExecute::Get { module, global, .. } => {
                let actor = self.actor(*module)?;
                if let Some(why) = expect::uncarried(expected) {
                    return skipped(why);
                }
                match self.theatre.global(&actor, global).await {
                    Some(value) => Some(value),
                    None => return failed(format!("the module exports no global {global:?} of a number")),
                }
            }
            WastExecute::Wat(_) => return skipped("a module returns nothing"),
        };
        if let Some(why) = expect::uncarried(expected) {
            return skipped(why);
        }
        expect::results(expected, got.as_ref()).or_else(failed)
    }

    async fn traps(&self, invoke: &WastInvoke<'_>, words: &str) -> Judged {
        match self.invoke(invoke).await? {
            Ended::Failed(status) => expect::trap(words, &status).or_else(failed),
            Ended::Returned(value) => failed(format!("expected the trap \"{words}\", got {value:?}")),
        }
    }

    async fn start_traps(&mut self, module: Wat<'_>, words: &str) -> Judged {
        let bytes = encoded(&mut QuoteWat::Wat(module))?;
        match self.theatre.put(&bytes).await {
            Err(StageError::Failed(Failure::Trap { code, .. })) => expect::trap_code(words, &code).or_else(failed),
            Err(error) => failed(format!("expected the trap \"{words}\", got: {error}")),
            Ok(_) => failed(format!("expected the trap \"{words}\", and it was instantiated")),
        }
    }
}

fn encoded(module: &mut QuoteWat<'_>) -> Result<Vec<u8>, Judgement> {
    if is_component(module) {
        return skipped("components are not what scripts call here");
    }
    module.encode().or_else(|error| failed(error.message()))
}

fn is_component(module: &QuoteWat<'_>) -> bool {
    matches!(module, QuoteWat::Wat(Wat::Component(_)) | QuoteWat::QuoteComponent(..))
}

/// How the engine refuses what only a collector of garbage keeps, `externref` among it: it is built without.
const NO_REFERENCES: &str = "gc types are disallowed";
const BEYOND: &str = "its module has a reference of the host's, which this engine does not keep";

fn word(directive: &WastDirective<'_>) -> &'static str {
    match directive {
        WastDirective::Module(_) | WastDirective::ModuleDefinition(_) | WastDirective::ModuleInstance { .. } => {
            "module"
        }
        WastDirective::AssertMalformed { .. } => "assert_malformed",
        WastDirective::AssertInvalid { .. } => "assert_invalid",
        WastDirective::AssertInvalidCustom { .. } => "assert_invalid_custom",
        WastDirective::AssertMalformedCustom { .. } => "assert_malformed_custom",
        WastDirective::Register { .. } => "register",
        WastDirective::Invoke(_) => "invoke",
        WastDirective::AssertTrap { .. } => "assert_trap",
        WastDirective::AssertReturn { .. } => "assert_return",
        WastDirective::AssertExhaustion { .. } => "assert_exhaustion",
        WastDirective::AssertUnlinkable { .. } => "assert_unlinkable",
        WastDirective::AssertException { .. } => "assert_exception",
        WastDirective::AssertSuspension { .. } => "assert_suspension",
        WastDirective::Thread(_) => "thread",
        WastDirective::Wait { .. } => "wait",
    }
}
