//! What adapting a component would give, without doing it: for folders whose components are adapted at their first call.
//!
//! Emits nothing and composes nothing; `adapt` takes its own lists from here.

use std::collections::HashMap;

use farcall_wit::{InterfaceName, Wit};

use crate::error::AdaptError;
use crate::shape::Shapes;
use crate::world::{self, Member};
use crate::{LeftOut, Plan, Serve, Served};

/// What [`adapt`](crate::adapt) lists of a component for the same plan: the same entries in the same order.
#[derive(Clone, Debug)]
pub struct Survey {
    /// What the dispatch will take, by index.
    pub functions: Vec<Served>,
    /// Imports that are neither linked nor WASI: the host cannot answer them.
    pub unlinked: Vec<InterfaceName>,
    /// Functions that are not carried, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// Looks at a component as [`adapt`](crate::adapt) would. Costs the reading of its interfaces; its code is not looked at. Fails as
/// `adapt` does when a link names no import, when two served functions share a path, when a type is too large, or when
/// the component cannot be read.
pub fn survey(component: &[u8], plan: &Plan) -> Result<Survey, AdaptError> {
    survey_wit(&Wit::from_component(component)?, plan)
}

/// The same for a component whose interfaces were read already.
pub fn survey_wit(wit: &Wit, plan: &Plan) -> Result<Survey, AdaptError> {
    let imports: Vec<InterfaceName> = wit
        .imports()
        .into_iter()
        .filter(|interface| !interface.functions.is_empty() && !is_wasi(&interface.name) && !is_core(&interface.name))
        .map(|interface| interface.name)
        .collect();
    let plugged = plan.plugs.iter().map(|plug| &plug.import);
    if let Some(missing) = plan
        .links
        .iter()
        .chain(plugged.clone())
        .find(|link| !imports.contains(link))
    {
        let imports = imports.iter().map(|name| name.to_string()).collect();
        return Err(AdaptError::NoSuchImport {
            name: missing.to_string(),
            imports,
        });
    }
    let answered: Vec<&InterfaceName> = plan.links.iter().chain(plugged).collect();
    let unlinked = imports.into_iter().filter(|name| !answered.contains(&name)).collect();

    let mut left_out = Vec::new();
    let linked = match plan.links.is_empty() {
        true => Vec::new(),
        false => world::survey(wit, false, &|name| plan.links.contains(name)),
    };
    check(&carried(linked, &mut left_out))?;
    let served = match plan.serve {
        Serve::Nothing => Vec::new(),
        _ => world::survey(wit, true, &|name| plan.serve.takes(name)),
    };
    let served = carried(served, &mut left_out);
    check(&served)?;
    let functions: Vec<Served> = served
        .iter()
        .map(|member| Served::new(member, &plan.world_service))
        .collect();
    distinct_paths(&functions)?;
    Ok(Survey {
        functions,
        unlinked,
        left_out,
    })
}

fn carried(members: Vec<Member>, left_out: &mut Vec<LeftOut>) -> Vec<Member> {
    let mut kept = Vec::new();
    for member in members {
        match &member.why {
            Some(why) => left_out.push(LeftOut::new(&member.interface, &member.function.name, why)),
            None => kept.push(member),
        }
    }
    kept
}

/// Whether every type has a layout.
fn check(members: &[Member]) -> Result<(), AdaptError> {
    let mut shapes = Shapes::default();
    for function in members.iter().map(|member| &member.function) {
        shapes.tuple(function.params.iter().map(|param| &param.ty))?;
        function.result.as_ref().map(|ty| shapes.of(ty)).transpose()?;
    }
    Ok(())
}

pub(crate) fn distinct_paths(functions: &[Served]) -> Result<(), AdaptError> {
    let mut taken: HashMap<&str, &Served> = HashMap::new();
    for function in functions {
        if let Some(first) = taken.insert(&function.path, function) {
            return Err(AdaptError::PathTaken {
                path: function.path.clone(),
                first: first.name(),
                second: function.name(),
            });
        }
    }
    Ok(())
}

pub(crate) fn is_wasi(name: &InterfaceName) -> bool {
    matches!(name, InterfaceName::Package { namespace, .. } if namespace == "wasi")
}

fn is_core(name: &InterfaceName) -> bool {
    matches!(name, InterfaceName::Package { namespace, package, .. } if namespace == "wasm-rpc" && package == "core")
}
