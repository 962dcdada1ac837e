//! Joins a component with its stub and its skeleton: siblings under an outer component without code of its own.
//!
//! What neither answers passes through as an import of the whole, with the identity of its types kept.

use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

use crate::adapt::Plug;
use crate::door::DISPATCH_INTERFACE;
use crate::error::AdaptError;

/// The whole: `stub` answers what it can of `component`'s imports, `skeleton` takes what it imports from it.
///
/// Exports the dispatch if there is a skeleton, and `wasi:cli/run` if the component has it. Fails if the parts do not
/// fit each other.
pub fn compose(component: &[u8], stub: Option<&[u8]>, skeleton: Option<&[u8]>) -> Result<Vec<u8>, AdaptError> {
    join(component, stub, skeleton, &[], false)
}

/// The same, with what `plugs` answer; with `fused`, the component's own dispatch is the whole's.
pub(crate) fn join(
    component: &[u8],
    stub: Option<&[u8]>,
    skeleton: Option<&[u8]>,
    plugs: &[Plug],
    fused: bool,
) -> Result<Vec<u8>, AdaptError> {
    let mut graph = CompositionGraph::new();
    let middle = register(&mut graph, "component", component)?;
    let instance = graph.instantiate(middle);
    if let Some(stub) = stub {
        let stub = register(&mut graph, "stub", stub)?;
        let from = graph.instantiate(stub);
        connect(&mut graph, (stub, from), (middle, instance))?;
    }
    for (i, plug) in plugs.iter().enumerate() {
        let name = plug.import.to_string();
        let callee = register(&mut graph, &format!("callee{i}"), &plug.component)?;
        let from = graph.instantiate(callee);
        let alias = graph.alias_instance_export(from, &name).map_err(failed)?;
        graph
            .set_instantiation_argument(instance, &name, alias)
            .map_err(failed)?;
    }
    if let Some(skeleton) = skeleton {
        let skeleton = register(&mut graph, "skeleton", skeleton)?;
        let to = graph.instantiate(skeleton);
        connect(&mut graph, (middle, instance), (skeleton, to))?;
        export(&mut graph, to, DISPATCH_INTERFACE)?;
    }
    if fused {
        export(&mut graph, instance, DISPATCH_INTERFACE)?;
    }
    // A command stays one.
    let run = exports(&graph, middle)
        .into_iter()
        .find(|name| name.starts_with("wasi:cli/run@"));
    if let Some(run) = run {
        export(&mut graph, instance, &run)?;
    }
    graph.encode(EncodeOptions::default()).map_err(failed)
}

fn register(graph: &mut CompositionGraph, name: &str, bytes: &[u8]) -> Result<PackageId, AdaptError> {
    let package = Package::from_bytes(&format!("farcall:{name}"), None, bytes.to_vec(), graph.types_mut());
    let package = package.map_err(|error| AdaptError::Compose(format!("{error:#}")))?;
    graph.register_package(package).map_err(failed)
}

/// Gives each import of `to` that `from` exports under the same name.
fn connect(
    graph: &mut CompositionGraph,
    (from, instance): (PackageId, NodeId),
    (to, argument_of): (PackageId, NodeId),
) -> Result<(), AdaptError> {
    let exported = exports(graph, from);
    let imported: Vec<String> = graph.types()[graph[to].ty()].imports.keys().cloned().collect();
    for name in imported.iter().filter(|name| exported.contains(name)) {
        let alias = graph.alias_instance_export(instance, name).map_err(failed)?;
        graph
            .set_instantiation_argument(argument_of, name, alias)
            .map_err(failed)?;
    }
    Ok(())
}

fn exports(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
    graph.types()[graph[package].ty()].exports.keys().cloned().collect()
}

fn export(graph: &mut CompositionGraph, instance: NodeId, name: &str) -> Result<(), AdaptError> {
    let alias = graph.alias_instance_export(instance, name).map_err(failed)?;
    graph.export(alias, name).map_err(failed)
}

fn failed(error: impl std::error::Error) -> AdaptError {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let causes: String = causes.map(|cause| format!(": {cause}")).collect();
    AdaptError::Compose(format!("{error}{causes}"))
}
