//! The files of new projects, as they are below `templates/`. `{{name}}` and the like are replaced by `project`.
//!
//! `.in` keeps a file from meaning something where the templates are: cargo packs no folder with a manifest of its own.

type Files = &'static [(&'static str, &'static str)];

/// What every project has.
pub(crate) const SERVICE: Files = &[
    (".gitignore", include_str!("../templates/service/gitignore.in")),
    ("README.md", include_str!("../templates/service/README.md")),
    ("wit/world.wit", include_str!("../templates/service/world.wit")),
];

pub(crate) const RUST: Files = &[
    ("Cargo.toml", include_str!("../templates/rust/Cargo.toml.in")),
    ("build.sh", include_str!("../templates/rust/build.sh")),
    ("src/lib.rs", include_str!("../templates/rust/src/lib.rs")),
];

pub(crate) const C: Files = &[
    ("build.sh", include_str!("../templates/c/build.sh")),
    ("requirements.txt", include_str!("../templates/c/requirements.txt")),
    ("src/service.c", include_str!("../templates/c/src/service.c")),
];

pub(crate) const CPP: Files = &[
    ("build.sh", include_str!("../templates/cpp/build.sh")),
    ("requirements.txt", include_str!("../templates/c/requirements.txt")),
    ("src/service.cpp", include_str!("../templates/cpp/src/service.cpp")),
];

pub(crate) const PYTHON: Files = &[
    ("app.py", include_str!("../templates/python/app.py")),
    ("build.sh", include_str!("../templates/python/build.sh")),
    ("requirements.txt", include_str!("../templates/python/requirements.txt")),
];

pub(crate) const JS: Files = &[
    ("build.sh", include_str!("../templates/js/build.sh")),
    ("package.json", include_str!("../templates/js/package.json")),
    ("service.js", include_str!("../templates/js/service.js")),
];

pub(crate) const GO: Files = &[
    ("build.sh", include_str!("../templates/go/build.sh")),
    (
        "export_{{snake}}_service_api/service.go",
        include_str!("../templates/go/export/service.go"),
    ),
    ("go.mod", include_str!("../templates/go/go.mod.in")),
    ("go.sum", include_str!("../templates/go/go.sum")),
    ("main.go", include_str!("../templates/go/main.go")),
];
