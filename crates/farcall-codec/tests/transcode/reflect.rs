//! Agreement with `prost-reflect`, which shares no code with us, in both directions and both forms.
//!
//! Its maps have no order.

use farcall_codec::Form;
use farcall_wit::proto::{MessageId, Schema};
use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};

use crate::round_trips::{read, typed};
use crate::subject::{Subject, settled};

fn pool(schema: &Schema) -> DescriptorPool {
    // With google/protobuf/empty.proto.
    let mut pool = DescriptorPool::global();
    let files = schema.files();
    pool.add_file_descriptor_protos(files.iter().map(|file| file.descriptor()))
        .unwrap();
    pool
}

fn descriptor(subject: &Subject, id: MessageId) -> MessageDescriptor {
    let schema = subject.transcoder.schema();
    pool(schema)
        .get_message_by_name(&schema.message(id).full_name())
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// spec: G-5, G-6, G-7, G-8, G-9, J-2
    #[test]
    fn another_implementation_reads_and_writes_the_same_messages((ty, value) in typed()) {
        let subject = Subject::echo(&ty);
        let wit = subject.encode(&value);
        let expected = settled(&value);
        for id in [subject.request, subject.response] {
            let descriptor = descriptor(&subject, id);
            let proto = subject.message(Form::Proto, id, &wit);
            let theirs = DynamicMessage::decode(descriptor.clone(), proto.as_slice()).unwrap();
            prop_assert_eq!(theirs.unknown_fields().count(), 0);
            prop_assert_eq!(read(&subject, &subject.wit(Form::Proto, id, &theirs.encode_to_vec())), expected.clone());

            let json = subject.message(Form::Json, id, &wit);
            let mut deserializer = serde_json::Deserializer::from_slice(&json);
            let from_json = DynamicMessage::deserialize(descriptor, &mut deserializer);
            let from_json = from_json.unwrap_or_else(|e| panic!("{}: {e}", String::from_utf8_lossy(&json)));
            if !has_float(&ty) {
                // It tells an empty list that was written from one that was not.
                let wit = subject.wit(Form::Proto, id, &from_json.encode_to_vec());
                prop_assert_eq!(read(&subject, &wit), expected.clone());
            }
            let their_json = serde_json::to_vec(&theirs).unwrap();
            prop_assert_eq!(read(&subject, &subject.wit(Form::Json, id, &their_json)), expected.clone());
        }
    }
}

fn has_float(ty: &farcall_wit::Type) -> bool {
    use farcall_wit::Type;
    matches!(ty, Type::F32 | Type::F64) || ty.parts().into_iter().any(has_float)
}
