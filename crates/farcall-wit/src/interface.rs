//! An interface as data: its name and its functions.

use crate::function::Function;
use crate::name::InterfaceName;

/// One interface that a component imports or exports.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its name; [`InterfaceName::World`] holds the functions of the world itself.
    pub name: InterfaceName,
    /// The documentation in the WIT, if the source keeps it.
    pub docs: Option<String>,
    /// Its functions in order, members of resources among them.
    pub functions: Vec<Function>,
}

impl Interface {
    /// The function of this WIT name (`add-one`, `[method]counter.next`).
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }
}
