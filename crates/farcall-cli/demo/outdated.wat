;; A caller that was built when demo:calc/ops still had `add: func(a: s64, b: s64) -> s64`.
(component
  (type $ops (instance
    (export "add" (func (param "a" s64) (param "b" s64) (result s64)))))
  (import "demo:calc/ops@0.1.0" (instance $ops (type $ops)))
  (core func $add (canon lower (func $ops "add")))
  (core module $code
    (import "ops" "add" (func $add (param i64 i64) (result i64)))
    (func (export "run") (result i64)
      (call $add (i64.const 2) (i64.const 40))))
  (core instance $code (instantiate $code
    (with "ops" (instance (export "add" (func $add))))))
  (func $run (result s64) (canon lift (core func $code "run")))
  (instance $app (export "run" (func $run)))
  (export "demo:calc/outdated@0.1.0" (instance $app)))
