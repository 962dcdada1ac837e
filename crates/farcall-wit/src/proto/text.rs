//! A file of a schema as `.proto` text, with the documentation of the WIT as comments.
//!
//! Does not choose names; what is printed is the schema as it is.

use std::fmt::Write as _;

use super::descriptor::imports;
use super::{Enum, Field, File, Kind, Label, Message, Method, Scalar, Schema, Service, Shape};

pub(super) fn proto_text(file: &File<'_>) -> String {
    let mut printer = Printer {
        schema: file.schema,
        out: String::new(),
    };
    printer.file(file);
    printer.out
}

struct Printer<'a> {
    schema: &'a Schema,
    out: String,
}

impl Printer<'_> {
    fn file(&mut self, file: &File<'_>) {
        self.out.push_str("syntax = \"proto3\";\n");
        if !file.package().is_empty() {
            let _ = write!(self.out, "\npackage {};\n", file.package());
        }
        let imports = imports(file);
        if !imports.is_empty() {
            self.out.push('\n');
        }
        for import in imports {
            let _ = writeln!(self.out, "import \"{import}\";");
        }
        if let Some(service) = file.service() {
            self.service(service);
        }
        file.enums().for_each(|e| self.enumeration(e));
        file.messages().for_each(|m| self.message(m));
    }

    fn service(&mut self, service: &Service) {
        self.out.push('\n');
        self.docs(&service.docs, "");
        let _ = writeln!(self.out, "service {} {{", service.name);
        for (i, method) in service.methods.iter().enumerate() {
            if i > 0 && method.docs.is_some() {
                self.out.push('\n');
            }
            self.method(method);
        }
        self.out.push_str("}\n");
    }

    fn method(&mut self, method: &Method) {
        self.docs(&method.docs, "  ");
        let name = |id| self.schema.message(id).full_name();
        let (request, response) = (name(method.request), name(method.response));
        let _ = writeln!(self.out, "  rpc {}(.{request}) returns (.{response});", method.name);
    }

    fn enumeration(&mut self, e: &Enum) {
        self.out.push('\n');
        self.docs(&e.docs, "");
        let _ = writeln!(self.out, "enum {} {{", e.name);
        for (number, value) in e.values.iter().enumerate() {
            self.docs(&value.docs, "  ");
            let _ = writeln!(self.out, "  {} = {number};", value.name);
        }
        self.out.push_str("}\n");
    }

    fn message(&mut self, message: &Message) {
        self.out.push('\n');
        self.docs(&message.docs, "");
        let _ = write!(self.out, "message {} {{", message.name);
        if message.fields.is_empty() {
            self.out.push_str("}\n");
            return;
        }
        self.out.push('\n');
        match &message.shape {
            Shape::Variant(oneof) | Shape::Result(oneof) => {
                let _ = writeln!(self.out, "  oneof {oneof} {{");
                message.fields.iter().for_each(|f| self.field(f, "    "));
                self.out.push_str("  }\n");
            }
            Shape::Fields | Shape::Flags => message.fields.iter().for_each(|f| self.field(f, "  ")),
        }
        self.out.push_str("}\n");
    }

    fn field(&mut self, field: &Field, indent: &str) {
        self.docs(&field.docs, indent);
        let ty = match (field.label, field.kind) {
            (Label::Map, Kind::Message(entry)) => {
                let kinds = self.schema.message(entry).fields.iter().map(|f| self.kind(f.kind));
                format!("map<{}>", kinds.collect::<Vec<_>>().join(", "))
            }
            (Label::List | Label::FixedList(_) | Label::Map, kind) => format!("repeated {}", self.kind(kind)),
            (Label::Optional, kind @ (Kind::Scalar(_) | Kind::Enum(_))) => format!("optional {}", self.kind(kind)),
            (_, kind) => self.kind(kind),
        };
        let _ = writeln!(self.out, "{indent}{ty} {} = {};", field.name, field.number);
    }

    fn kind(&self, kind: Kind) -> String {
        match kind {
            Kind::Scalar(scalar) => scalar.keyword().to_owned(),
            Kind::Enum(id) => format!(".{}", self.schema.enumeration(id).full_name()),
            Kind::Message(id) => format!(".{}", self.schema.message(id).full_name()),
            Kind::Empty => ".google.protobuf.Empty".to_owned(),
        }
    }

    fn docs(&mut self, docs: &Option<String>, indent: &str) {
        for line in docs.iter().flat_map(|docs| docs.split(['\n', '\r'])) {
            let line: String = line.chars().filter(|c| !c.is_control()).collect();
            let line = format!("{indent}// {}", line.trim_end());
            let _ = writeln!(self.out, "{}", line.trim_end());
        }
    }
}

impl Scalar {
    /// What proto3 calls it.
    pub fn keyword(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::U8 | Scalar::U16 | Scalar::U32 => "uint32",
            Scalar::U64 => "uint64",
            Scalar::S8 | Scalar::S16 | Scalar::S32 => "int32",
            Scalar::S64 => "int64",
            Scalar::F32 => "float",
            Scalar::F64 => "double",
            Scalar::Char | Scalar::String => "string",
            Scalar::Bytes | Scalar::FixedBytes(_) => "bytes",
        }
    }
}
