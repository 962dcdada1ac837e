;; Exports `add(a, b)`, which gives what the imported `demo:calc/ops` says.
(component
  (type $ops (instance (export "add" (func (param "a" s32) (param "b" s32) (result s32)))))
  (import "demo:calc/ops@0.1.0" (instance $ops (type $ops)))
  (core func $add (canon lower (func $ops "add")))
  (core module $code
    (import "ops" "add" (func $add (param i32 i32) (result i32)))
    (func (export "add") (param i32 i32) (result i32) (call $add (local.get 0) (local.get 1))))
  (core instance $code (instantiate $code
    (with "ops" (instance (export "add" (func $add))))))
  (func $add-far (param "a" s32) (param "b" s32) (result s32) (canon lift (core func $code "add")))
  (instance $relay (export "add" (func $add-far)))
  (export "demo:calc/relay@0.1.0" (instance $relay)))
