//! Descriptors of the messages that no component defines and that answers hold all the same: `google.protobuf.Empty`, and the
//! `google.rpc.ErrorInfo` of a status, so that tools which know a server by reflection alone can show it. Writes no message.

use farcall_wit::proto::EMPTY_FILE;
use farcall_wit::proto::prost_types::field_descriptor_proto::{Label, Type};
use farcall_wit::proto::prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, MessageOptions};

/// One file a message.
pub(crate) fn all() -> [FileDescriptorProto; 2] {
    let empty = DescriptorProto {
        name: Some("Empty".to_string()),
        ..DescriptorProto::default()
    };
    [
        file(EMPTY_FILE, "google.protobuf", empty),
        file("google/rpc/error_details.proto", "google.rpc", error_info()),
    ]
}

fn error_info() -> DescriptorProto {
    let entry = DescriptorProto {
        name: Some("MetadataEntry".to_string()),
        field: vec![text("key", 1), text("value", 2)],
        options: Some(MessageOptions {
            map_entry: Some(true),
            ..MessageOptions::default()
        }),
        ..DescriptorProto::default()
    };
    let mut metadata = text("metadata", 3);
    metadata.set_label(Label::Repeated);
    metadata.set_type(Type::Message);
    metadata.type_name = Some(".google.rpc.ErrorInfo.MetadataEntry".to_string());
    DescriptorProto {
        name: Some("ErrorInfo".to_string()),
        field: vec![text("reason", 1), text("domain", 2), metadata],
        nested_type: vec![entry],
        ..DescriptorProto::default()
    }
}

fn text(name: &str, number: i32) -> FieldDescriptorProto {
    let mut field = FieldDescriptorProto {
        name: Some(name.to_string()),
        number: Some(number),
        json_name: Some(name.to_string()),
        ..FieldDescriptorProto::default()
    };
    field.set_label(Label::Optional);
    field.set_type(Type::String);
    field
}

fn file(name: &str, package: &str, message: DescriptorProto) -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some(name.to_string()),
        package: Some(package.to_string()),
        message_type: vec![message],
        syntax: Some("proto3".to_string()),
        ..FileDescriptorProto::default()
    }
}
