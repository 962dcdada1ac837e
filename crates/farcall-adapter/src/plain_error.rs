//! Why a plain module cannot be served or linked: its name and place, and what to try.
//!
//! Finds nothing out; `plain` and `plain_wit` do.

/// Why a plain module cannot be served or linked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlainError {
    /// The module does not parse.
    #[error("not a valid module: {reason} at byte {offset:#x}")]
    Invalid {
        /// What the parser said.
        reason: String,
        /// Where.
        offset: u64,
    },
    /// A marked export is no function.
    #[error("its export `{name}` is {what}, not a function, and no call can reach it; export a function, or rename it")]
    NotAFunction {
        /// The export.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// A marked function has a type that no call carries.
    #[error("{place} `{name}` has {what}, which no call can carry; use i32, i64, f32 and f64, or a component")]
    Uncarried {
        /// `its export` or `its import`.
        place: &'static str,
        /// The function.
        name: String,
        /// The type.
        what: String,
    },
    /// Two exports would have one name for callers.
    #[error("its exports `{first}` and `{second}` are both `{name}` to callers; rename one of them")]
    Clash {
        /// The first.
        first: String,
        /// The second.
        second: String,
        /// The name.
        name: String,
    },
    /// One import with two types.
    #[error("it imports `{name}` twice, with two types: {first} and {second}")]
    TwoTypes {
        /// The import.
        name: String,
        /// One type.
        first: String,
        /// The other.
        second: String,
    },
    /// Its functions make no WIT: two exports have one WIT name, for one.
    #[error("its functions make no interface: {0}")]
    Wit(String),
    /// A name is too long to be called by.
    #[error("the name of `{start}...` has {length} bytes, more than the limit of {limit}")]
    LongName {
        /// How it begins.
        start: String,
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// The module's WIT does not fit its functions.
    #[error("its section wasm-rpc:wit says `{name}: {declared}`, but `{symbol}` is {actual}")]
    Misdeclared {
        /// The function's name in the WIT.
        name: String,
        /// Its type there.
        declared: String,
        /// Its name in the module.
        symbol: String,
        /// Its type in the module.
        actual: String,
    },
    /// More functions than a component may have.
    #[error("{count} functions to serve or call, more than the limit of {limit}")]
    TooMany {
        /// How many.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
}
