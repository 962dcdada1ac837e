//! What is there: the WIT of a file or of a server, with what Farcall knows of each function.

use std::path::Path;

use farcall_adapter::is_plain;
use farcall_wit::proto::{Schema, SchemaBuilder};
use farcall_wit::{Interface, Wit};

use crate::catalog::{Catalog, document_of_file};
use crate::client::{CallOptions, Client};
use crate::component::{ComponentConfig, stem};
use crate::description::Document;
use crate::error::Error;
use crate::link::To;
use crate::{plain, wasm};

/// What was found.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// A document a component.
    pub documents: Vec<Document>,
    /// Functions that are there and cannot be called yet, by name, each with the reason.
    pub uncarried: Vec<(String, String)>,
    /// Whether a server answered, and can be called.
    pub health: Option<&'static str>,
}

impl Inspection {
    fn of(catalog: &Catalog, health: Option<&'static str>) -> Inspection {
        let uncarried = catalog.uncarried().map(|(name, why)| (name, why.to_string()));
        Inspection {
            documents: catalog.documents.clone(),
            uncarried: uncarried.collect(),
            health,
        }
    }

    /// WIT, with paths, fingerprints and health as comments.
    pub fn text(&self) -> String {
        let mut out = String::new();
        if let Some(health) = self.health {
            out.push_str(&format!("// health: {health}\n"));
        }
        for (name, why) in &self.uncarried {
            out.push_str(&format!("// {name}  not carried: {why}\n"));
        }
        for document in &self.documents {
            out.push_str(&format!("// component: {}\n", document.name));
            for function in &document.functions {
                out.push_str(&format!(
                    "// {}  path {}  fingerprint {}\n",
                    function.name, function.path, function.fingerprint
                ));
            }
            out.push_str(document.wit.trim_end());
            out.push('\n');
        }
        out
    }
}

/// A `.proto` file of what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtoFile {
    /// Its path among the others, as they import it: `demo/calc/v0_1/ops.proto`.
    pub name: String,
    /// Its text, with the WIT's documentation as comments.
    pub text: String,
}

impl Inspection {
    /// The functions as proto3 (`spec/proto.md`), each file after those that it imports.
    pub fn proto(&self) -> Result<Vec<ProtoFile>, Error> {
        let schema = self.schema()?;
        let files = schema.files().into_iter().map(|file| ProtoFile {
            name: file.name(),
            text: file.proto_text(),
        });
        Ok(files.collect())
    }

    /// The functions as an OpenAPI 3.1 document: each is a POST of JSON (`spec/json.md`). Named and numbered after the
    /// components.
    pub fn openapi(&self) -> Result<serde_json::Value, Error> {
        let names: Vec<&str> = self.documents.iter().map(|document| document.name.as_str()).collect();
        Ok(openapi_of(&self.schema()?, &names))
    }

    fn schema(&self) -> Result<Schema, Error> {
        let mut schema = SchemaBuilder::default();
        for document in &self.documents {
            let wit = Wit::from_text(&document.name, &document.wit, None)
                .map_err(|error| Error::Description(format!("the WIT of {}: {error}", document.name)))?;
            schema.add_exports(&wit, &document.name, |name| document.offers(name));
        }
        Ok(schema.finish())
    }
}

/// The document of components of these names.
pub(crate) fn openapi_of(schema: &Schema, names: &[&str]) -> serde_json::Value {
    let versions = schema.services().iter().map(|service| version_of(&service.package));
    let mut versions: Vec<String> = versions.collect();
    versions.sort_unstable();
    versions.dedup();
    let version = match versions.as_slice() {
        [version] => version,
        // Nothing is one version of several.
        _ => "0",
    };
    farcall_codec::openapi(schema, &names.join(", "), version)
}

/// The version at the end of a package's name: `0.1` of `demo.calc.v0_1`.
fn version_of(package: &str) -> String {
    let last = package.rsplit('.').next().and_then(|part| part.strip_prefix('v'));
    let is_version = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    last.filter(is_version)
        .map_or_else(|| "0".to_owned(), |version| version.replace('_', "."))
}

/// Looks at a component, a `.wit` file or a folder of WIT. Nothing is run.
pub fn inspect_file(path: &Path) -> Result<Inspection, Error> {
    let documents = vec![match wit_of(path)? {
        Found::Wit(wit) => document_of_file(&stem(path), &wit),
        Found::Plain(bytes) => plain::document_of_file(path, &bytes)?,
    }];
    let catalog = Catalog::of_documents(documents)?;
    Ok(Inspection::of(&catalog, None))
}

/// The interfaces that a target offers, a server's or a file's, without `wasi:*`: what `diff` compares.
pub async fn offered(target: &str) -> Result<Vec<Interface>, Error> {
    let To::File(path) = target.parse()? else {
        let client = Client::connect(target)?;
        let catalog = client.catalog(&CallOptions::default()).await?;
        let mut interfaces = Vec::new();
        for document in &catalog.documents {
            let wit = Wit::from_text(&document.name, &document.wit, None)
                .map_err(|error| Error::Description(format!("the WIT of {}: {error}", document.name)))?;
            interfaces.extend(wit.exports());
        }
        return Ok(interfaces);
    };
    match wit_of(&path)? {
        Found::Wit(wit) => Ok(wit.served(|name| !name.is_in("wasi")).exports()),
        Found::Plain(bytes) => {
            let document = plain::document_of_file(&path, &bytes)?;
            let wit = Wit::from_text(&document.name, &document.wit, None)
                .map_err(|error| Error::Description(format!("the WIT of {}: {error}", document.name)))?;
            Ok(wit.exports())
        }
    }
}

/// What a path holds.
enum Found {
    Wit(Wit),
    Plain(Vec<u8>),
}

fn wit_of(path: &Path) -> Result<Found, Error> {
    let failed = |error: farcall_wit::LoadError| Error::Component {
        path: path.into(),
        why: error.to_string(),
    };
    let is_wit = path.extension().is_some_and(|extension| extension == "wit");
    if is_wit || !path.is_file() {
        return Wit::from_path(path, None).map(Found::Wit).map_err(failed);
    }
    let bytes = wasm::prepared(path, wasm::read(path)?, &ComponentConfig::default())?;
    match is_plain(&bytes) {
        true => Ok(Found::Plain(bytes)),
        false if bytes.starts_with(b"\0asm") => Wit::from_component(&bytes).map(Found::Wit).map_err(failed),
        false => Wit::from_path(path, None).map(Found::Wit).map_err(failed),
    }
}

/// Asks a server.
pub async fn inspect_target(client: &Client, options: &CallOptions) -> Result<Inspection, Error> {
    let catalog = client.catalog(options).await?;
    Ok(Inspection::of(catalog, Some("serving")))
}
