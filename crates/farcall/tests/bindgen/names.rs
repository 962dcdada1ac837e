//! Names that meet Rust's own or the generated ones, and functions that are not carried.

use farcall::{Client, Component, Incoming, Status};

farcall::bindgen!({
    inline: "
        package acme:things@1.2.0;

        /// Names that Rust keeps for itself, and names of what is generated.
        interface keywords {
          record client { %type: string, %self: u8 }
          enum %string { yes, no }
          flags server { read-only, hidden }
          variant %option { none, some(list<client>), err(tuple<f32, char>) }
          variant fault { busy, gone(u64) }

          /// Gives it back, or an error in case of a loop.
          %match: func(%fn: client, call: %string, encoder: server) -> result<%option, fault>;
          %loop: func(%as: list<option<u8>>, by: option<%string>) -> option<tuple<u8, server>>;
        }

        /// What is not carried is left out.
        interface mixed {
          resource file { name: func() -> string; }
          open: func(name: string) -> file;
          watch: func() -> stream<u8>;
          size: func(name: string) -> u64;
        }
    ",
    derives: [PartialOrd],
});

use acme::things::{keywords, mixed};

struct Things;

impl keywords::Server_ for Things {
    async fn match_(
        &self,
        _: &Incoming,
        client: keywords::Client,
        call: keywords::String,
        encoder: keywords::Server,
    ) -> Result<Result<keywords::Option, keywords::Fault>, Status> {
        Ok(match (call, encoder) {
            (keywords::String::No, _) => Err(keywords::Fault::Gone(client.self_.into())),
            (_, keywords::Server::HIDDEN) => Ok(keywords::Option::Some(vec![client])),
            (_, flags) if flags.is_empty() => Ok(keywords::Option::None),
            _ => Ok(keywords::Option::Err((0.5, 'ß'))),
        })
    }

    async fn loop_(
        &self,
        _: &Incoming,
        as_: Vec<Option<u8>>,
        by: Option<keywords::String>,
    ) -> Result<Option<(u8, keywords::Server)>, Status> {
        let first = as_.into_iter().flatten().next();
        Ok(first.map(|first| {
            (
                first,
                by.map_or(keywords::Server::empty(), |_| keywords::Server::READ_ONLY),
            )
        }))
    }
}

impl mixed::Server for Things {
    async fn size(&self, _: &Incoming, name: String) -> Result<u64, Status> {
        Ok(name.len() as u64)
    }
}

#[tokio::test]
async fn names_of_rust_and_of_generated_items_are_no_obstacle() {
    let client = Client::of(Component::native(keywords::serve(Things)).unwrap()).unwrap();
    let things = keywords::Client_::new(client);
    let client = keywords::Client {
        type_: "t".to_owned(),
        self_: 7,
    };
    let called = async |call, flags| things.match_(&client, call, flags).await.unwrap();
    use keywords::{Fault, Server, String};
    assert_eq!(
        called(String::Yes, Server::HIDDEN).await,
        Ok(keywords::Option::Some(vec![client.clone()]))
    );
    assert_eq!(called(String::Yes, Server::empty()).await, Ok(keywords::Option::None));
    assert_eq!(
        called(String::Yes, Server::all()).await,
        Ok(keywords::Option::Err((0.5, 'ß')))
    );
    let gone = called(String::No, Server::all()).await.unwrap_err();
    assert_eq!(gone, Fault::Gone(7));
    // What a function fails with is an error of Rust's, and in order as asked.
    let as_error: &dyn std::error::Error = &gone;
    assert_eq!(as_error.to_string(), "Gone(7)");
    assert!(Fault::Busy < gone);
    let looped = things.loop_(&[None, Some(3)], Some(String::No)).await.unwrap();
    assert_eq!(looped, Some((3, Server::READ_ONLY)));
    assert_eq!(String::ALL, [String::Yes, String::No]);
}

#[tokio::test]
async fn functions_that_are_not_carried_are_left_out() {
    let component = Component::native(mixed::serve(Things)).unwrap();
    assert_eq!(component.functions.len(), 1);
    let mixed = mixed::Client::new(Client::of(component).unwrap());
    assert_eq!(mixed.size("four").await.unwrap(), 4);
}
