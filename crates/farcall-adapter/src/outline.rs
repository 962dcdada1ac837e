//! The outline of a component: its index spaces, as far as following an export back to its `canon lift` needs them.
//!
//! Reads no types and no code, and believes nothing: an index that leads nowhere is an answer, not a panic.

use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExternalKind as Kind, ComponentInstance,
    ComponentOuterAliasKind as Outer, Encoding, ExternalKind, Parser, Payload,
};

/// How many of each there are: the index that the next one gets.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub core_modules: u32,
    pub core_instances: u32,
    pub core_functions: u32,
    pub core_memories: u32,
    pub types: u32,
}

/// A synchronous `canon lift` with UTF-8: indices of core items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lift {
    pub function: u32,
    pub memory: Option<u32>,
    pub realloc: Option<u32>,
    pub post_return: Option<u32>,
}

/// One component's index spaces.
#[derive(Default)]
pub(crate) struct Outline<'a> {
    pub counts: Counts,
    functions: Vec<Function<'a>>,
    instances: Vec<Instance<'a>>,
    /// `None` for one that is imported or another's.
    components: Vec<Option<Outline<'a>>>,
    exports: Vec<Item<'a>>,
}

enum Function<'a> {
    Imported(&'a str),
    Lifted(Result<Lift, &'static str>),
    Member(u32, &'a str),
    Same(u32),
}

enum Instance<'a> {
    Imported,
    Instantiated(u32, Vec<Item<'a>>),
    Bundle(Vec<Item<'a>>),
    Same(u32),
}

struct Item<'a> {
    name: &'a str,
    kind: Kind,
    index: u32,
}

/// Components in components, deeper than any tool makes them.
const MAX_DEPTH: usize = 32;
/// Steps from an export to its lift: more is a component made to be followed for long.
const MAX_STEPS: u32 = 64;

type Answer<T> = Result<T, &'static str>;

impl<'a> Outline<'a> {
    pub(crate) fn read(component: &'a [u8]) -> Result<Outline<'a>, String> {
        // `None` stands for a core module, whose sections are of no interest here.
        let mut open: Vec<Option<Outline<'a>>> = Vec::new();
        for payload in Parser::new(0).parse_all(component) {
            let payload = payload.map_err(|error| error.to_string())?;
            match payload {
                Payload::Version { encoding, .. } => {
                    if open.len() >= MAX_DEPTH {
                        return Err(format!("components are nested more than {MAX_DEPTH} deep"));
                    }
                    open.push((encoding == Encoding::Component).then(Outline::default));
                }
                Payload::End(_) => {
                    let Some(done) = open.pop() else { break };
                    match (open.last_mut(), done) {
                        (Some(Some(parent)), Some(nested)) => parent.components.push(Some(nested)),
                        (Some(Some(parent)), None) => parent.counts.core_modules += 1,
                        (Some(None), _) => return Err("a core module holds another".to_string()),
                        (None, Some(outermost)) => return Ok(outermost),
                        (None, None) => break,
                    }
                }
                payload => {
                    if let Some(Some(outline)) = open.last_mut() {
                        outline.section(payload).map_err(|error| error.to_string())?;
                    }
                }
            }
        }
        Err("it is not a component".to_string())
    }

    fn section(&mut self, payload: Payload<'a>) -> wasmparser::Result<()> {
        match payload {
            Payload::InstanceSection(section) => self.counts.core_instances += section.count(),
            Payload::ComponentTypeSection(section) => self.counts.types += section.count(),
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    self.instances.push(match instance? {
                        ComponentInstance::Instantiate { component_index, args } => {
                            let args = args.iter().map(|arg| Item {
                                name: arg.name,
                                kind: arg.kind,
                                index: arg.index,
                            });
                            Instance::Instantiated(component_index, args.collect())
                        }
                        ComponentInstance::FromExports(exports) => {
                            let items = exports.iter().map(|export| Item {
                                name: export.name.name,
                                kind: export.kind,
                                index: export.index,
                            });
                            Instance::Bundle(items.collect())
                        }
                    });
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.alias(alias?);
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    match function? {
                        CanonicalFunction::Lift {
                            core_func_index,
                            options,
                            ..
                        } => self.functions.push(Function::Lifted(lift(core_func_index, &options))),
                        _ => self.counts.core_functions += 1,
                    }
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let import = import?;
                    self.imported(import.ty.kind(), import.name.name);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    // An export is a new index of its own kind.
                    match export.kind {
                        Kind::Func => self.functions.push(Function::Same(export.index)),
                        Kind::Instance => self.instances.push(Instance::Same(export.index)),
                        kind => self.imported(kind, ""),
                    }
                    self.exports.push(Item {
                        name: export.name.name,
                        kind: export.kind,
                        index: export.index,
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) {
        match alias {
            ComponentAlias::InstanceExport {
                kind: Kind::Func,
                instance_index,
                name,
            } => self.functions.push(Function::Member(instance_index, name)),
            ComponentAlias::InstanceExport { kind, name, .. } => self.imported(kind, name),
            ComponentAlias::CoreInstanceExport { kind, .. } => match kind {
                ExternalKind::Func => self.counts.core_functions += 1,
                ExternalKind::Memory => self.counts.core_memories += 1,
                _ => {}
            },
            ComponentAlias::Outer { kind, .. } => match kind {
                Outer::CoreModule => self.counts.core_modules += 1,
                Outer::Type => self.counts.types += 1,
                Outer::Component => self.components.push(None),
                Outer::CoreType => {}
            },
        }
    }

    /// Something whose inside is not known here takes an index.
    fn imported(&mut self, kind: Kind, name: &'a str) {
        match kind {
            Kind::Module => self.counts.core_modules += 1,
            Kind::Func => self.functions.push(Function::Imported(name)),
            Kind::Type => self.counts.types += 1,
            Kind::Instance => self.instances.push(Instance::Imported),
            Kind::Component => self.components.push(None),
            Kind::Value => {}
        }
    }

    pub(crate) fn components(&self) -> u32 {
        self.components.len() as u32
    }

    pub(crate) fn instances(&self) -> u32 {
        self.instances.len() as u32
    }

    pub(crate) fn functions(&self) -> u32 {
        self.functions.len() as u32
    }

    pub(crate) fn exports(&self, name: &str) -> bool {
        self.exports.iter().any(|export| export.name == name)
    }

    /// The lift of an exported function: of an interface, or of the world itself. Says why there is none that code
    /// beside it could call.
    pub(crate) fn lift(&self, interface: Option<&str>, function: &str) -> Answer<Lift> {
        match interface {
            None => {
                let index = find(&self.exports, Kind::Func, function)?;
                self.lifted(index, MAX_STEPS)
            }
            Some(interface) => {
                let instance = find(&self.exports, Kind::Instance, interface)?;
                self.member(instance, function, MAX_STEPS)
            }
        }
    }

    fn lifted(&self, function: u32, steps: u32) -> Answer<Lift> {
        let steps = steps.checked_sub(1).ok_or(TOO_FAR)?;
        match self.functions.get(function as usize) {
            Some(Function::Lifted(lift)) => *lift,
            Some(Function::Same(index)) => self.lifted(*index, steps),
            Some(Function::Member(instance, name)) => self.member(*instance, name, steps),
            Some(Function::Imported(_)) => Err("it comes from an import"),
            None => Err(NOWHERE),
        }
    }

    fn member(&self, instance: u32, name: &str, steps: u32) -> Answer<Lift> {
        let steps = steps.checked_sub(1).ok_or(TOO_FAR)?;
        match self.instances.get(instance as usize) {
            Some(Instance::Same(index)) => self.member(*index, name, steps),
            Some(Instance::Bundle(items)) => self.lifted(find(items, Kind::Func, name)?, steps),
            Some(Instance::Instantiated(component, arguments)) => {
                // Tools give an interface its types' names by a nested component that hands on what it gets.
                let Some(Some(nested)) = self.components.get(*component as usize) else {
                    return Err(NESTED);
                };
                let import = nested.handed_on(find(&nested.exports, Kind::Func, name)?, steps)?;
                self.lifted(find(arguments, Kind::Func, import)?, steps)
            }
            Some(Instance::Imported) => Err("it comes from a nested instance or an imported one"),
            None => Err(NOWHERE),
        }
    }

    /// The import that a function is.
    fn handed_on(&self, function: u32, steps: u32) -> Answer<&'a str> {
        let steps = steps.checked_sub(1).ok_or(TOO_FAR)?;
        match self.functions.get(function as usize) {
            Some(Function::Imported(name)) if !name.is_empty() => Ok(name),
            Some(Function::Same(index)) => self.handed_on(*index, steps),
            Some(_) => Err(NESTED),
            None => Err(NOWHERE),
        }
    }
}

fn find(items: &[Item<'_>], kind: Kind, name: &str) -> Answer<u32> {
    let found = items.iter().find(|item| item.kind == kind && item.name == name);
    found
        .map(|item| item.index)
        .ok_or("it is not among the exports by its name")
}

fn lift(function: u32, options: &[CanonicalOption]) -> Answer<Lift> {
    let mut lift = Lift {
        function,
        memory: None,
        realloc: None,
        post_return: None,
    };
    for option in options {
        match option {
            CanonicalOption::UTF8 => {}
            CanonicalOption::Memory(index) => lift.memory = Some(*index),
            CanonicalOption::Realloc(index) => lift.realloc = Some(*index),
            CanonicalOption::PostReturn(index) => lift.post_return = Some(*index),
            CanonicalOption::UTF16 | CanonicalOption::CompactUTF16 => return Err("its text is not UTF-8"),
            CanonicalOption::Async | CanonicalOption::Callback(_) => return Err("it is lifted asynchronously"),
            CanonicalOption::CoreType(_) | CanonicalOption::Gc => return Err("it is lifted with garbage collection"),
        }
    }
    Ok(lift)
}

const NESTED: &str = "it is lifted in a nested component";
const NOWHERE: &str = "its index leads nowhere";
const TOO_FAR: &str = "it is too many aliases away";
