;; A plain module that passes each call on.
(module
  (import "env" "__wasm_rpc_add" (func $add (param i32 i32) (result i32)))
  (import "env" "__wasm_rpc_swap" (func $swap (param i32 i64 f32 f64) (result f64 f32 i64 i32)))
  (func (export "__wasm_rpc_add_far") (param i32 i32) (result i32) (call $add (local.get 0) (local.get 1)))
  ;; The bits of NaNs that no operation would give, there and back through the callee.
  (func (export "__wasm_rpc_nan_bits") (param i32 i64) (result i32 i64)
    (local $single f32) (local $double f64)
    (call $swap (i32.const 1) (i64.const 2)
      (f32.reinterpret_i32 (local.get 0)) (f64.reinterpret_i64 (local.get 1)))
    drop
    drop
    local.set $single
    local.set $double
    (i32.reinterpret_f32 (local.get $single))
    (i64.reinterpret_f64 (local.get $double))))
