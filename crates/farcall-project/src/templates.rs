//! The files of new projects, as they are below `templates/`. `{{name}}` and the like are replaced by `project`.
//!
//! `.in` keeps a file from meaning something where the templates are: cargo packs no folder with a manifest of its own.

type Files = &'static [(&'static str, &'static str)];

/// The files of one language.
pub(crate) struct Template {
    /// The build and its manifests.
    pub build: Files,
    /// The source of a service.
    pub service: (&'static str, &'static str),
    /// The source of a component that calls one.
    pub app: (&'static str, &'static str),
}

/// What every service has.
pub(crate) const SERVICE: Files = &[
    (".gitignore", include_str!("../templates/gitignore.in")),
    ("README.md", include_str!("../templates/service/README.md")),
    ("wit/world.wit", SERVICE_WIT),
];

/// What every caller has: the service's WIT too.
pub(crate) const APP: Files = &[
    (".gitignore", include_str!("../templates/gitignore.in")),
    ("README.md", include_str!("../templates/app/README.md")),
    ("wit/world.wit", include_str!("../templates/app/world.wit")),
];

/// The interface that is served, with `{{name}}` for the service's name.
pub(crate) const SERVICE_WIT: &str = include_str!("../templates/service/world.wit");

pub(crate) const RUST: Template = Template {
    build: &[
        ("Cargo.toml", include_str!("../templates/rust/Cargo.toml.in")),
        ("build.sh", include_str!("../templates/rust/build.sh")),
    ],
    service: ("src/lib.rs", include_str!("../templates/rust/service.rs")),
    app: ("src/lib.rs", include_str!("../templates/rust/app.rs")),
};

pub(crate) const C: Template = Template {
    build: &[
        ("build.sh", include_str!("../templates/c/build.sh")),
        ("requirements.txt", include_str!("../templates/c/requirements.txt")),
    ],
    service: ("src/service.c", include_str!("../templates/c/service.c")),
    app: ("src/app.c", include_str!("../templates/c/app.c")),
};

pub(crate) const CPP: Template = Template {
    build: &[
        ("build.sh", include_str!("../templates/cpp/build.sh")),
        ("requirements.txt", include_str!("../templates/c/requirements.txt")),
    ],
    service: ("src/service.cpp", include_str!("../templates/cpp/service.cpp")),
    app: ("src/app.cpp", include_str!("../templates/cpp/app.cpp")),
};

pub(crate) const PYTHON: Template = Template {
    build: &[
        ("build.sh", include_str!("../templates/python/build.sh")),
        ("requirements.txt", include_str!("../templates/python/requirements.txt")),
    ],
    service: ("service.py", include_str!("../templates/python/service.py")),
    app: ("app.py", include_str!("../templates/python/app.py")),
};

pub(crate) const JS: Template = Template {
    build: &[
        ("build.sh", include_str!("../templates/js/build.sh")),
        ("package.json", include_str!("../templates/js/package.json")),
    ],
    service: ("service.js", include_str!("../templates/js/service.js")),
    app: ("app.js", include_str!("../templates/js/app.js")),
};

pub(crate) const GO: Template = Template {
    build: &[
        ("build.sh", include_str!("../templates/go/build.sh")),
        ("go.mod", include_str!("../templates/go/go.mod.in")),
        ("go.sum", include_str!("../templates/go/go.sum")),
        ("main.go", include_str!("../templates/go/main.go")),
    ],
    service: (
        "export_{{snake}}_service_api/service.go",
        include_str!("../templates/go/service.go"),
    ),
    app: ("export_wit_world/app.go", include_str!("../templates/go/app.go")),
};
