//! The messages of the native server, as prost would generate them from a schema of the same shapes. No WIT here.

use bytes::Bytes;
use prost::Message;

/// Two numbers to add.
#[derive(Clone, PartialEq, Message)]
pub struct AddRequest {
    #[prost(int32, tag = "1")]
    pub a: i32,
    #[prost(int32, tag = "2")]
    pub b: i32,
}

/// Their sum.
#[derive(Clone, PartialEq, Message)]
pub struct AddResponse {
    #[prost(int32, tag = "1")]
    pub result: i32,
}

/// Bytes, both ways. `Bytes` spares prost a copy: the stronger of its two forms.
#[derive(Clone, PartialEq, Message)]
pub struct Echo {
    #[prost(bytes = "bytes", tag = "1")]
    pub v: Bytes,
}

/// One record.
#[derive(Clone, PartialEq, Message)]
pub struct Entry {
    #[prost(uint64, tag = "1")]
    pub id: u64,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(double, tag = "3")]
    pub score: f64,
    #[prost(bool, tag = "4")]
    pub active: bool,
}

/// Records, both ways.
#[derive(Clone, PartialEq, Message)]
pub struct Entries {
    #[prost(message, repeated, tag = "1")]
    pub v: Vec<Entry>,
}
