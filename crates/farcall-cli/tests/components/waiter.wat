;; Exports `go(n)`, which gives what the imported `pass(n)` says.
(component
  (type $gate (instance (export "pass" (func (param "n" u32) (result u32)))))
  (import "test:gate/gate" (instance $gate (type $gate)))
  (core func $pass (canon lower (func $gate "pass")))
  (core module $code
    (import "gate" "pass" (func $pass (param i32) (result i32)))
    (func (export "go") (param i32) (result i32) (call $pass (local.get 0))))
  (core instance $code (instantiate $code
    (with "gate" (instance (export "pass" (func $pass))))))
  (func $go (param "n" u32) (result u32) (canon lift (core func $code "go")))
  (instance $door (export "go" (func $go)))
  (export "test:gate/door" (instance $door)))
