//! From a component and a plan to one component whose only ways in and out are the doors and what it imported itself.

use farcall_wit::{Fingerprint, Function, InterfaceName, Wit};

use crate::compose::join;
use crate::error::AdaptError;
use crate::fused::fuse;
use crate::survey::{Survey, distinct_paths, is_wasi, survey_wit};
use crate::world;

/// What is to become of a component.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Imports that go out through the door, as the component names them. `InterfaceName::World` stands for the
    /// functions that the world itself imports.
    pub links: Vec<InterfaceName>,
    /// Imports that another component answers inside the whole, without any door.
    pub plugs: Vec<Plug>,
    /// The exports that come in through the door.
    pub serve: Serve,
    /// The service that functions of the world itself belong to: their path is `/Service/Func`.
    pub world_service: String,
    /// How the skeleton is joined with the component.
    pub form: Form,
}

/// How a skeleton is joined with the component that it serves. Both answer alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Inside the component where that is possible, else beside it.
    #[default]
    Auto,
    /// Always beside it: the general way, in which every byte passes through a call between two components.
    Composed,
}

/// A component that answers an import directly: the two are one, and so are their grants, limits and failures.
#[derive(Clone, Debug)]
pub struct Plug {
    /// The import, as the component names it, and the export of the other by the same name.
    pub import: InterfaceName,
    /// The other component. What it imports itself becomes an import of the whole.
    pub component: Vec<u8>,
}

/// Which exports are served.
#[derive(Clone, Debug, Default)]
pub enum Serve {
    /// None: the component only calls.
    #[default]
    Nothing,
    /// Every interface except `wasi:*`.
    Interfaces,
    /// The same, and the functions of the world itself.
    WithWorldFunctions,
}

/// A component behind the doors.
#[derive(Clone, Debug)]
pub struct Adapted {
    /// The component: imports the transport if anything is linked, exports the dispatch if anything is served.
    pub component: Vec<u8>,
    /// What the dispatch takes, by index.
    pub functions: Vec<Served>,
    /// Imports that are neither linked nor WASI: the host cannot answer them.
    pub unlinked: Vec<InterfaceName>,
    /// Functions that are not carried, with the reason.
    pub left_out: Vec<LeftOut>,
    /// Whether the skeleton is inside the component, or why it is not: for logs.
    pub fused: Result<(), String>,
}

/// A function that a skeleton serves.
#[derive(Clone, Debug)]
pub struct Served {
    /// Its interface.
    pub interface: InterfaceName,
    /// Its type.
    pub function: Function,
    /// Its path on the wire.
    pub path: String,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
}

impl Served {
    /// As a person names it: `demo:calc/ops@0.1.0.add`.
    pub fn name(&self) -> String {
        qualified(&self.interface, &self.function.name)
    }
}

/// A function that does not go through the doors.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// As a person names it: `demo:calc/ops@0.1.0.watch`.
    pub name: String,
    /// Why, in words.
    pub why: String,
}

impl LeftOut {
    pub(crate) fn new(interface: &InterfaceName, function: &str, why: &str) -> LeftOut {
        LeftOut {
            name: qualified(interface, function),
            why: why.to_string(),
        }
    }
}

/// Generates stub and skeleton for a component and composes the three.
///
/// A function that the doors do not carry yet is left out and named in `left_out`; as an import it is there, and aborts
/// the caller when called. Compiles nothing and runs nothing: the cost is that of reading the component and writing it
/// again. Fails when a link names no import, when two served functions share a path, or when the component cannot be
/// read.
pub fn adapt(component: &[u8], plan: &Plan) -> Result<Adapted, AdaptError> {
    adapt_wit(component, &Wit::from_component(component)?, plan)
}

/// The same for a component whose interfaces were read already: `wit` is what [`Wit::from_component`] gave for it.
pub fn adapt_wit(component: &[u8], wit: &Wit, plan: &Plan) -> Result<Adapted, AdaptError> {
    let Survey {
        functions,
        unlinked,
        left_out,
    } = survey_wit(wit, plan)?;
    let stub = match plan.links.is_empty() {
        true => None,
        false => Some(stub(wit, &plan.links, &plan.world_service)?.component),
    };
    let inside = match (&plan.serve, plan.form) {
        (Serve::Nothing, _) => Err("nothing is served".to_string()),
        (_, Form::Composed) => Err("the plan asks for composition".to_string()),
        (_, Form::Auto) => fuse(component, &functions),
    };
    let skeleton = match (&plan.serve, &inside) {
        (Serve::Nothing, _) | (_, Ok(_)) => None,
        (serve, Err(_)) => Some(skeleton(wit, serve, &plan.world_service)?.component),
    };
    let middle = inside.as_deref().unwrap_or(component);
    let component = match (&stub, &skeleton) {
        (None, None) if plan.plugs.is_empty() => middle.to_vec(),
        (stub, skeleton) => join(
            middle,
            stub.as_deref(),
            skeleton.as_deref(),
            &plan.plugs,
            inside.is_ok(),
        )?,
    };
    let fused = inside.map(|_| ());
    Ok(Adapted {
        component,
        functions,
        unlinked,
        left_out,
        fused,
    })
}

/// A generated stub.
#[derive(Clone, Debug)]
pub struct Stub {
    /// The component: exports the linked interfaces, imports the transport.
    pub component: Vec<u8>,
    /// Functions that abort when called, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// A generated skeleton.
#[derive(Clone, Debug)]
pub struct Skeleton {
    /// The component: imports the served interfaces, exports the dispatch.
    pub component: Vec<u8>,
    /// What the dispatch takes, by index.
    pub functions: Vec<Served>,
    /// Functions that it does not take, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// The stub for those imports of a world.
pub fn stub(wit: &Wit, links: &[InterfaceName], world_service: &str) -> Result<Stub, AdaptError> {
    let mut left_out = Vec::new();
    let world = world::stub(wit, &|name| links.contains(name), &mut left_out)?;
    Ok(Stub {
        component: crate::stub::emit(&world, world_service)?,
        left_out,
    })
}

/// The skeleton for those exports of a world. Two functions with one path are refused.
pub fn skeleton(wit: &Wit, serve: &Serve, world_service: &str) -> Result<Skeleton, AdaptError> {
    let mut left_out = Vec::new();
    let world = world::skeleton(wit, &|name| serve.takes(name), &mut left_out)?;
    let (component, functions) = crate::skeleton::emit(&world, world_service)?;
    distinct_paths(&functions)?;
    Ok(Skeleton {
        component,
        functions,
        left_out,
    })
}

impl Serve {
    pub(crate) fn takes(&self, name: &InterfaceName) -> bool {
        match self {
            Serve::Nothing => false,
            Serve::Interfaces => *name != InterfaceName::World && !is_wasi(name),
            Serve::WithWorldFunctions => !is_wasi(name),
        }
    }
}

fn qualified(interface: &InterfaceName, function: &str) -> String {
    match interface {
        InterfaceName::World => function.to_string(),
        interface => format!("{interface}.{function}"),
    }
}
